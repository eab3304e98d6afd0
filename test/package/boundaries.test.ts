// Promised: scripts/check-boundaries.mjs accepts this tree and finds, by file and line, what the table of rooms forbids.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TemporaryFolder, exec, root, type Ended } from './tree.js';

let folder: TemporaryFolder;

beforeEach(() => {
  folder = new TemporaryFolder();
});

afterEach(() => {
  folder[Symbol.dispose]();
});

const check = (tree: string): Promise<Ended> =>
  exec(root, process.execPath, [join(root, 'scripts', 'check-boundaries.mjs'), tree]);

it('accepts this repository', async () => {
  expect(await check(root)).toMatchObject({ code: 0, stderr: '' });
});

/** File, the one line in it, and what must be said about it. */
const VIOLATIONS = [
  ['src/core/a.ts', `import { join } from 'node:path';`, `src/core must not import 'node:path'`],
  ['src/core/b.ts', `import type { B } from '../runner/b.js';`, 'src/core must not import src/runner/b.ts'],
  ['src/core/c.ts', `export * from '../policy/b.js';`, 'src/core must not import src/policy/b.ts'],
  [
    'src/policy/a.ts',
    'export const home = process.env.HOME;',
    'src/policy/a.ts must not read process.env: it is passed in',
  ],
  ['src/runner/a.ts', `import 'node:child_process';`, `only src/backend/fallback/ may import 'node:child_process'`],
  ['src/runner/b.ts', `await import('../cli/main.js');`, 'src/runner must not import src/cli/main.ts'],
  ['src/backend/a.ts', `import '../../test/b.js';`, 'src/backend must not import src/../test/b.ts'],
  ['src/unheard-of/a.ts', '', 'src/unheard-of is not a room of the table in scripts/check-boundaries.mjs'],
  ['native/core/a.cc', '#include <unistd.h>', 'native/core/ must not include unistd.h'],
  ['native/core/b.cc', '#include <mutex>', 'native/core/ must not include mutex'],
  ['native/engine/a.cc', '#include "platform/posix/b.h"', 'native/engine/ must not include platform/posix/b.h'],
  ['native/engine/b.cc', '#include <napi.h>', 'native/engine/ must not include napi.h'],
  ['native/platform/linux/a.cc', '#include "engine/b.h"', 'native/platform/linux/ must not include engine/b.h'],
  ['native/platform/win32/a.cc', 'thread_local int a;', 'native/platform/win32/ must not use thread_local'],
  ['native/binding/a.cc', '#include "platform/pipe.h"', 'native/binding/ must not include platform/pipe.h'],
] as const;

it('finds every kind of violation by file and line', async () => {
  for (const [file, line] of VIOLATIONS) {
    mkdirSync(dirname(join(folder.path, file)), { recursive: true });
    writeFileSync(join(folder.path, file), `${line}\n`);
  }
  const { code, stderr } = await check(folder.path);
  expect(stderr.trimEnd().split('\n').sort()).toEqual(
    VIOLATIONS.map(([file, , message]) => `${file}:1: ${message}`).sort(),
  );
  expect(code).toBe(1);
});
