/**
 * The folder in which the tests run under Wine: sources and tests as plain JavaScript (compiled here, because a compiler under
 * Wine takes longer than the tests), the programs, and the packages for Windows.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { spawnSync } from 'node:child_process';
import ts from 'typescript';
import { root, run } from './native-build.mjs';
import { buildWindowsAddon, buildWindowsPrograms } from './windows-build.mjs';

const VITEST = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies.vitest;
/** The last vite that bundles with rollup, which there is as WebAssembly; rolldown needs more of Windows than Wine has. */
const VITE = '7.3.8';
const ROLLUP = '4.67.4';
/** Folders of test/ that are part of it. */
const TIERS = ['conformance', 'platform', 'programs'];
const FETCH_LIMIT_MS = 300_000;
/** Plain JavaScript that custody loads at run time. */
const SHARED_PACKAGES = ['commander', 'node-gyp-build'];

/** Makes what Go programs (esbuild) ask for and Wine 8 does not have. */
const BCRYPT = `#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length) { return SystemFunction036(data, (ULONG)length); }
`;

/** @returns the library file, or undefined */
export function buildBcryptStub(folder) {
  const source = join(folder, 'bcryptprimitives.c');
  const file = join(folder, 'bcryptprimitives.dll');
  mkdirSync(folder, { recursive: true });
  writeFileSync(source, BCRYPT);
  return run('x86_64-w64-mingw32-gcc', ['-shared', '-s', '-o', file, source, '-ladvapi32']) ? file : undefined;
}

/** Keeps Wine's page free (wine_heap.c). @returns the library file, or undefined where this system has no compiler */
export function buildWineHeap(folder) {
  const source = join(root, 'test', 'programs', 'windows', 'wine_heap.c');
  const file = join(folder, 'wine_heap.so');
  return run('gcc', ['-O2', '-shared', '-fPIC', '-o', file, source]) ? file : undefined;
}

/** Installs packages for Windows into a folder of the cache. @returns {string | undefined} the folder's node_modules */
export function fetchPackages(cache, name, manifest) {
  const folder = join(cache, name);
  const modules = join(folder, 'node_modules');
  const wanted = JSON.stringify({ private: true, ...manifest });
  const stamp = join(folder, 'installed.json');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return modules;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), wanted);
  const args = ['install', '--os=win32', '--cpu=x64', '--ignore-scripts', '--no-audit', '--no-fund', '--force'];
  const { status } = spawnSync('npm', [...args, '--prefix', folder], {
    cwd: folder,
    stdio: 'ignore',
    timeout: FETCH_LIMIT_MS,
  });
  if (status !== 0) return undefined;
  writeFileSync(stamp, wanted);
  return modules;
}

/** What tests import of the sources, and the workers, which are programs of their own: entries of a bundle. */
function importedSources() {
  const found = new Set(['backend/fallback/sync-worker', 'backend/builtins/builtin-worker']);
  for (const tier of TIERS) {
    const folder = join(root, 'test', tier);
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts')) continue;
      const imports = readFileSync(join(folder, name), 'utf8').matchAll(/^(?:import|\}) .*'[./]*\/src\/(.*)\.js';$/gm);
      for (const [, path] of imports) found.add(path);
    }
  }
  return Object.fromEntries([...found].map((path) => [path, join(root, 'src', `${path}.ts`)]));
}

/** Turns every TypeScript file below `from` into a JavaScript file below `to`, and copies the others that are data or programs. */
function compileFolder(from, to) {
  for (const name of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(ts|mjs|json)$/.test(name)) continue;
    const target = join(to, name.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    if (!name.endsWith('.ts')) {
      cpSync(join(from, name), target);
      continue;
    }
    const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, inlineSourceMap: true };
    const { outputText } = ts.transpileModule(readFileSync(join(from, name), 'utf8'), {
      compilerOptions: options,
      fileName: join(from, name),
    });
    writeFileSync(target, outputText);
  }
}

/**
 * Bundles sources into few files, because Wine takes a hundred times as long to load one for each, and every test file loads them.
 */
async function bundleSources(folder, entry, extension) {
  const { build } = createRequire(import.meta.url)('tsup');
  await build({
    entry,
    outDir: folder,
    format: 'esm',
    outExtension: () => ({ js: extension }),
    target: 'node20',
    platform: 'node',
    splitting: true,
    sourcemap: 'inline',
    skipNodeModulesBundle: true,
    config: false,
    silent: true,
  });
}

/**
 * Makes the folder anew, apart from its packages.
 *
 * @returns {Promise<string>} why it could not be made, empty when it was
 */
export async function makeStage(folder, cache) {
  const manifest = {
    dependencies: { vitest: VITEST, vite: VITE, 'fast-check': '^4.0.0' },
    overrides: { rollup: `npm:@rollup/wasm-node@${ROLLUP}` },
  };
  const packages = fetchPackages(cache, 'packages', manifest);
  if (packages === undefined) return 'the packages for Windows cannot be fetched';
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(packages, join(folder, 'node_modules'), { recursive: true });
  for (const name of SHARED_PACKAGES) {
    cpSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), {
      recursive: true,
      dereference: true,
    });
  }
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  const programs = join(folder, 'build', 'probe');
  if (!buildWindowsAddon(join(folder, 'build', 'Release')) || !buildWindowsPrograms(programs))
    return 'the build failed';
  await bundleSources(programs, { custody: join(root, 'src', 'index.ts') }, '.mjs');
  await bundleSources(join(folder, 'src'), importedSources(), '.js');
  for (const tier of TIERS) {
    compileFolder(join(root, 'test', tier), join(folder, 'test', tier));
  }
  for (const name of ['fail-on-warning', 'windows-gaps', 'skip-gaps', 'vitest.windows.config']) {
    const source = readFileSync(join(root, 'test', `${name}.ts`), 'utf8');
    const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
    writeFileSync(join(folder, 'test', `${name}.js`), ts.transpileModule(source, { compilerOptions }).outputText);
  }
  return '';
}
