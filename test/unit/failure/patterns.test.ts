import { describe, expect, it } from 'vitest';
import { BUILT_IN_PATTERNS } from '../../../src/failure/rules/built-in.js';

/** Whether a quantifier without a bound stands on a group that holds another one: the shape that takes exponential time. */
function nestsQuantifiers(source: string): boolean {
  const plain = source.replace(/\\./g, 'x').replace(/\[(?:[^\]])*\]/g, 'x');
  const open: number[] = [];
  for (const [index, character] of Array.from(plain).entries()) {
    if (character === '(') open.push(index);
    if (character !== ')') continue;
    const start = open.pop() ?? 0;
    const inner = plain.slice(start + 1, index).replace(/^\?(?::|=|!|<=|<!)/, '');
    const after = plain.slice(index + 1);
    if (/^(?:[*+]|\{\d+,\})/.test(after) && /[*+]|\{\d+,\d*\}/.test(inner)) return true;
  }
  return false;
}

describe('FAIL-14: the built-in patterns', () => {
  it('are known to a check that can fail', () => {
    expect(nestsQuantifiers('(a+)+')).toBe(true);
    expect(nestsQuantifiers('(?:\\w{1,40}\\.)*x')).toBe(true);
    expect(nestsQuantifiers('(?:a|b)*c{1,3}')).toBe(false);
  });

  it.each(BUILT_IN_PATTERNS.map((pattern) => ({ source: pattern.source, pattern })))(
    '$source is bounded and remembers nothing',
    ({ source, pattern }) => {
      expect(nestsQuantifiers(source)).toBe(false);
      expect(pattern.flags).not.toMatch(/[gy]/);
      // Two gaps without a bound in one line take quadratic time, which the bound of a line makes too long.
      expect((source.match(/\.\*|\.\+/g) ?? []).length).toBeLessThanOrEqual(1);
    },
  );
});
