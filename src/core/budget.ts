/**
 * One deadline for several commands.
 *
 * A budget runs from the moment it is made, whether or not anything runs. What it leaves is asked for when a command is about
 * to be launched, so that time spent waiting for a turn is spent from the budget too.
 */
import type { Clock } from './clock.js';

/** Time that several commands, and their waits in the queue, share. Give it to each of them as `budget`. */
export class TimeBudget {
  /** Milliseconds that there were at the beginning. */
  readonly totalMs: number;
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #endMs: number;

  /** @internal */
  constructor(totalMs: number, clock: Pick<Clock, 'nowMs'>) {
    this.totalMs = totalMs;
    this.#clock = clock;
    this.#endMs = clock.nowMs() + totalMs;
  }

  /** Whether `value` is a budget, and no imitation whose time could do anything. */
  static is(value: unknown): value is TimeBudget {
    return typeof value === 'object' && value !== null && #endMs in value;
  }

  /** Milliseconds that are left, 0 once it is spent. */
  get remainingMs(): number {
    return Math.max(0, this.#endMs - this.#clock.nowMs());
  }

  /** Whether nothing is left: a command that asks now is not started. */
  get isSpent(): boolean {
    return this.remainingMs === 0;
  }
}
