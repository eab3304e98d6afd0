import { describe, expect, it } from 'vitest';
import { CommandFailedError, CommandValidationError } from '../../../src/core/errors.js';
import type { RunResult } from '../../../src/core/run-result.js';
import { HOST_CLOCK, type RetryClock } from '../../../src/failure/retry-clock.js';
import type { RetryOptions } from '../../../src/failure/retry-options.js';
import { retry } from '../../../src/failure/retry.js';
import { exited, locked, makeResult, succeeded } from './make-result.js';

/** Time that passes only by waiting; chance that always gives the whole delay. */
class TestClock implements RetryClock {
  now = 0;
  readonly waits: number[] = [];
  readonly nowMs = (): number => this.now;
  readonly random = (): number => 1;
  readonly wait = (ms: number): Promise<void> => {
    this.waits.push(ms);
    this.now += ms;
    return Promise.resolve();
  };
}

/** Work that gives these results one after the other, the last one for ever. */
function workThatGives(...results: readonly RunResult[]): () => Promise<RunResult> {
  let next = 0;
  return () => Promise.resolve(results[Math.min(next++, results.length - 1)]!);
}

async function retried(
  results: readonly RunResult[],
  options: Partial<RetryOptions> = {},
): Promise<{ ended: string; attempts: number; waits: number[] }> {
  const clock = new TestClock();
  const { ended, attempts } = await retry(workThatGives(...results), { idempotent: true, clock, ...options });
  return { ended, attempts: attempts.length, waits: clock.waits };
}

describe('FAIL-11: retry', () => {
  it('does work once that succeeds', async () => {
    expect(await retried([succeeded()])).toEqual({ ended: 'succeeded', attempts: 1, waits: [] });
  });

  it('does work again whose failure may pass, with growing delays', async () => {
    const results = [locked(), locked(), locked(), succeeded()];
    expect(await retried(results, { attempts: 10, delayMs: 100, maxDelayMs: 300 })).toEqual({
      ended: 'succeeded',
      attempts: 4,
      waits: [100, 200, 300],
    });
  });

  it('gives up after three attempts by default', async () => {
    expect(await retried([locked()])).toEqual({ ended: 'attempts-used', attempts: 3, waits: [200, 400] });
  });

  it.each([
    { name: 'a plain failure', stderr: 'no' },
    { name: 'a rejected key', stderr: 'u@h: Permission denied (publickey).' },
    { name: 'an expired token', stderr: 'the access token has expired' },
    { name: 'a path that is too long', stderr: 'cp: x: File name too long' },
    { name: 'a full disk', stderr: 'cp: x: No space left on device' },
  ])('does not repeat $name', async ({ stderr }) => {
    expect(await retried([exited(1, stderr)])).toMatchObject({ ended: 'not-retryable', attempts: 1 });
  });

  it('does destructive work once', async () => {
    expect(await retried([locked()], { destructive: true })).toMatchObject({ ended: 'attempts-used', attempts: 1 });
  });

  it('begins no attempt beside processes of the last one', async () => {
    const left = makeResult(locked().outcome, {
      stderr: locked().stderr,
      cleanup: { ...locked().cleanup, status: 'unconfirmed' },
    });
    expect(await retried([left])).toMatchObject({ ended: 'cleanup-open', attempts: 1 });
  });

  it('begins no attempt after its time is used', async () => {
    expect(await retried([locked()], { attempts: 10, delayMs: 100, totalMs: 350 })).toEqual({
      ended: 'time-used',
      attempts: 3,
      waits: [100, 200],
    });
  });

  it('lets the caller refuse what the verdict allows, and not the reverse', async () => {
    expect(await retried([locked()], { accept: () => false })).toMatchObject({ ended: 'refused', attempts: 1 });
    expect(await retried([exited(1)], { accept: () => true })).toMatchObject({ ended: 'not-retryable' });
  });

  it('waits no longer once it is aborted', async () => {
    const controller = new AbortController();
    const clock = { ...HOST_CLOCK, random: () => 1 };
    const work = (): Promise<RunResult> => {
      // Aborted while it waits: the wait of a minute must end at once, or this test does not.
      setTimeout(() => {
        controller.abort();
      }, 0);
      return Promise.resolve(locked());
    };
    const options = { idempotent: true, signal: controller.signal, delayMs: 60_000, maxDelayMs: 60_000 } as const;
    expect(await retry(work, { ...options, totalMs: 86_400_000, clock })).toMatchObject({ ended: 'aborted' });
  });

  it('records every attempt with its failure', async () => {
    const { attempts } = await retry(workThatGives(locked(), succeeded()), {
      idempotent: true,
      clock: new TestClock(),
    });
    expect(attempts).toMatchObject([
      { number: 1, delayMs: 0, failure: { subcode: 'file_locked' } },
      { number: 2, delayMs: 200, failure: null },
    ]);
  });

  it('treats the error of `reject: true` like its result, and throws the last one', async () => {
    const error = new CommandFailedError('NON_ZERO_EXIT', 'text', locked());
    let calls = 0;
    const work = (): Promise<RunResult> => {
      calls += 1;
      return Promise.reject(error);
    };
    await expect(retry(work, { idempotent: true, clock: new TestClock() })).rejects.toBe(error);
    expect(calls).toBe(3);
  });

  it('passes on at once what is no failure of a run', async () => {
    const error = new TypeError('a mistake of the caller');
    await expect(retry(() => Promise.reject(error), { idempotent: true })).rejects.toBe(error);
  });

  it('refuses work that its caller does not call idempotent, and wrong numbers', async () => {
    const wrong = { attempts: 11, delayMs: -1, totalMs: NaN, accept: 1 } as unknown as RetryOptions;
    const attempt = retry(() => Promise.resolve(succeeded()), wrong);
    await expect(attempt).rejects.toThrow(CommandValidationError);
    const error: unknown = await attempt.catch((reason: unknown) => reason);
    const names = error instanceof CommandValidationError ? error.issues.map(({ property }) => property) : [];
    expect(names).toEqual(['idempotent', 'accept', 'attempts', 'delayMs', 'totalMs'].map((name) => `retry.${name}`));
  });
});
