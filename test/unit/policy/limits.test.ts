import { expect, it } from 'vitest';
import * as limits from '../../../src/policy/limits.js';

it('has every default within its own range, except where 0 means none', () => {
  const { maxArgs: _args, maxEnvNames: _names, idleTimeoutMs, resources, totalBudgetMs, ...ranges } = limits.RUN_LIMITS;
  for (const { min, max, standard } of Object.values(ranges)) {
    expect(standard).toBeGreaterThanOrEqual(min);
    expect(standard).toBeLessThanOrEqual(max);
  }
  expect([idleTimeoutMs.standard, totalBudgetMs.standard]).toEqual([0, 0]);
  expect(Object.values(resources).map(({ standard }) => standard)).toEqual([0, 0, 0, 0, 0]);
});

it('keeps durations below what a 32-bit timer can hold', () => {
  expect(limits.RUN_LIMITS.timeoutMs.max).toBeLessThan(2 ** 31);
});
