/**
 * Writes runs to a logger: one record when a command is launched, one when it has settled.
 */
import type { RunObserver } from '../core/observer.js';
import type { Classify } from './classify.js';
import {
  failureKind,
  notesOfResult,
  recordOfEvent,
  recordOfResult,
  stderrSample,
  type RunRecord,
} from './run-record.js';

type Level = 'debug' | 'info' | 'warn' | 'error';

/** A logger that takes a record and a message, as pino does. */
export type RecordLogger = Readonly<Record<Level, (record: RunRecord, message: string) => void>>;

/** A logger that takes a message first, as `console` does. */
export type MessageLogger = Readonly<Record<Level, (message: string, record: RunRecord) => void>>;

/** Options of {@link logObserver}. */
export type LogOptions = (
  | { readonly logger: RecordLogger; readonly messageFirst?: false | undefined }
  | { readonly logger: MessageLogger; readonly messageFirst: true }
) & {
  /** Adds the `category` of a failure: `classifyResult` of `custody/failure`, for instance. */
  readonly classify?: Classify | undefined;
};

/**
 * An observer that logs: launches and successes as `info`, timeouts and failures of the command as `warn`, what could not be
 * started, was lost or left processes behind as `error`, output as `debug`. A failure comes with the end of standard error. What
 * is not as the command wrote it (bytes dropped, replaced, not heard by a handler) is a `warn` of its own.
 *
 * @example
 * const runner = createRunner({ observers: [logObserver({ logger: console, messageFirst: true })] });
 */
export function logObserver({ logger, messageFirst, classify }: LogOptions): RunObserver {
  const log = (level: Level, record: RunRecord, message: string): void => {
    if (messageFirst === true) logger[level](message, record);
    else logger[level](record, message);
  };
  return {
    launched: (event) => {
      log('info', recordOfEvent(event), 'command launched');
    },
    output: ({ stdoutBytes, stderrBytes, ...event }) => {
      log('debug', { ...recordOfEvent(event), stdoutBytes, stderrBytes }, 'command output');
    },
    settled: ({ result, ...event }) => {
      const subject = recordOfEvent(event);
      const record = { ...subject, ...recordOfResult(result), ...reasonsOf(result, classify) };
      log(levelOf(result), record, `command ${wordFor(result)}`);
      const notes = notesOfResult(result);
      if (Object.keys(notes).length > 0) log('warn', { ...subject, ...notes }, 'command ran with warnings');
    },
    cleanedUp: ({ cleanup, ...event }) => {
      const record = { ...recordOfEvent(event), cleanup: cleanup.status, survivors: cleanup.survivors.length };
      log(cleanup.status === 'unconfirmed' ? 'error' : 'info', record, 'command cleaned up');
    },
  };
}

type AnyResult = Parameters<Classify>[0];

/** What a failure came from, as far as it can be told. */
function reasonsOf(result: AnyResult, classify: Classify | undefined): RunRecord {
  if (result.success) return {};
  const stderr = stderrSample(result);
  const category = classify?.(result)?.category;
  return { ...(stderr === undefined ? {} : { stderr }), ...(category === undefined ? {} : { category }) };
}

function levelOf(result: AnyResult): Level {
  const { kind } = result.outcome;
  if (result.cleanup.status === 'unconfirmed' || kind === 'lost') return 'error';
  if (result.success || result.cancelled) return 'info';
  return kind === 'not-started' && !result.timedOut ? 'error' : 'warn';
}

function wordFor(result: AnyResult): string {
  if (result.success) return 'succeeded';
  if (result.timedOut) return 'timed out';
  return result.cancelled ? 'was cancelled' : `failed: ${failureKind(result) ?? 'unknown'}`;
}
