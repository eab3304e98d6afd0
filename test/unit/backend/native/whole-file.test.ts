import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { missingBytes } from '../../../../src/backend/native/whole-file.js';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'custody-whole-file-'));
  file = join(folder, 'addon');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const ELF_MAGIC = '7f454c460201';
const SECTIONS = 3;
const SECTION_BYTES = 64;
const SECTIONS_OFFSET = 1_000;
const WHOLE_BYTES = SECTIONS_OFFSET + SECTIONS * SECTION_BYTES;

/** An ELF file that is a header, and a table of sections at its end. */
function writeElf(): void {
  const bytes = Buffer.alloc(WHOLE_BYTES);
  bytes.write(ELF_MAGIC, 'hex');
  bytes.writeBigUInt64LE(BigInt(SECTIONS_OFFSET), 40);
  bytes.writeUInt16LE(SECTION_BYTES, 58);
  bytes.writeUInt16LE(SECTIONS, 60);
  writeFileSync(file, bytes);
}

it('misses nothing of a whole file', () => {
  writeElf();
  expect(missingBytes(file)).toBe(0);
});

it('counts what is missing at the end', () => {
  writeElf();
  truncateSync(file, WHOLE_BYTES - 1);
  expect(missingBytes(file)).toBe(1);
  truncateSync(file, 64);
  expect(missingBytes(file)).toBe(WHOLE_BYTES - 64);
});

it('leaves what is no ELF file to the loader', () => {
  writeFileSync(file, 'MZ');
  expect(missingBytes(file)).toBe(0);
  writeFileSync(file, Buffer.alloc(200, 'x'));
  expect(missingBytes(file)).toBe(0);
});

it.runIf(process.platform === 'linux')('knows real binaries', () => {
  writeFileSync(file, readFileSync(process.execPath));
  expect(missingBytes(file)).toBe(0);
  truncateSync(file, 1_000_000);
  expect(missingBytes(file)).toBeGreaterThan(0);
});
