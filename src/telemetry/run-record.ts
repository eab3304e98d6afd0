/**
 * A run as one flat, bounded record: what logs, metrics and traces say of it.
 */
import { CustodyError } from '../core/errors.js';
import type { RunEvent } from '../core/observer.js';
import type { ResultBody } from '../core/result-document.js';
import type { RunResult } from '../core/run-result.js';

/** Characters of the command line in a record. */
const MAX_COMMAND = 400;
/** Characters of standard error in a record: its end, where the reason usually is. */
const MAX_SAMPLE = 1_000;

/** Values that JSON, log lines and attributes can hold. */
export type RecordValue = string | number | boolean;
/** What is said of a run. */
export type RunRecord = Readonly<Record<string, RecordValue>>;

/** @inline */
type AnyResult = RunResult<string | Uint8Array>;
/** A result, or what its document has in its place. */
type Facts = AnyResult | ResultBody;

/** Options of {@link toLogRecord}. */
export interface LogRecordOptions {
  /** Characters of each text: the beginning of the command, the end of the output. @defaultValue `1000` */
  readonly maxText?: number | undefined;
}

/**
 * A result as one flat record for a structured log: what was run, the ids it belongs to, how it ended, and the end of its output.
 * Without registered secrets, also where the result shows them.
 *
 * @throws `CustodyError` with code `VALIDATION_FAILED` if `maxText` is no number from 0.
 */
export function toLogRecord(result: AnyResult, { maxText = MAX_SAMPLE }: LogRecordOptions = {}): RunRecord {
  if (!(typeof maxText === 'number' && maxText >= 0))
    throw new CustodyError('VALIDATION_FAILED', 'maxText must be a number from 0', { operation: 'toLogRecord' });
  const { result: body, ...event } = result.toJSON();
  const stdout = endOf(body.stdout, maxText);
  const stderr = endOf(body.stderr, maxText);
  return {
    ...recordOfEvent(event, maxText),
    startTime: body.startTime,
    ...recordOfResult(body),
    ...(stdout === undefined ? {} : { stdout }),
    ...(stderr === undefined ? {} : { stderr }),
  };
}

/** Which command it is, and the ids it belongs to; those that are not given are left out. */
export function recordOfEvent(
  { id, command, correlationIds }: Pick<RunEvent, 'id' | 'command' | 'correlationIds'>,
  maxCommand = MAX_COMMAND,
): RunRecord {
  const ids = Object.entries(correlationIds).filter((entry): entry is [string, string] => entry[1] !== null);
  return { id, command: [command.file, ...command.args].join(' ').slice(0, maxCommand), ...Object.fromEntries(ids) };
}

/** How it ended. */
export function recordOfResult(result: Facts): RunRecord {
  const { outcome, cleanup } = result;
  return {
    outcome: outcome.kind,
    exitCode: result.exitCode,
    durationMs: result.durationMs,
    queuedMs: result.queuedMs,
    ...(outcome.kind === 'stopped' ? { cause: outcome.cause } : {}),
    ...(result.signal === null ? {} : { signal: result.signal }),
    ...(result.reason === null ? {} : { reason: result.reason }),
    ...('error' in outcome ? { error: outcome.error.code } : {}),
    cleanup: cleanup.status,
    ...(result.errors.length === 0 ? {} : { parsedErrors: result.errors.length }),
    ...notesOfResult(result),
  };
}

/** What is not as the command wrote it, or as its caller asked; empty where nothing is. */
export function notesOfResult({ output, unenforcedLimits, warnings }: Facts): RunRecord {
  const { stdout, stderr, handlers, tee } = output;
  const figures = {
    droppedBytes: stdout.droppedBytes + stderr.droppedBytes,
    replacements: stdout.replacements + stderr.replacements,
    handlerDroppedBytes: handlers?.droppedBytes ?? 0,
    handlerFailures: handlers?.failures ?? 0,
    teeDroppedBytes: tee?.droppedBytes ?? 0,
  };
  const words = {
    teeErrno: tee?.errno ?? '',
    unenforcedLimits: unenforcedLimits.join(' '),
    warnings: warnings.join('; '),
  };
  return Object.fromEntries(
    Object.entries({ ...figures, ...words }).filter(([, value]) => value !== 0 && value !== ''),
  );
}

/** The end of what the command said of its failure; `undefined` if it said nothing, or in bytes. */
export function stderrSample({ stderr }: AnyResult): string | undefined {
  return endOf(stderr, MAX_SAMPLE);
}

/** The end of a text; `undefined` of nothing and of bytes. */
function endOf(output: unknown, length: number): string | undefined {
  if (typeof output !== 'string' || output === '' || length < 1) return undefined;
  return output.slice(-length);
}

/** What made the run fail, as one word of a small set; `undefined` for a success. */
export function failureKind(result: AnyResult): string | undefined {
  const { outcome } = result;
  if (result.success) return undefined;
  switch (outcome.kind) {
    case 'stopped':
      return outcome.cause;
    case 'not-started':
    case 'lost':
      return outcome.error.code;
    case 'exited':
    case 'signaled':
    case 'detached':
      return outcome.kind;
  }
}
