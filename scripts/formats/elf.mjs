/**
 * What an ELF file of 64 bits says about where it can be loaded.
 *
 * Sources: ELF-64 object file format; Linux gABI symbol versioning (.gnu.version_r).
 */
import { byVersion, textAt } from './bytes.mjs';

const MACHINES = { 62: 'x86_64', 183: 'aarch64' };
const PT_INTERP = 3;
const SHT_DYNAMIC = 6;
const SHT_DYNSYM = 11;
const SHT_VERNEED = 0x6ffffffe;
const DT_NEEDED = 1n;
const DT_FLAGS = 30n;
const DF_STATIC_TLS = 0x10n;
const DYNAMIC_BYTES = 16;
const STB_LOCAL = 0;
const SYMBOL_BYTES = 24;

export const isElf = (bytes) => bytes.subarray(0, 5).equals(Buffer.from('\x7fELF\x02', 'latin1'));

export function readElf(bytes) {
  const sections = readSections(bytes);
  const read = (type, reader) =>
    sections
      .filter((section) => section.type === type)
      .flatMap((section) => reader(bytes, section, sections[section.link].offset));
  const glibc = read(SHT_VERNEED, readVersions)
    .filter((name) => name.startsWith('GLIBC_'))
    .map((name) => name.slice('GLIBC_'.length));
  return {
    kind: 'elf',
    machine: MACHINES[bytes.readUInt16LE(18)],
    newestGlibc: glibc.sort(byVersion).at(-1),
    libraries: read(SHT_DYNAMIC, readNeeded),
    exports: read(SHT_DYNSYM, readExports),
    isStatic: !programTypes(bytes).includes(PT_INTERP),
    /** Its thread-local variables must find room in what the loader keeps in reserve. */
    needsStaticTls: read(SHT_DYNAMIC, readFlags).some((flags) => (flags & DF_STATIC_TLS) !== 0n),
  };
}

function readSections(bytes) {
  const first = Number(bytes.readBigUInt64LE(40));
  const size = bytes.readUInt16LE(58);
  return Array.from({ length: bytes.readUInt16LE(60) }, (_, index) => {
    const at = first + index * size;
    return {
      type: bytes.readUInt32LE(at + 4),
      offset: Number(bytes.readBigUInt64LE(at + 24)),
      size: Number(bytes.readBigUInt64LE(at + 32)),
      link: bytes.readUInt32LE(at + 40),
      info: bytes.readUInt32LE(at + 44),
    };
  });
}

function programTypes(bytes) {
  const first = Number(bytes.readBigUInt64LE(32));
  const size = bytes.readUInt16LE(54);
  return Array.from({ length: bytes.readUInt16LE(56) }, (_, index) => bytes.readUInt32LE(first + index * size));
}

function readVersions(bytes, section, strings) {
  const names = [];
  for (let at = section.offset, left = section.info; left > 0; --left) {
    let entry = at + bytes.readUInt32LE(at + 8);
    for (let count = bytes.readUInt16LE(at + 2); count > 0; --count) {
      names.push(textAt(bytes, strings + bytes.readUInt32LE(entry + 8)));
      entry += bytes.readUInt32LE(entry + 12);
    }
    at += bytes.readUInt32LE(at + 12);
  }
  return names;
}

function readDynamic(bytes, section, tag) {
  const values = [];
  for (let at = section.offset; at < section.offset + section.size; at += DYNAMIC_BYTES) {
    if (bytes.readBigUInt64LE(at) === tag) values.push(bytes.readBigUInt64LE(at + 8));
  }
  return values;
}

const readNeeded = (bytes, section, strings) =>
  readDynamic(bytes, section, DT_NEEDED).map((offset) => textAt(bytes, strings + Number(offset)));

const readFlags = (bytes, section) => readDynamic(bytes, section, DT_FLAGS);

function readExports(bytes, section, strings) {
  const names = [];
  for (let at = section.offset; at < section.offset + section.size; at += SYMBOL_BYTES) {
    const isDefined = bytes.readUInt16LE(at + 6) !== 0;
    if (isDefined && bytes.readUInt8(at + 4) >> 4 !== STB_LOCAL) {
      names.push(textAt(bytes, strings + bytes.readUInt32LE(at)));
    }
  }
  return names;
}
