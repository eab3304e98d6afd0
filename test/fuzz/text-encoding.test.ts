// Promised    : the text of a stream does not depend on how its bytes were cut into chunks, in any encoding; a cut slice shows
//               whole characters only, and lines begin where lines begin.
// Not promised: that `auto` knows UTF-16 without a mark by fewer than sixteen bytes.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineSplitter } from '../../src/core/line-splitter.js';
import { PLAIN_TEXT, textOf } from '../../src/core/output-slice.js';
import { createDecoder, decodeWhole, TEXT_ENCODINGS } from '../../src/core/text-encoding.js';
import { chunksOf, streamBytes } from './arbitraries.js';

const encoding = fc.constantFrom(...TEXT_ENCODINGS);
const cutting = fc.tuple(fc.integer(), fc.integer({ min: 1, max: 40 }));

it('decodes the same text from any chunks', () => {
  fc.assert(
    fc.property(streamBytes, encoding, cutting, (bytes, name, [seed, largest]) => {
      const decoder = createDecoder(name);
      const parts = chunksOf(bytes, seed, largest).map((chunk) => decoder.decode(chunk, false));
      expect(parts.join('') + decoder.decode(new Uint8Array(0), true)).toBe(decodeWhole(bytes, name));
    }),
    { numRuns: 1000 },
  );
});

it('recognises a marked text in any chunks', () => {
  const marked = fc.tuple(fc.string({ unit: 'grapheme' }), fc.constantFrom('utf16le', 'utf8'));
  fc.assert(
    fc.property(marked, cutting, ([text, name], [seed, largest]) => {
      const decoder = createDecoder('auto');
      const bytes = Buffer.from(`\uFEFF${text}`, name);
      const parts = chunksOf(bytes, seed, largest).map((chunk) => decoder.decode(chunk, false));
      expect(parts.join('') + decoder.decode(new Uint8Array(0), true)).toBe(text);
    }),
    { numRuns: 1000 },
  );
});

it('cuts UTF-16 on the borders of characters', () => {
  const parts = fc.tuple(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.nat(), fc.nat());
  fc.assert(
    fc.property(parts, ([whole, a, b]) => {
      const bytes = Buffer.from(whole, 'utf16le');
      const [seam, start] = [a % (bytes.length + 1), b % (bytes.length + 1)].sort((x, y) => x - y) as [number, number];
      if (start === seam) return;
      const slice = {
        bytes: Buffer.concat([bytes.subarray(0, seam), bytes.subarray(start)]),
        seam,
        droppedBytes: start - seam,
      };
      const [head = '', tail = ''] = textOf(slice, { ...PLAIN_TEXT, encoding: 'utf-16le' }).split(
        /\n\[OUT.*dropped\]\n/,
      );
      expect(whole.startsWith(head) && whole.endsWith(tail)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

it('gives the same lines from any chunks, and every character', () => {
  fc.assert(
    fc.property(streamBytes, encoding, cutting, (bytes, name, [seed, largest]) => {
      const linesOf = (chunks: readonly Uint8Array[]): string[] => {
        const lines: string[] = [];
        const splitter = new LineSplitter({ line: (text, partial) => lines.push(`${String(partial)} ${text}`) }, name);
        for (const chunk of chunks) splitter.push(chunk);
        splitter.flush(false);
        return lines;
      };
      expect(linesOf(chunksOf(bytes, seed, largest))).toEqual(linesOf([bytes]));
    }),
    { numRuns: 1000 },
  );
});
