import { describe, expect, it } from 'vitest';
import { textFromCut, textOf, type OutputSlice } from '../../../src/core/output-slice.js';

/** A slice of `text` that keeps `head` bytes of its beginning and `tail` of its end. */
function sliceOf(text: string, head: number, tail: number): OutputSlice {
  const all = Buffer.from(text);
  const bytes = Buffer.concat([all.subarray(0, head), all.subarray(all.length - tail)]);
  return { bytes, seam: head, droppedBytes: all.length - head - tail };
}

describe('textOf', () => {
  it('is empty text for no output', () => {
    expect(textOf({ bytes: new Uint8Array(0), seam: 0, droppedBytes: 0 })).toBe('');
  });

  it('gives output as it was produced, a byte order mark included', () => {
    const bytes = Buffer.from('\uFEFFa\r\nb\0');
    expect(textOf({ bytes, seam: bytes.length, droppedBytes: 0 })).toBe('\uFEFFa\r\nb\0');
  });

  it('replaces invalid bytes', () => {
    const bytes = Buffer.from([0x61, 0xff, 0x62]);
    expect(textOf({ bytes, seam: 3, droppedBytes: 0 })).toBe('a\uFFFDb');
  });

  it('marks the seam with the count of dropped bytes', () => {
    expect(textOf(sliceOf('0123456789', 2, 3))).toBe('01\n[OUTPUT TRUNCATED: 5 bytes dropped]\n789');
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('cuts on the borders of characters at byte %i', (at) => {
    const text = textOf(sliceOf('a€🙂üa€🙂ü'.repeat(3), at, at));
    expect(text).not.toContain('\uFFFD');
    expect(text).toMatch(/^a?[^\n]*\n\[OUTPUT TRUNCATED: \d+ bytes dropped\]\n.*$/u);
  });
});

describe('textFromCut', () => {
  it('begins at the first whole character', () => {
    expect(textFromCut(Buffer.from('€uro').subarray(1))).toBe('uro');
  });
});
