/**
 * Tells whether an addon is cut off, by a full disk or an unpacker that was stopped. Linux maps such a file as if it were whole, and the
 * host dies of SIGBUS while it loads; other systems refuse it by themselves.
 *
 * Source: ELF-64 object file format, file header. Linkers put the table of sections at the end.
 */
import { fileSystem } from '../lazy-builtins.js';

const HEADER_BYTES = 64;
const ELF_64_LITTLE_ENDIAN = '7f454c460201';

/** Bytes that are missing at the end of a file; 0 for a whole one, and for one that is no ELF file. */
export function missingBytes(file: string): number {
  const { closeSync, fstatSync, openSync, readSync } = fileSystem();
  const header = Buffer.alloc(HEADER_BYTES);
  const descriptor = openSync(file, 'r');
  try {
    const count = readSync(descriptor, header, 0, HEADER_BYTES, 0);
    if (count < HEADER_BYTES || !header.toString('hex').startsWith(ELF_64_LITTLE_ENDIAN)) return 0;
    const tableEnd = Number(header.readBigUInt64LE(40)) + header.readUInt16LE(58) * header.readUInt16LE(60);
    return Math.max(0, tableEnd - fstatSync(descriptor).size);
  } finally {
    closeSync(descriptor);
  }
}
