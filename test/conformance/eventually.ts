/** Waiting for a condition, the only way a test of ours waits. */

/**
 * Milliseconds after which a condition is given up. Generous: reaching it is a failure, never a measurement. Windows is Wine here,
 * where a test may take three times as long (vitest.windows.config.ts).
 */
const DEFAULT_LIMIT_MS = process.platform === 'win32' ? 30_000 : 10_000;
const LONGEST_PAUSE_MS = 25;

/**
 * Polls until `condition` returns something other than `undefined` and `false`, and returns that.
 *
 * @param describe - Tells what was there instead, for the failure.
 * @throws Error when the limit passed.
 */
export async function eventually<T>(
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  describe: () => string,
  limitMs = DEFAULT_LIMIT_MS,
): Promise<T> {
  const end = performance.now() + limitMs;
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > end) throw new Error(`not within ${String(limitMs)} ms: ${describe()}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
