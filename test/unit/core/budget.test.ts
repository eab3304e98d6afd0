import { expect, it } from 'vitest';
import { TimeBudget } from '../../../src/core/budget.js';
import { readDefaults, readInvocation } from '../../../src/core/invocation.js';
import { RUN_LIMITS } from '../../../src/policy/limits.js';
import { timeBudget } from '../../../src/runner/time-budget.js';
import { ManualClock } from '../../doubles/manual-clock.js';

it('EXE-25: runs from the moment it is made, and never below zero', () => {
  const clock = new ManualClock();
  const budget = new TimeBudget(1000, clock);
  expect(budget).toMatchObject({ totalMs: 1000, remainingMs: 1000, isSpent: false });
  clock.advance(999);
  expect(budget).toMatchObject({ remainingMs: 1, isSpent: false });
  clock.advance(1);
  expect(budget).toMatchObject({ remainingMs: 0, isSpent: true });
  clock.advance(5000);
  expect(budget.remainingMs).toBe(0);
});

it.each([0, -1, NaN, Infinity, '1000', undefined])('EXE-25: is not made of %s', (totalMs) => {
  expect(() => timeBudget(totalMs as number)).toThrow(
    expect.objectContaining({ code: 'VALIDATION_FAILED', property: 'totalMs' }),
  );
});

it('EXE-25: is taken as an option, and no imitation is', () => {
  const defaults = readDefaults(undefined, RUN_LIMITS);
  const read = (budget: unknown) => readInvocation('git', [], { budget }, defaults, RUN_LIMITS).budget;
  const budget = timeBudget(1000);
  expect(read(budget)).toBe(budget);
  for (const imitation of [1000, {}, { remainingMs: 1000, totalMs: 1000, isSpent: false }, new Proxy(budget, {})])
    expect(() => read(imitation)).toThrow(expect.objectContaining({ property: 'budget' }));
});
