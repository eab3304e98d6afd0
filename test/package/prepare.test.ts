// Promised    : `prepare` builds what is out of date and nothing else, keeps stdout silent, survives a missing compiler, missing
//               development dependencies and a broken native source, and may run twice at the same time.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TemporaryFolder, exec, root, type Ended } from './tree.js';

let folder: TemporaryFolder;
let clone: string;

/** What a clone holds, as far as `prepare` looks at it, beside the sources of `dist`. */
const CLONED = [
  'native',
  'scripts',
  'CMakeLists.txt',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.declarations.json',
  'tsup.config.ts',
];

beforeEach(() => {
  folder = new TemporaryFolder();
  clone = join(folder.path, 'clone');
  mkdirSync(join(folder.path, 'no-programs'));
  for (const name of CLONED) cpSync(join(root, name), join(clone, name), { recursive: true });
  writeEntries();
});

/** The entries of the build, with one line each: the types of all sources take many seconds. */
function writeEntries(): void {
  for (const [entry] of readFileSync(join(root, 'tsup.config.ts'), 'utf8').matchAll(/\bsrc\/[\w/-]+\.ts/gu)) {
    mkdirSync(dirname(join(clone, entry)), { recursive: true });
    writeFileSync(join(clone, entry), `export const entry = '${entry}';\n`);
  }
}

afterEach(() => {
  folder[Symbol.dispose]();
});

function linkDependencies(): void {
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
}

const prepare = (environment: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  exec(clone, process.execPath, [join('scripts', 'prepare.mjs')], environment);

/** An environment in which neither cmake nor a compiler is found. */
const withoutCompiler = (): NodeJS.ProcessEnv => ({ PATH: join(folder.path, 'no-programs'), CXX: undefined });

it('builds dist without a compiler, and says in one line that the fallback will serve', async () => {
  linkDependencies();
  const ended = await prepare(withoutCompiler());
  expect(ended).toMatchObject({ code: 0, stdout: '' });
  expect(ended.stderr).toMatch(/^custody: the native addon was not built \(cmake was not found\); the fallback .*\n$/);
  expect(existsSync(join(clone, 'dist', 'cli', 'main.js'))).toBe(true);
});

it('lets one of two runs at the same time build and the other use it', async () => {
  linkDependencies();
  const runs = await Promise.all([prepare(withoutCompiler()), prepare(withoutCompiler())]);
  for (const ended of runs) expect(ended).toMatchObject({ code: 0, stdout: '' });
  const built = statSync(join(clone, 'dist', 'index.js')).mtimeMs;
  await prepare(withoutCompiler());
  expect(statSync(join(clone, 'dist', 'index.js')).mtimeMs).toBe(built);
  expect(existsSync(join(clone, 'build', 'prepare', 'lock'))).toBe(false);
});

it('breaks the lock of an owner that is dead', async () => {
  linkDependencies();
  const dead = await exec(clone, process.execPath, ['-p', 'process.pid']);
  mkdirSync(join(clone, 'build', 'prepare'), { recursive: true });
  writeFileSync(join(clone, 'build', 'prepare', 'lock'), `${dead.stdout.trim()} 00000000-0000-0000-0000-000000000000`);
  expect(await prepare(withoutCompiler())).toMatchObject({ code: 0, stdout: '' });
  expect(existsSync(join(clone, 'dist', 'index.js'))).toBe(true);
});

it('builds again when a source has changed', async () => {
  linkDependencies();
  await prepare(withoutCompiler());
  const index = join(clone, 'src', 'index.ts');
  writeFileSync(index, `${readFileSync(index, 'utf8')}\nexport const addedByTheTest = 'added';\n`);
  await prepare(withoutCompiler());
  expect(readFileSync(join(clone, 'dist', 'index.js'), 'utf8')).toContain('addedByTheTest');
});

it('fails when dist cannot be built, and leaves no old one behind', async () => {
  linkDependencies();
  await prepare(withoutCompiler());
  writeFileSync(join(clone, 'src', 'index.ts'), 'export const = ;\n');
  const ended = await prepare(withoutCompiler());
  expect(ended).toMatchObject({ code: 1, stdout: '' });
  expect(existsSync(join(clone, 'dist', 'index.js'))).toBe(false);
});

it('succeeds without development dependencies and builds nothing', async () => {
  const ended = await prepare();
  expect(ended).toMatchObject({ code: 0, stdout: '' });
  expect(ended.stderr.split('\n')).toHaveLength(2);
  expect(existsSync(join(clone, 'dist'))).toBe(false);
});

const canCompile = ['cmake', 'c++'].every((tool) => spawnSync(tool, ['--version']).status === 0);

it.runIf(process.platform === 'linux' && canCompile)(
  'succeeds with a broken native source and removes the old addon',
  async () => {
    linkDependencies();
    writeFileSync(join(clone, 'native', 'core', 'lifecycle.cc'), '#error broken by the test\n');
    mkdirSync(join(clone, 'build', 'Release'), { recursive: true });
    writeFileSync(join(clone, 'build', 'Release', 'custody.node'), 'from older sources');
    const ended = await prepare();
    expect(ended).toMatchObject({ code: 0, stdout: '' });
    expect(ended.stderr).toMatch(/^custody: the native addon was not built \(see build\/prepare\/native\.log\); .*\n$/);
    expect(readFileSync(join(clone, 'build', 'prepare', 'native.log'), 'utf8')).toContain('broken by the test');
    expect(existsSync(join(clone, 'build', 'Release', 'custody.node'))).toBe(false);
  },
);
