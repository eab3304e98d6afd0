// @ts-check
/**
 * What a bench run needs on disk: the C programs compiled, the engine's backend bundled, other runtimes found or fetched.
 */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheRoot, fetchedPackages, repositoryRoot } from './fetched-packages.mjs';

/**
 * @typedef {object} Programs Absolute paths.
 * @property {string} limit
 * @property {string} child
 * @property {string} nothing
 * @property {string} dynamicTrue
 * @property {string} payload The processes of the containment suite.
 *
 * @typedef {{ readonly path: string, readonly version: string } | { readonly reason: string }} Runtime
 */

const sources = /** @type {const} */ ([
  { name: 'limit', file: 'programs/limit.c', flags: ['-O2'] },
  { name: 'child', file: 'programs/child.c', flags: ['-O2', '-static'] },
  { name: 'nothing', file: 'programs/nothing.c', flags: ['-O2', '-static', '-nostdlib'] },
  { name: 'payload', file: '../programs/payload.cc', flags: ['-O2', '-static', '-std=c++20'] },
]);

/** @returns {Programs} */
export function compiledPrograms() {
  const folder = join(cacheRoot, 'programs');
  mkdirSync(folder, { recursive: true });
  for (const { name, file, flags } of sources) {
    const source = fileURLToPath(new URL(file, import.meta.url));
    const program = join(folder, name);
    if (existsSync(program) && statSync(program).mtimeMs > statSync(source).mtimeMs) continue;
    execFileSync(file.endsWith('.cc') ? 'g++' : 'gcc', [...flags, '-Wall', '-o', program, source], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  return {
    limit: join(folder, 'limit'),
    child: join(folder, 'child'),
    nothing: join(folder, 'nothing'),
    dynamicTrue: '/bin/true',
    payload: join(folder, 'payload'),
  };
}

/**
 * Bundles the native backend without the facade, inside the package: the addon is looked for from there.
 *
 * @returns {Promise<string | undefined>} Why it cannot be had, or nothing.
 */
export async function bundleEngine() {
  try {
    const { build } = await import('tsup');
    await build({
      config: false,
      entry: [fileURLToPath(new URL('engine-entry.ts', import.meta.url))],
      outDir: join(repositoryRoot, 'build', 'bench'),
      format: 'esm',
      target: 'node20',
      platform: 'node',
      external: ['node-gyp-build'],
      silent: true,
    });
    return undefined;
  } catch (error) {
    return String(error).split('\n')[0];
  }
}

const runtimePackages = /** @type {const} */ ({
  bun: {
    x64: { name: '@oven/bun-linux-x64', path: 'bin/bun' },
    arm64: { name: '@oven/bun-linux-aarch64', path: 'bin/bun' },
  },
  deno: {
    x64: { name: '@deno/linux-x64-glibc', path: 'deno' },
    arm64: { name: '@deno/linux-arm64-glibc', path: 'deno' },
  },
});

/**
 * @param {'bun' | 'deno'} name
 * @param {{ readonly fetch: boolean }} options
 * @returns {Promise<Runtime>}
 */
export async function findRuntime(name, options) {
  const onPath = findOnPath(name);
  if (onPath !== undefined) return tried(onPath);
  const source = /** @type {Record<string, { name: string, path: string } | undefined>} */ (runtimePackages[name])[
    process.arch
  ];
  if (source === undefined) return { reason: `there is no package for ${process.arch}` };
  const fetched = await fetchedPackages(name, [source.name], options);
  return 'reason' in fetched ? fetched : tried(join(fetched.folder, 'node_modules', source.name, source.path));
}

/** @param {string} name */
function findOnPath(name) {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const candidate = join(folder, name);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/**
 * @param {string} path
 * @returns {Runtime}
 */
function tried(path) {
  try {
    const version = execFileSync(path, ['--version'], { encoding: 'utf8' }).split('\n')[0] ?? '';
    return { path, version };
  } catch (error) {
    return { reason: String(error).split('\n')[0] ?? 'it does not run' };
  }
}
