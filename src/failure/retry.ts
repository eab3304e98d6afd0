/**
 * Doing work again where its failure may pass by itself: bounded in number and time, decided by the cause, and only for work
 * that its caller calls idempotent.
 */
import { CommandFailedError } from '../core/errors.js';
import type { RunResult } from '../core/run-result.js';
import { classifyResult } from './classify.js';
import type { Failure } from './failure.js';
import { readRetryOptions, type RetryOptions, type RetryPlan } from './retry-options.js';

/** @inline */
type AnyResult = RunResult<string | Uint8Array>;

/** What the work is told of its attempt. */
export interface Attempt {
  /** 1 for the first. */
  readonly number: number;
}

/** One attempt that was made. */
export interface AttemptRecord extends Attempt {
  /** `null` if it succeeded. */
  readonly failure: Failure | null;
  /** Milliseconds that were waited before it. */
  readonly delayMs: number;
}

/**
 * Why no further attempt was made. `cleanup-open`: processes of the last one may still be alive, and a second one would work
 * beside them.
 */
export type RetryEnd =
  'succeeded' | 'not-retryable' | 'refused' | 'attempts-used' | 'time-used' | 'aborted' | 'cleanup-open';

/** What became of the work. */
export interface RetryReport<R extends AnyResult = RunResult> {
  /** The result of the last attempt. */
  readonly result: R;
  readonly attempts: readonly AttemptRecord[];
  readonly ended: RetryEnd;
}

/**
 * Does the work until it succeeds or another attempt is out of the question.
 *
 * @throws `CommandValidationError` if the options are wrong; what the work throws, unless it is the {@link CommandFailedError}
 * of a run that may be retried; that error, if the last attempt threw it.
 */
export async function retry<R extends AnyResult>(
  work: (attempt: Attempt) => Promise<R>,
  options: RetryOptions,
): Promise<RetryReport<R>> {
  const plan = readRetryOptions(options);
  const { clock } = plan;
  const startMs = clock.nowMs();
  const attempts: AttemptRecord[] = [];
  for (let number = 1, delayMs = 0; ; number++) {
    const { result, error } = await attempt(work, number);
    const failure = classifyResult(result, plan);
    attempts.push({ number, failure, delayMs });
    delayMs = delayBefore(number + 1, plan);
    const isLate = clock.nowMs() - startMs + delayMs > plan.totalMs;
    let ended = endAfter(number, result, failure, plan) ?? (isLate ? 'time-used' : undefined);
    if (ended === undefined) {
      await clock.wait(delayMs, plan.signal);
      if (isAborted(plan)) ended = 'aborted';
    }
    if (ended === undefined) continue;
    if (error !== undefined) throw error;
    return { result, attempts, ended };
  }
}

async function attempt<R extends AnyResult>(
  work: (attempt: Attempt) => Promise<R>,
  number: number,
): Promise<{ readonly result: R; readonly error?: CommandFailedError }> {
  try {
    return { result: await work({ number }) };
  } catch (error) {
    if (!(error instanceof CommandFailedError)) throw error;
    return { result: error.result as R, error };
  }
}

/** Why this was the last attempt, as far as its result says. */
function endAfter(number: number, result: AnyResult, failure: Failure | null, plan: RetryPlan): RetryEnd | undefined {
  if (failure === null) return 'succeeded';
  if (!failure.retry.retryable) return 'not-retryable';
  if (result.cleanup.status === 'unconfirmed' || result.cleanup.status === 'kept') return 'cleanup-open';
  if (number >= plan.attempts) return 'attempts-used';
  if (isAborted(plan)) return 'aborted';
  return plan.accept(failure) ? undefined : 'refused';
}

/** Doubled with each attempt; the upper half of it is left to chance, so that those who failed together do not meet again. */
function delayBefore(number: number, { delayMs, maxDelayMs, clock }: RetryPlan): number {
  const longest = Math.min(maxDelayMs, delayMs * 2 ** (number - 2));
  return Math.round(longest / 2 + (longest / 2) * clock.random());
}

function isAborted({ signal }: RetryPlan): boolean {
  return signal?.aborted === true;
}
