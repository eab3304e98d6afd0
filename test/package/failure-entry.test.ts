// Promised    : importing `custody` loads no rule of `custody/failure`.
// Not promised: how the build splits the rest.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './tree.js';

/** A file of the build and everything that it imports at once. */
function filesOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const imports = readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b[^'"]*["'](\.[^'"]+)["']/gmu);
  for (const [, specifier = ''] of imports) filesOf(join(dirname(file), specifier), seen);
  return seen;
}

const holdsRules = (file: string): boolean => readFileSync(file, 'utf8').includes('watcher_limit');

describe('the entries of the build', () => {
  it('FAIL-14: have the rules in custody/failure alone', () => {
    expect([...filesOf(join(root, 'dist', 'failure.js'))].some(holdsRules)).toBe(true);
    const main = [...filesOf(join(root, 'dist', 'index.js'))];
    expect(main.length).toBeGreaterThan(1);
    expect(main.filter(holdsRules)).toEqual([]);
  });
});
