import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { classifyFailure } from '../../../src/failure/classify.js';
import { C_LOCALE } from '../../../src/failure/c-locale.js';
import { PREREQUISITES } from '../../../src/failure/prerequisites.js';
import { SUBCODES } from '../../../src/failure/subcodes.js';

const src = join(import.meta.dirname, '..', '..', '..', 'src');

describe('FAIL-12: prerequisites', () => {
  it('are reported for what only a change to the host removes', () => {
    const stderr = "Error: ENOSPC: System limit for number of file watchers reached, watch '/p'";
    expect(classifyFailure({ exitCode: 1, stderr }).prerequisites).toEqual([
      { id: 'inotify_watches', ...PREREQUISITES.inotify_watches },
    ]);
    expect(classifyFailure({ exitCode: 1, stderr: 'no' }).prerequisites).toEqual([]);
  });

  it('are all in use', () => {
    const used = new Set(Object.values(SUBCODES).flatMap(({ prerequisites = [] }) => prerequisites));
    expect([...used].sort()).toEqual(Object.keys(PREREQUISITES).sort());
  });

  it('are never carried out: no source of the package changes a host', () => {
    const repairs =
      /config --global|reg(?:\.exe)? add|sysctl -w|wsl(?:\.exe)? --shutdown|Set-ExecutionPolicy|Add-MpPreference|commit -a/;
    const sources = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.filter((name) => repairs.test(readFileSync(join(src, name), 'utf8')))).toEqual([]);
  });
});

describe('FAIL-14: the locale of helpers', () => {
  it('is C, for all categories of the locale', () => {
    expect(C_LOCALE).toEqual({ LC_ALL: 'C' });
  });
});
