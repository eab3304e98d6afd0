/**
 * What a PE file of 64 bits says about where it can be loaded.
 *
 * Source: Microsoft's "PE Format": COFF header, optional header PE32+, export directory, import directory.
 */
import { textAt } from './bytes.mjs';

const MACHINES = { 0x8664: 'x86_64', 0xaa64: 'aarch64' };
const PE32_PLUS = 0x20b;
const SECTION_BYTES = 40;
const IMPORT_BYTES = 20;

export const isPe = (bytes) => bytes.subarray(0, 2).toString('latin1') === 'MZ';

export function readPe(bytes) {
  const header = bytes.readUInt32LE(0x3c);
  if (bytes.toString('latin1', header, header + 4) !== 'PE\0\0') throw new RangeError('no PE header');
  const optional = header + 24;
  if (bytes.readUInt16LE(optional) !== PE32_PLUS) throw new RangeError('not of 64 bits');
  const sections = readSections(bytes, optional + bytes.readUInt16LE(header + 20), bytes.readUInt16LE(header + 6));
  const directory = (index) => bytes.readUInt32LE(optional + 112 + 8 * index);
  const at = (address) => fileOffset(sections, address);
  return {
    kind: 'pe',
    machine: MACHINES[bytes.readUInt16LE(header + 4)],
    exports: directory(0) === 0 ? [] : readExports(bytes, at(directory(0)), at),
    libraries: directory(1) === 0 ? [] : readImports(bytes, at(directory(1)), at),
  };
}

function readSections(bytes, first, count) {
  return Array.from({ length: count }, (_, index) => {
    const at = first + index * SECTION_BYTES;
    return {
      address: bytes.readUInt32LE(at + 12),
      size: bytes.readUInt32LE(at + 16),
      offset: bytes.readUInt32LE(at + 20),
    };
  });
}

function fileOffset(sections, address) {
  const section = sections.find((one) => address >= one.address && address < one.address + one.size);
  if (section === undefined) throw new RangeError(`no section at address ${address}`);
  return address - section.address + section.offset;
}

function readExports(bytes, table, at) {
  const names = at(bytes.readUInt32LE(table + 32));
  return Array.from({ length: bytes.readUInt32LE(table + 24) }, (_, index) =>
    textAt(bytes, at(bytes.readUInt32LE(names + 4 * index))),
  );
}

function readImports(bytes, table, at) {
  const names = [];
  for (let entry = table; bytes.readUInt32LE(entry + 12) !== 0; entry += IMPORT_BYTES) {
    names.push(textAt(bytes, at(bytes.readUInt32LE(entry + 12))));
  }
  return names;
}
