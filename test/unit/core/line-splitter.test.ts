import { describe, expect, it } from 'vitest';
import { LineSplitter, MAX_LINE_LENGTH } from '../../../src/core/line-splitter.js';

type Line = readonly [text: string, partial: boolean];

/** The lines of some bytes that arrive in pieces of `size`. */
function linesOf(bytes: Uint8Array | string, size = 1): Line[] {
  const lines: Line[] = [];
  const splitter = new LineSplitter({ line: (text, partial) => void lines.push([text, partial]) });
  const all = Buffer.from(bytes);
  for (let start = 0; start < all.length; start += size) splitter.push(all.subarray(start, start + size));
  splitter.flush(false);
  return lines;
}

describe('LineSplitter', () => {
  it.each([1, 2, 3, 7, 100])('is not moved by how bytes arrive: %i at a time', (size) => {
    expect(linesOf('a\nü€🙂\r\n\nb\rc\n', size)).toEqual(['a', 'ü€🙂', '', 'b\rc'].map((text) => [text, false]));
  });

  it('delivers a last line without an end as partial', () => {
    expect(linesOf('a\nb')).toEqual([
      ['a', false],
      ['b', true],
    ]);
  });

  it('has no line for no bytes and none after the last line feed', () => {
    expect(linesOf('')).toEqual([]);
    expect(linesOf('\n')).toEqual([['', false]]);
  });

  it('replaces invalid bytes', () => {
    expect(linesOf(Uint8Array.of(0xff, 0x0a))).toEqual([['\uFFFD', false]]);
  });

  it.each([1000, 1 << 20])('STR-12: delivers an over-long line in pieces, %i bytes at a time', (size) => {
    const lines = linesOf(`${'x'.repeat(2 * MAX_LINE_LENGTH + 5)}\ny\n`, size);
    expect(lines.map(([text, partial]) => [text.length, partial])).toEqual([
      [MAX_LINE_LENGTH, true],
      [MAX_LINE_LENGTH, true],
      [5, false],
      [1, false],
    ]);
  });

  it('delivers a line of exactly the limit in one piece', () => {
    expect(linesOf(`${'x'.repeat(MAX_LINE_LENGTH)}\n`, 4096)).toEqual([['x'.repeat(MAX_LINE_LENGTH), false]]);
  });

  it('does not split a character into pieces', () => {
    const lines = linesOf(`x${'🙂'.repeat(MAX_LINE_LENGTH / 2)}\n`, 5000);
    expect(lines.map(([text]) => text.length)).toEqual([MAX_LINE_LENGTH - 1, 2]);
  });
});
