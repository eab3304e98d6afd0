import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../../src/policy/redaction/create-redactor.js';

const NOTHING_ELSE = { builtIn: false, patterns: [], longRuns: false };

function maskedInPieces(text: string, size: number, isCut: boolean): string {
  const stream = createRedactor({ values: [['KEY', 'geheim-é-XYZ']], ...NOTHING_ELSE }).byteStream();
  const bytes = Buffer.from(text);
  const shown: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) shown.push(stream.push(bytes.subarray(at, at + size)));
  shown.push(stream.flush(isCut));
  return Buffer.concat(shown).toString();
}

describe('ENV-14: bytes in pieces', () => {
  it.each([1, 2, 3, 5, 100])('are masked byte for byte, in pieces of %i', (size) => {
    expect(maskedInPieces('ä geheim-é-XYZ, geheim-e', size, false)).toBe('ä *************, geheim-e');
  });

  it.each([1, 2, 3, 5, 100])('are masked in UTF-16 of either byte order, in pieces of %i', (size) => {
    for (const order of ['utf-16le', 'utf-16be']) {
      const stream = createRedactor({ values: [['KEY', 'geheim-é-XYZ']], ...NOTHING_ELSE }).byteStream();
      const written = Buffer.from('ä geheim-é-XYZ, geheim-e', 'utf16le');
      const bytes = order === 'utf-16le' ? written : written.swap16();
      const shown: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += size) shown.push(stream.push(bytes.subarray(at, at + size)));
      shown.push(stream.flush(false));
      // Two bytes that are `*` are one character; the zero at the outer end stays.
      const inner = '\u2a2a'.repeat(11);
      const masked = order === 'utf-16le' ? `${inner}*` : `*${inner}`;
      expect(new TextDecoder(order).decode(Buffer.concat(shown))).toBe(`ä ${masked}, geheim-e`);
    }
  });

  it('hide the beginning of a secret where they break off', () => {
    expect(maskedInPieces('a geheim-', 4, true)).toBe('a *******');
    expect(maskedInPieces('a geheim-', 4, false)).toBe('a geheim-');
  });

  it('hide the rest of a secret after a gap', () => {
    const stream = createRedactor({ values: [['KEY', 'geheim-XYZ']], ...NOTHING_ELSE }).byteStream();
    expect(Buffer.from(stream.push(Buffer.from('a'))).toString()).toBe('a');
    expect(stream.flush(true)).toHaveLength(0);
    const shown = [stream.push(Buffer.from('heim-XYZ, and more of it')), stream.flush(false)];
    expect(Buffer.concat(shown).toString()).toBe('********, and more of it');
  });
});
