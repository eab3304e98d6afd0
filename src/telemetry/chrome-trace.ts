/**
 * Runs as a picture: a trace that Perfetto and `chrome://tracing` show, one row for each run that goes on at the same time.
 * Source: the Trace Event Format.
 */
import type { RunObserver } from '../core/observer.js';
import { baseName } from './metrics.js';
import { recordOfResult, type RunRecord } from './run-record.js';

/** Runs that are kept; older ones are dropped first. */
const DEFAULT_RUNS = 10_000;
const MICROS_PER_MILLI = 1_000;

/** One run, or its wait in the queue, as a complete event of the format. Times in microseconds. */
export interface TraceEvent {
  readonly name: string;
  readonly cat: 'run' | 'queue';
  readonly ph: 'X';
  readonly ts: number;
  readonly dur: number;
  readonly pid: 1;
  readonly tid: number;
  readonly args: RunRecord;
}

/** An observer that remembers. */
export interface ChromeTrace extends RunObserver {
  /** What has settled so far, as the object whose JSON is the file. */
  readonly toJSON: () => { readonly traceEvents: readonly TraceEvent[]; readonly droppedRuns: number };
}

/**
 * An observer that keeps the times of runs. Write `JSON.stringify(trace)` to a file and open it in Perfetto.
 *
 * @param maxRuns - Runs that are kept, the last ones.
 */
export function chromeTrace(maxRuns = DEFAULT_RUNS): ChromeTrace {
  const rows: (string | undefined)[] = [];
  const launchedAt = new Map<string, number>();
  const events: TraceEvent[][] = [];
  let droppedRuns = 0;
  return {
    launched: ({ id, timestamp }) => {
      const free = rows.indexOf(undefined);
      rows[free === -1 ? rows.length : free] = id;
      launchedAt.set(id, timestamp);
    },
    settled: ({ id, timestamp, result }) => {
      const row = rows.indexOf(id);
      const began = launchedAt.get(id) ?? timestamp;
      rows[row] = undefined;
      launchedAt.delete(id);
      const started = Math.min(timestamp, began + result.queuedMs);
      const common = { ph: 'X', pid: 1, tid: row + 1 } as const;
      const name = baseName(result.command.file);
      const spanned = (cat: TraceEvent['cat'], from: number, to: number, args: RunRecord): TraceEvent => ({
        ...common,
        name,
        cat,
        ts: from * MICROS_PER_MILLI,
        dur: (to - from) * MICROS_PER_MILLI,
        args,
      });
      const queue = started > began ? [spanned('queue', began, started, { id })] : [];
      events.push([...queue, spanned('run', started, timestamp, { id, ...recordOfResult(result) })]);
      if (events.length > maxRuns) {
        events.shift();
        droppedRuns += 1;
      }
    },
    toJSON: () => ({ traceEvents: events.flat(), droppedRuns }),
  };
}
