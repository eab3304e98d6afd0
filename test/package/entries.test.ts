// Promised    : importing `custody` loads few files, no package, and no rule of `custody/failure`.
// Not promised: how the build splits the rest.
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './tree.js';

/** Files that a host waits for when it imports `custody`; each costs it half a millisecond (tsup.config.ts). */
const MOST_FILES = 3;

/** What a file of the build imports at once. */
function importsOf(file: string): string[] {
  const imports = readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b(?:[^'"]*\bfrom)?\s*["']([^'"]+)["']/gmu);
  return [...imports].map(([, specifier = '']) => specifier);
}

/** A file of the build and everything of the build that it imports at once. */
function filesOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const name of importsOf(file)) if (name.startsWith('.')) filesOf(join(dirname(file), name), seen);
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

  it('PERF: have little to load for custody itself, and no package', () => {
    const main = [...filesOf(join(root, 'dist', 'index.js'))];
    expect(main.length, main.join(', ')).toBeLessThanOrEqual(MOST_FILES);
    const others = main.flatMap(importsOf).filter((name) => !name.startsWith('.'));
    expect(others.length).toBeGreaterThan(0);
    expect(others.filter((name) => !isBuiltin(name))).toEqual([]);
  });
});
