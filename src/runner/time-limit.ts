/**
 * What the budgets of one run leave it: a budget it shares with others, a total of its own, or both. A run without one has no
 * such object.
 */
import type { TimeBudget } from '../core/budget.js';
import type { Clock } from '../core/clock.js';
import type { Invocation } from '../core/invocation.js';

export class TimeLimit {
  readonly #clock: Clock;
  readonly #budget: TimeBudget | undefined;
  /** When the run's own total ends; infinite if it has none. */
  readonly #endMs: number;

  /** The limit of an invocation; `undefined` if it has no budget. */
  static of(clock: Clock, invocation: Readonly<Invocation>): TimeLimit | undefined {
    const hasBudget = invocation.budget !== undefined || invocation.totalBudgetMs > 0;
    return hasBudget ? new TimeLimit(clock, invocation) : undefined;
  }

  private constructor(clock: Clock, { budget, totalBudgetMs }: Readonly<Invocation>) {
    this.#clock = clock;
    this.#budget = budget;
    this.#endMs = totalBudgetMs > 0 ? clock.nowMs() + totalBudgetMs : Infinity;
  }

  /** Milliseconds until the first of the budgets is spent; 0 when one is. */
  get remainingMs(): number {
    return Math.min(this.#budget?.remainingMs ?? Infinity, this.#ownMs);
  }

  /**
   * The invocation with a timeout that fits what is left. A total of its own includes the end of the run: the kill comes
   * within it, so the stop begins a grace period earlier, and that takes at most half of what is left.
   */
  fit(invocation: Readonly<Invocation>): Readonly<Invocation> {
    const own = this.#ownMs;
    const graceMs = Math.floor(Math.min(invocation.graceMs, own / 2));
    const sharedMs = this.#budget?.remainingMs ?? Infinity;
    const timeoutMs = Math.floor(Math.min(invocation.timeoutMs, sharedMs, own - graceMs));
    return { ...invocation, graceMs, timeoutMs: Math.max(1, timeoutMs) };
  }

  /** The part of a grace period that still fits. */
  graceWithin(graceMs: number): number {
    return Math.floor(Math.min(graceMs, this.#ownMs));
  }

  get #ownMs(): number {
    return Math.max(0, this.#endMs - this.#clock.nowMs());
  }
}
