/**
 * Reads of a native binary what decides where it can be loaded: the machine, the oldest macOS, the newest glibc.
 *
 * Sources: ELF-64 object file format; Linux gABI symbol versioning (.gnu.version_r); macOS <mach-o/loader.h>.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

const ELF_MACHINES = { 62: 'x86_64', 183: 'aarch64' };
const MACH_MACHINES = { 0x01000007: 'x86_64', 0x0100000c: 'aarch64' };
const MACH_MAGIC_64 = 0xfeedfacf;
const LC_VERSION_MIN_MACOSX = 0x24;
const LC_BUILD_VERSION = 0x32;
const LC_LOAD_DYLIB = 0x0c;
const LC_CODE_SIGNATURE = 0x1d;
const SHT_DYNAMIC = 6;
const SHT_VERNEED = 0x6ffffffe;
const DT_NEEDED = 1n;

const textAt = (bytes, at) => bytes.toString('latin1', at, bytes.indexOf(0, at));
const byVersion = (a, b) => a.localeCompare(b, 'en', { numeric: true });

function readElf(bytes) {
  const first = Number(bytes.readBigUInt64LE(40));
  const size = bytes.readUInt16LE(58);
  const sections = Array.from({ length: bytes.readUInt16LE(60) }, (_, i) => {
    const at = first + i * size;
    return {
      type: bytes.readUInt32LE(at + 4),
      offset: Number(bytes.readBigUInt64LE(at + 24)),
      size: Number(bytes.readBigUInt64LE(at + 32)),
      link: bytes.readUInt32LE(at + 40),
      info: bytes.readUInt32LE(at + 44),
    };
  });
  const versions = [];
  const libraries = [];
  for (const section of sections) {
    const strings = sections[section.link]?.offset;
    if (section.type === SHT_VERNEED) {
      for (let at = section.offset, left = section.info; left > 0; --left) {
        let entry = at + bytes.readUInt32LE(at + 8);
        for (let count = bytes.readUInt16LE(at + 2); count > 0; --count) {
          versions.push(textAt(bytes, strings + bytes.readUInt32LE(entry + 8)));
          entry += bytes.readUInt32LE(entry + 12);
        }
        at += bytes.readUInt32LE(at + 12);
      }
    }
    if (section.type !== SHT_DYNAMIC) continue;
    for (let at = section.offset; at < section.offset + section.size; at += 16) {
      if (bytes.readBigUInt64LE(at) === DT_NEEDED) {
        libraries.push(textAt(bytes, strings + Number(bytes.readBigUInt64LE(at + 8))));
      }
    }
  }
  const glibc = versions.filter((name) => name.startsWith('GLIBC_')).map((name) => name.slice('GLIBC_'.length));
  return {
    kind: 'elf',
    machine: ELF_MACHINES[bytes.readUInt16LE(18)],
    newestGlibc: glibc.sort(byVersion).at(-1),
    libraries,
  };
}

function readMachO(bytes) {
  const found = {
    kind: 'mach-o',
    machine: MACH_MACHINES[bytes.readUInt32LE(4)],
    minimum: undefined,
    libraries: [],
    isSigned: false,
  };
  let at = 32;
  for (let left = bytes.readUInt32LE(16); left > 0; --left) {
    const command = bytes.readUInt32LE(at);
    const version = command === LC_BUILD_VERSION ? at + 12 : command === LC_VERSION_MIN_MACOSX ? at + 8 : undefined;
    if (version !== undefined) {
      found.minimum = `${bytes.readUInt16LE(version + 2)}.${bytes.readUInt8(version + 1)}`;
    }
    if (command === LC_LOAD_DYLIB) found.libraries.push(textAt(bytes, at + bytes.readUInt32LE(at + 8)));
    if (command === LC_CODE_SIGNATURE) found.isSigned = true;
    at += bytes.readUInt32LE(at + 4);
  }
  return found;
}

/** What a file is; `undefined` when it is neither ELF nor Mach-O of 64 bits. */
export function readFormat(file) {
  const bytes = readFileSync(file);
  if (bytes.subarray(0, 5).equals(Buffer.from('\x7fELF\x02', 'latin1'))) return readElf(bytes);
  return bytes.readUInt32LE(0) === MACH_MAGIC_64 ? readMachO(bytes) : undefined;
}

/** What keeps a built file from being what its target needs, one line each. @returns {string[]} */
export function problemsOf(file, { format: wanted }) {
  const found = readFormat(file);
  const name = basename(file);
  if (found === undefined) return [`${name} has an unknown format`];
  const problems = [];
  if (found.kind !== wanted.kind || found.machine !== wanted.machine) {
    problems.push(`${name} is ${found.kind} for ${found.machine}, not ${wanted.kind} for ${wanted.machine}`);
  }
  if (wanted.minimum !== undefined && found.minimum !== wanted.minimum) {
    problems.push(`${name} needs macOS ${found.minimum}, not ${wanted.minimum}`);
  }
  // Apple's own machines run nothing that is not signed, if only by the linker.
  if (found.kind === 'mach-o' && found.machine === 'aarch64' && !found.isSigned) problems.push(`${name} is not signed`);
  if (wanted.newestGlibc !== undefined && byVersion(found.newestGlibc ?? '0', wanted.newestGlibc) > 0) {
    problems.push(`${name} needs glibc ${found.newestGlibc}, newer than ${wanted.newestGlibc}`);
  }
  if (wanted.libc === 'musl' && found.newestGlibc !== undefined) problems.push(`${name} needs glibc`);
  const strangers = found.libraries.filter((library) => /lib(std)?c\+\+|libgcc/.test(library));
  if (strangers.length > 0) problems.push(`${name} needs ${strangers.join(', ')}`);
  return problems;
}
