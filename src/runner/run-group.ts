/**
 * The runs of a runner or of a scope whose processes may be alive: what has to end when it is closed.
 */
import { CustodyError } from '../core/errors.js';
import { endRun } from './end-run.js';
import type { Run } from './run.js';

/** The groups of this JavaScript environment that have runs. */
const groups = new Set<ReadonlySet<Run>>();

/** Every run of this JavaScript environment whose processes may be alive, whatever runner or scope it belongs to. */
export function liveRuns(): readonly Run[] {
  return [...groups].flatMap((runs) => [...runs]);
}

export class RunGroup {
  readonly #runs = new Set<Run>();
  #closedBecause: string | undefined;

  /** Why nothing may be started any more; `undefined` while the group is open. */
  get closedBecause(): string | undefined {
    return this.#closedBecause;
  }

  add(run: Run): void {
    if (this.#runs.size === 0) groups.add(this.#runs);
    this.#runs.add(run);
  }

  delete(run: Run): void {
    if (this.#runs.delete(run) && this.#runs.size === 0) groups.delete(this.#runs);
  }

  /**
   * Refuses new runs, ends those that there are and waits until that is confirmed.
   *
   * @throws {@link CustodyError} with code `CLEANUP_UNCONFIRMED`; its cause has an error for each run concerned.
   */
  async close(reason: string): Promise<void> {
    this.#closedBecause ??= reason;
    const endings = await Promise.allSettled(Array.from(this.#runs, (run) => endRun(run, reason)));
    throwUnconfirmed(endings);
  }
}

/** Throws one error for all rejections, if there are any. */
export function throwUnconfirmed(endings: readonly PromiseSettledResult<void>[]): void {
  const errors = endings.flatMap((ending) => (ending.status === 'rejected' ? [ending.reason as unknown] : []));
  if (errors.length === 0) return;
  const cause = errors.length === 1 ? errors[0] : new AggregateError(errors);
  const message = `${errors.length} of ${endings.length} teardowns could not be confirmed`;
  throw new CustodyError('CLEANUP_UNCONFIRMED', message, { operation: 'close', cause });
}
