/**
 * What a Mach-O file of 64 bits says about where it can be loaded.
 *
 * Sources: macOS <mach-o/loader.h> and <mach-o/nlist.h>.
 */
import { textAt } from './bytes.mjs';

const MACHINES = { 0x01000007: 'x86_64', 0x0100000c: 'aarch64' };
const MAGIC_64 = 0xfeedfacf;
const HEADER_BYTES = 32;
const LC_SYMTAB = 0x02;
const LC_LOAD_DYLIB = 0x0c;
const LC_CODE_SIGNATURE = 0x1d;
const LC_VERSION_MIN_MACOSX = 0x24;
const LC_BUILD_VERSION = 0x32;
const SYMBOL_BYTES = 16;
const N_EXT = 0x01;
const N_TYPE = 0x0e;
const N_PEXT = 0x10;
const N_STAB = 0xe0;

export const isMachO = (bytes) => bytes.length > HEADER_BYTES && bytes.readUInt32LE(0) === MAGIC_64;

export function readMachO(bytes) {
  const found = {
    kind: 'mach-o',
    machine: MACHINES[bytes.readUInt32LE(4)],
    minimum: undefined,
    libraries: [],
    exports: [],
    isSigned: false,
  };
  let at = HEADER_BYTES;
  for (let left = bytes.readUInt32LE(16); left > 0; --left) {
    const command = bytes.readUInt32LE(at);
    if (command === LC_BUILD_VERSION) found.minimum = versionAt(bytes, at + 12);
    if (command === LC_VERSION_MIN_MACOSX) found.minimum = versionAt(bytes, at + 8);
    if (command === LC_LOAD_DYLIB) found.libraries.push(textAt(bytes, at + bytes.readUInt32LE(at + 8)));
    if (command === LC_CODE_SIGNATURE) found.isSigned = true;
    if (command === LC_SYMTAB) found.exports.push(...readExports(bytes, at));
    at += bytes.readUInt32LE(at + 4);
  }
  return found;
}

const versionAt = (bytes, at) => `${bytes.readUInt16LE(at + 2)}.${bytes.readUInt8(at + 1)}`;

/** Names without the underscore that C puts in front. */
function readExports(bytes, command) {
  const [first, count, strings] = [8, 12, 16].map((offset) => bytes.readUInt32LE(command + offset));
  const names = [];
  for (let at = first; at < first + count * SYMBOL_BYTES; at += SYMBOL_BYTES) {
    const type = bytes.readUInt8(at + 4);
    const isVisible = (type & N_EXT) !== 0 && (type & (N_PEXT | N_STAB)) === 0;
    if (isVisible && (type & N_TYPE) !== 0) names.push(textAt(bytes, strings + bytes.readUInt32LE(at)).slice(1));
  }
  return names;
}
