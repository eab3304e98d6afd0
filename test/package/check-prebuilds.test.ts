// Promised    : scripts/check-prebuilds.mjs accepts what scripts/prebuild.mjs made, names what is wrong with anything else in
//               one line each, and exits with 1.
// Not promised: the prebuilds of other systems; CI checks them when it builds them.
import { chmodSync, copyFileSync, cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { TemporaryFolder, exec, root, type Ended } from './tree.js';

const platform = `${process.platform}-${process.arch}`;
const otherLinux = process.arch === 'x64' ? 'linux-arm64' : 'linux-x64';
const glibc = 'custody.glibc.node';
const guardian = 'custody-guardian';

let folder: TemporaryFolder;

beforeEach(() => {
  folder = new TemporaryFolder();
  if (inject('hasPrebuilds')) {
    cpSync(join(root, 'prebuilds', platform), join(folder.path, platform), { recursive: true });
  }
});

afterEach(() => {
  folder[Symbol.dispose]();
});

const check = (...args: readonly string[]): Promise<Ended> =>
  exec(root, process.execPath, [join(root, 'scripts', 'check-prebuilds.mjs'), '--folder', folder.path, ...args]);

const fileOf = (name: string): string => join(folder.path, platform, name);

function rewrite(name: string, change: (bytes: Buffer) => Buffer): void {
  writeFileSync(fileOf(name), change(readFileSync(fileOf(name))));
}

/** Overwrites each occurrence of a name by one of the same length. */
const renamed = (bytes: Buffer, from: string, to: string): Buffer =>
  Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');

const DT_FLAGS = 30n;
const DF_BIND_NOW = 0x08;
const DF_STATIC_TLS = 0x10;

/** Where the flags for the loader are: behind their tag, with the one that the linker sets here. */
function flagsOffset(bytes: Buffer): number {
  const entry = new BigUint64Array([DT_FLAGS, BigInt(DF_BIND_NOW)]);
  return bytes.indexOf(new Uint8Array(entry.buffer)) + BigUint64Array.BYTES_PER_ELEMENT;
}

function makeTlsStatic(bytes: Buffer): Buffer {
  bytes.writeUInt8(DF_BIND_NOW | DF_STATIC_TLS, flagsOffset(bytes));
  return bytes;
}

interface Defect {
  readonly name: string;
  readonly make: () => void;
  readonly line: string | RegExp;
}

const DEFECTS: readonly Defect[] = [
  { name: 'a missing file', make: () => rmSync(fileOf(guardian)), line: `${guardian} is missing` },
  { name: 'a file nobody knows', make: () => writeFileSync(fileOf('x.node'), ''), line: 'x.node is unknown' },
  { name: 'a lost run bit', make: () => chmodSync(fileOf(guardian), 0o644), line: `${guardian} has lost its run bits` },
  {
    name: 'no binary at all',
    make: () => rewrite(glibc, () => Buffer.from('#!/bin/sh\n')),
    line: `${glibc} cannot be read: neither ELF nor Mach-O nor PE of 64 bits`,
  },
  {
    name: 'a file that is cut off',
    make: () => rewrite(glibc, (bytes) => bytes.subarray(0, 4096)),
    line: new RegExp(`${glibc} cannot be read: `, 'u'),
  },
  {
    name: 'the guardian in place of the addon',
    make: () => copyFileSync(fileOf(guardian), fileOf(glibc)),
    line: `${glibc} does not export napi_register_module_v1, node_api_module_get_api_version_v1`,
  },
  {
    name: 'the addon for the other libc',
    make: () => renameSync(fileOf(glibc), fileOf('custody.musl.node')),
    line: /custody\.musl\.node needs (glibc|lib)/u,
  },
  {
    name: 'an addon built on this machine for itself',
    make: () => copyFileSync(join(root, 'build', 'Release', 'custody.node'), fileOf(glibc)),
    line: new RegExp(`${glibc} needs glibc [\\d.]+, not 2\\.17`, 'u'),
  },
  {
    name: 'a library that not everybody has',
    make: () => rewrite(glibc, (bytes) => renamed(bytes, 'libdl.so.2', 'libzz.so.2')),
    line: `${glibc} needs libzz.so.2`,
  },
  {
    name: 'an entry point of another name',
    make: () => rewrite(glibc, (bytes) => renamed(bytes, 'napi_register_module_v1', 'napi_register_module_v9')),
    line: `${glibc} exports 1 more names, such as napi_register_module_v9`,
  },
  {
    name: 'another machine',
    make: () => {
      rewrite(glibc, (bytes) => bytes.fill(process.arch === 'x64' ? 183 : 62, 18, 19));
    },
    line: new RegExp(`${glibc} is elf for \\w+, not elf for \\w+`, 'u'),
  },
  {
    name: 'thread-local variables of the static kind',
    make: () => rewrite(glibc, makeTlsStatic),
    line: `${glibc} has thread-local variables that a library loaded late may find no room for`,
  },
  {
    name: 'bloat',
    make: () => rewrite(guardian, (bytes) => Buffer.concat([bytes, Buffer.alloc(100_000)])),
    line: new RegExp(`${guardian} has \\d+ bytes, more than 100000`, 'u'),
  },
  {
    name: 'the path of a source',
    make: () => rewrite(glibc, (bytes) => Buffer.concat([bytes, Buffer.from('/elsewhere/native/core/check.h\0')])),
    line: `${glibc} tells where it was built: /elsewhere/native/core/check.h`,
  },
  {
    name: 'the path of an object that a linker noted',
    make: () => rewrite(glibc, (bytes) => Buffer.concat([bytes, Buffer.from('/elsewhere/zig/o/4a/libc++.a(new.o)\0')])),
    line: `${glibc} tells where it was built: /elsewhere/zig/o/4a/libc++.a`,
  },
  {
    name: 'the folder of the repository',
    make: () => rewrite(glibc, (bytes) => Buffer.concat([bytes, Buffer.from(`${root}/build/cross\0`)])),
    line: `${glibc} tells where it was built: ${root}`,
  },
];

it.runIf(process.platform === 'linux')('names every platform that is missing', async () => {
  const { code, stderr } = await check();
  expect(code).toBe(1);
  expect(stderr).toContain(`prebuilds: ${otherLinux}/${glibc} is missing`);
  expect(stderr).toContain('prebuilds: win32-x64/custody.node is missing');
});

describe.runIf(process.platform === 'linux' && inject('hasPrebuilds'))('the prebuilds of this machine', () => {
  it('are accepted as they were built', async () => {
    expect(await check('--target', platform)).toMatchObject({ code: 0, stderr: '' });
  });

  it.each(DEFECTS)('are refused with $name', async ({ make, line }) => {
    make();
    const { code, stderr } = await check('--target', platform);
    expect(code).toBe(1);
    const lines = stderr.split('\n').map((text) => text.replace(`prebuilds: ${platform}/`, ''));
    expect(lines).toContainEqual(typeof line === 'string' ? line : (expect.stringMatching(line) as string));
  });
});
