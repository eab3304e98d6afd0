import { describe, expect, it } from 'vitest';
import { matchesAny } from '../../../src/policy/name-glob.js';

describe('a glob for names', () => {
  it.each([
    ['GH_TOKEN', '*_TOKEN', true],
    ['gh_token', '*_TOKEN', true],
    ['_TOKEN', '*_TOKEN', true],
    ['TOKEN', '*_TOKEN', false],
    ['GH_TOKEN_FILE', '*_TOKEN', false],
    ['GH_TOKEN_FILE', '*_TOKEN*', true],
    ['LC_ALL', 'LC_???', true],
    ['LC_TIME', 'LC_???', false],
    ['', '*', true],
    ['', '?', false],
    ['aXbXc', 'a*b*c', true],
    ['abcabd', '*abd', true],
    ['ProgramFiles(x86)', 'PROGRAMFILES(*)', true],
    ['A.B', 'A?B', true],
    ['AxB', 'A.B', false],
  ])('ENV-02: %j fits %j: %s', (name, glob, fits) => {
    expect(matchesAny(name, [glob])).toBe(fits);
  });

  it('fits if one of many does', () => {
    expect(matchesAny('A', ['B', 'A'])).toBe(true);
    expect(matchesAny('A', [])).toBe(false);
  });
});
