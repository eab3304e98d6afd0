// Promised    : whatever the output is, nothing is thrown, and twice the output is at most twice the work: every line is looked at
//               a bounded number of times, and no pattern goes back over a line.
// Not promised: how long it takes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDiagnostics } from '../../../src/parsers/index.js';
import { KNOWN_FORMATS, generic } from '../../../src/parsers/formats.js';
import { OutputLines } from '../../../src/parsers/output-lines.js';
import { loadSamples } from './sample-set.mjs';

const FORMATS = [...KNOWN_FORMATS, generic];
/** A line of each shape that occurs: what begins something in some format, and what goes on with it. */
const FRAGMENTS = [
  ...new Map(
    loadSamples()
      .flatMap(({ output }) => output.split('\n'))
      .filter((line) => line !== '' && line.length < 300)
      .map((line) => [shapeOf(line), line] as const),
  ).values(),
];

function shapeOf(line: string): string {
  return line
    .replaceAll(/\d+/g, '1')
    .replaceAll(/\w{4,}/g, 'a')
    .slice(0, 8);
}

const HOSTILE_LINES = [
  '[',
  '{',
  '[{',
  '}',
  ']',
  '{"a":',
  '[{"filePath":',
  '\u001b[',
  '\u001b]8;;',
  '<testsuite',
  '"',
  '\\',
];

/** How often lines are asked for by one reader, for each line. */
function readsPerLine(text: string, format: (typeof FORMATS)[number]): number {
  const lines = new OutputLines(text);
  const read = format.createReader(true);
  let at = 0;
  while (at < lines.count)
    at += Math.max(
      1,
      read(lines, at, () => undefined),
    );
  return lines.reads / lines.count;
}

const hostileText = fc
  .array(fc.oneof(fc.constantFrom(...FRAGMENTS), fc.constantFrom(...HOSTILE_LINES), fc.string({ maxLength: 60 })), {
    maxLength: 60,
  })
  .map((lines) => lines.join('\n'));

describe('any output', () => {
  it('PAR-08 throws nothing, and every diagnostic is well-formed', () => {
    fc.assert(
      fc.property(hostileText, (output) => {
        for (const { line, column, message, severity } of parseDiagnostics(output, { cwd: '/work' }).diagnostics) {
          expect(line === null || (Number.isInteger(line) && line > 0)).toBe(true);
          expect(column === null || (line !== null && column > 0)).toBe(true);
          expect(message).not.toContain('\n');
          expect(['error', 'warning', 'info']).toContain(severity);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('PAR-08 throws nothing when it is cut anywhere', () => {
    for (const { output, format } of loadSamples()) {
      const step = Math.max(1, Math.floor(output.length / 8));
      for (let end = 0; end < output.length; end += step) {
        expect(() => parseDiagnostics(output.slice(end))).not.toThrow();
        expect(() => parseDiagnostics(output.slice(0, end), { format })).not.toThrow();
      }
    }
  });
});

describe.each(FORMATS)('the reader of $name', (format) => {
  it('PAR-08 looks at every line a bounded number of times, however often a beginning is repeated', () => {
    const rounds = 50;
    for (const fragment of [...FRAGMENTS, ...HOSTILE_LINES]) {
      const once = `${fragment}\n`;
      const few = readsPerLine(once.repeat(rounds), format);
      const many = readsPerLine(once.repeat(4 * rounds), format);
      expect(many, fragment).toBeLessThan(Math.max(2 * few, 60));
    }
  });
});

describe('a long line', () => {
  const LENGTH = 60_000;
  const pieces = [
    ...FRAGMENTS,
    ...HOSTILE_LINES,
    'a',
    ' ',
    ':',
    '1:',
    '(1,',
    '-',
    '=',
    '_',
    ' [',
    '/',
    '.',
    '  ',
    'a: ',
  ];

  const line = (piece: string, length: number): string =>
    piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
  /** As many characters in short lines, and in lines of sixteen times the length. */
  const inShortLines = (piece: string): string => `${line(piece, 250)}\n`.repeat(32);
  const inLongLines = (piece: string): string => `${line(piece, 4_000)}\n`.repeat(2);

  /** Processor time: what else the machine does is not in it. */
  function costMicros(output: string): number {
    const before = process.cpuUsage();
    parseDiagnostics(output);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  }

  /** Whether long lines cost more in every one of some rounds: chance makes it so in one, a pattern that goes back in all. */
  function isAlwaysSlow(piece: string): boolean {
    const [short, long] = [inShortLines(piece), inLongLines(piece)];
    for (let round = 0; round < 12; round++) {
      if (costMicros(long) <= 4 * costMicros(short) + 2_000) return false;
    }
    return true;
  }

  it('PAR-08 is not gone over again: in longer lines the same characters cost no more than a few times as much', () => {
    // Gone over again, they would cost sixteen times as much.
    expect(pieces.filter(isAlwaysSlow)).toEqual([]);
  });

  it('PAR-08 is looked at as far as 4 096 characters', () => {
    const text = `src/a.c:1:1: error: ${'x'.repeat(LENGTH)}`;
    expect(parseDiagnostics(text).diagnostics[0]?.message).toHaveLength(1_000);
    expect(parseDiagnostics(`${'x'.repeat(5_000)}.c:1:1: error: far`).diagnostics).toEqual([]);
  });
});
