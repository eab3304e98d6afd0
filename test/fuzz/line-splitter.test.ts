// Promised    : however the bytes of a stream are cut into chunks, the lines are those of the whole.
// Not promised: when a line is delivered.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineSplitter, MAX_LINE_LENGTH } from '../../src/core/line-splitter.js';
import { chunksOf, streamBytes } from './arbitraries.js';

type Line = readonly [text: string, partial: boolean];

function split(chunks: readonly Uint8Array[]): Line[] {
  const lines: Line[] = [];
  const splitter = new LineSplitter({
    line: (text, partial) => {
      lines.push([text, partial]);
    },
  });
  for (const chunk of chunks) splitter.push(chunk);
  splitter.flush(false);
  return lines;
}

/** The lines of a text, found in the plainest way. */
function model(bytes: Uint8Array): Line[] {
  const pieces = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).split('\n');
  const last = pieces.pop() ?? '';
  const lines: Line[] = [];
  const addPieces = (text: string): string => {
    let rest = text;
    while (rest.length > MAX_LINE_LENGTH) {
      let cut = MAX_LINE_LENGTH;
      if (/[\ud800-\udbff]/.test(rest[cut - 1] ?? '')) cut--;
      lines.push([rest.slice(0, cut), true]);
      rest = rest.slice(cut);
    }
    return rest;
  };
  for (const piece of pieces) lines.push([addPieces(piece).replace(/\r$/, ''), false]);
  const unfinished = addPieces(last);
  if (unfinished !== '') lines.push([unfinished, true]);
  return lines;
}

it('finds the same lines whatever the chunks', () => {
  fc.assert(
    fc.property(streamBytes, fc.integer(), (bytes, seed) => {
      expect(split(chunksOf(bytes, seed, 40))).toEqual(model(bytes));
    }),
    { numRuns: 500 },
  );
});

it('splits lines around the cap the same way whatever the chunks', () => {
  const nearCap = fc.integer({ min: -3, max: 3 }).map((offset) => MAX_LINE_LENGTH + offset);
  const line = fc
    .tuple(fc.constantFrom('x', '€', '🙂'), nearCap, fc.constantFrom('', '\n', '\r\n'))
    .map(([character, length, end]) => character.repeat(length / character.length) + end);
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 3 }), fc.integer(), (lines, seed) => {
      const bytes = new TextEncoder().encode(lines.join(''));
      expect(split(chunksOf(bytes, seed, 30_000))).toEqual(model(bytes));
    }),
    { numRuns: 60 },
  );
});
