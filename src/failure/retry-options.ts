/** What a caller may say about retrying, checked. */
import { isAbortSignal, isInRange, Issues, type Range } from '../core/validate.js';
import type { ClassifyOptions } from './classify.js';
import type { Failure } from './failure.js';
import { HOST_CLOCK, type RetryClock } from './retry-clock.js';

/** How to retry. */
export interface RetryOptions extends ClassifyOptions {
  /** The caller's word that doing the work twice does no harm. Nothing is retried without it. */
  readonly idempotent: true;
  /** `true`: the work deletes or overwrites; it is done once. @defaultValue `false` */
  readonly destructive?: boolean | undefined;
  /** Attempts in all, 1 to 10. @defaultValue `3` */
  readonly attempts?: number | undefined;
  /** Milliseconds before the second attempt, 0 to 60 000; doubled for each further one. @defaultValue `200` */
  readonly delayMs?: number | undefined;
  /** The longest wait between two attempts in milliseconds, 0 to 300 000. @defaultValue `5000` */
  readonly maxDelayMs?: number | undefined;
  /** No attempt begins later than so many milliseconds after the first, 0 to 86 400 000. @defaultValue `60_000` */
  readonly totalMs?: number | undefined;
  /** Ends the waiting; the last result is returned. A running attempt is the work's own to stop. */
  readonly signal?: AbortSignal | undefined;
  /** May refuse a further attempt; it cannot ask for one that the verdict forbids. */
  readonly accept?: ((failure: Failure) => boolean) | undefined;
  readonly clock?: RetryClock | undefined;
}

/** Options with defaults in place. */
export interface RetryPlan extends ClassifyOptions {
  readonly attempts: number;
  readonly delayMs: number;
  readonly maxDelayMs: number;
  readonly totalMs: number;
  readonly signal: AbortSignal | undefined;
  readonly accept: (failure: Failure) => boolean;
  readonly clock: RetryClock;
}

const RANGES = {
  attempts: { min: 1, max: 10, standard: 3 },
  delayMs: { min: 0, max: 60_000, standard: 200 },
  maxDelayMs: { min: 0, max: 300_000, standard: 5000 },
  totalMs: { min: 0, max: 86_400_000, standard: 60_000 },
} as const satisfies Record<string, Range>;

/** @throws {@link CommandValidationError} naming every option that is wrong. */
export function readRetryOptions(options: RetryOptions): RetryPlan {
  const issues = new Issues('retry.');
  const given = (options as Partial<RetryOptions> | null | undefined) ?? {};
  if (given.idempotent !== true) {
    issues.add('idempotent', 'must be true: only work that may be done twice can be retried');
  }
  if (given.signal !== undefined) isAbortSignal(given.signal, 'signal', issues);
  if (given.accept !== undefined && typeof given.accept !== 'function') issues.add('accept', 'must be a function');
  const number = (name: keyof typeof RANGES): number => {
    const value = given[name];
    return value !== undefined && isInRange(value, RANGES[name], name, issues) ? value : RANGES[name].standard;
  };
  const attempts = Math.floor(number('attempts'));
  const plan: RetryPlan = {
    attempts: given.destructive === true ? 1 : attempts,
    delayMs: number('delayMs'),
    maxDelayMs: number('maxDelayMs'),
    totalMs: number('totalMs'),
    signal: given.signal,
    accept: given.accept ?? (() => true),
    clock: given.clock ?? HOST_CLOCK,
    rules: given.rules,
  };
  issues.throwIfAny();
  return plan;
}
