/**
 * Every failure told once, with its full and redacted context, and counted by category.
 */
import type { RunObserver } from '../core/observer.js';
import type { RunResult } from '../core/run-result.js';
import { collectDiagnostics, type Diagnostics, type DiagnosticsOptions } from './diagnostics.js';
import { FAILURE_CATEGORIES, type Failure, type FailureCategory } from './failure.js';

/** Where failures go. */
export interface FailureLedgerOptions extends DiagnosticsOptions {
  /** Told of each failure. What it throws changes nothing but `lostEntries`. */
  readonly log?: ((entry: Diagnostics) => void) | undefined;
}

/** Failures seen so far. It is an observer as well: `createRunner({ observers: [ledger] })` has each failure noted. */
export interface FailureLedger extends Pick<RunObserver, 'settled'> {
  /** Notes the result if it is a failure, and returns it; `null` for a success. */
  readonly record: (result: RunResult<string | Uint8Array>) => Failure | null;
  /** How many there were of each category. */
  readonly counts: () => Readonly<Record<FailureCategory, number>>;
  /** Entries that the log refused. */
  readonly lostEntries: () => number;
}

/** An empty ledger. */
export function createFailureLedger(options: FailureLedgerOptions = {}): FailureLedger {
  const counts = Object.fromEntries(FAILURE_CATEGORIES.map((category) => [category, 0])) as Record<
    FailureCategory,
    number
  >;
  let lost = 0;
  const record: FailureLedger['record'] = (result) => {
    if (result.success) return null;
    const entry = collectDiagnostics(result, options);
    if (entry.failure !== null) counts[entry.failure.category] += 1;
    try {
      options.log?.(entry);
    } catch {
      lost += 1;
    }
    return entry.failure;
  };
  return {
    record,
    settled: ({ result }) => {
      record(result);
    },
    counts: () => ({ ...counts }),
    lostEntries: () => lost,
  };
}
