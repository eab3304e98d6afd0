/** The end of a run that its owner no longer wants: stopped, settled, and known to have left nothing. */
import type { Cleanup } from '../core/cleanup.js';
import { CustodyError } from '../core/errors.js';
import { CLEANUP_BUDGET_MS } from '../policy/limits.js';
import { Deferred } from './deferred.js';
import type { Run } from './run.js';

/**
 * Stops the run and waits until nothing of it is left that its straggler policy does not let go.
 *
 * @throws {@link CustodyError} with code `CLEANUP_UNCONFIRMED` if that cannot be had in time. Not where it can never be
 * had: with mechanism `child-only` the receipt says `unconfirmed`, and nobody will ever know more.
 */
export async function endRun(run: Run, reason: string): Promise<void> {
  const cleanup = run.answers.cleanup ?? (await endInTime(run, reason));
  if (cleanup !== undefined && (cleanup.status !== 'unconfirmed' || cleanup.mechanism === 'child-only')) return;
  const message = `processes of ${run.id} may still be alive`;
  throw new CustodyError('CLEANUP_UNCONFIRMED', message, { operation: 'dispose' });
}

/** The last receipt; `undefined`: not had in time. The budget is that of both, the stop and what outlives it. */
async function endInTime(run: Run, reason: string): Promise<Cleanup | undefined> {
  const late = new Deferred<undefined>();
  const limit = setTimeout(() => late.resolve(undefined), CLEANUP_BUDGET_MS);
  try {
    if (run.facts === undefined) {
      run.cancel(reason);
      await run.answers.whenSettled();
    }
    if (run.answers.cleanup === undefined) run.cancel(reason);
    return await Promise.race([run.answers.whenCleanup(), late.promise]);
  } finally {
    clearTimeout(limit);
  }
}
