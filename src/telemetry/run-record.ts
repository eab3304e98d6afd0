/**
 * A run as one flat, bounded record: what logs, metrics and traces say of it.
 */
import type { RunEvent } from '../core/observer.js';
import type { RunResult } from '../core/run-result.js';

/** Characters of the command line in a record. */
const MAX_COMMAND = 400;
/** Characters of standard error in a record: its end, where the reason usually is. */
const MAX_SAMPLE = 1_000;

/** Values that JSON, log lines and attributes can hold. */
export type RecordValue = string | number | boolean;
/** What is said of a run. */
export type RunRecord = Readonly<Record<string, RecordValue>>;

type AnyResult = RunResult<string | Uint8Array>;

/** Which command it is, and the ids it belongs to; those that are not given are left out. */
export function recordOfEvent({ id, command, correlationIds }: RunEvent): RunRecord {
  const ids = Object.entries(correlationIds).filter((entry): entry is [string, string] => entry[1] !== null);
  return { id, command: [command.file, ...command.args].join(' ').slice(0, MAX_COMMAND), ...Object.fromEntries(ids) };
}

/** How it ended. */
export function recordOfResult(result: AnyResult): RunRecord {
  const { outcome, output, cleanup } = result;
  return {
    outcome: outcome.kind,
    exitCode: result.exitCode,
    durationMs: result.durationMs,
    queuedMs: result.queuedMs,
    ...(outcome.kind === 'stopped' ? { cause: outcome.cause } : {}),
    ...(result.signal === null ? {} : { signal: result.signal }),
    ...(result.reason === null ? {} : { reason: result.reason }),
    ...('error' in outcome ? { error: outcome.error.code } : {}),
    ...(output.stdout.truncated || output.stderr.truncated
      ? { droppedBytes: output.stdout.droppedBytes + output.stderr.droppedBytes }
      : {}),
    cleanup: cleanup.status,
  };
}

/** The end of what the command said of its failure; `undefined` if it said nothing, or in bytes. */
export function stderrSample({ stderr }: AnyResult): string | undefined {
  return typeof stderr === 'string' && stderr !== '' ? stderr.slice(-MAX_SAMPLE) : undefined;
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
