import { expect, it } from 'vitest';
import { Issues } from '../../../../src/core/validate.js';
import { compilePatterns, type PatternFinder } from '../../../../src/policy/redaction/user-patterns.js';

function finderOf(pattern: string): PatternFinder | undefined {
  const issues = new Issues('');
  const [finder] = compilePatterns([pattern], 'patterns', issues);
  issues.throwIfAny();
  return finder;
}

it('compiles a pattern once, and lets go of those that were not used for longest', () => {
  const first = finderOf('corp-[a-z]{8}');
  const second = finderOf('team-[a-z]{8}');
  for (let other = 0; other < 199; other++) {
    finderOf(`other-${String(other)}`);
    expect(finderOf('corp-[a-z]{8}')).toBe(first);
  }
  expect(finderOf('team-[a-z]{8}')).not.toBe(second);
});

it('says each time what is wrong with a pattern', () => {
  for (let time = 0; time < 2; time++) {
    expect(() => finderOf('(')).toThrow(/RE2 syntax/u);
    expect(() => finderOf('a*')).toThrow(/empty text/u);
  }
});
