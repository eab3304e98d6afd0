// Promised    : no registered secret is shown, nor a piece of more than a character at a cut, however the text is cut into
//               chunks and whatever is dropped; text without a secret is shown as it is.
// Not promised: when held text is shown.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { combinedBytes, combinedText, type CapturedOutput } from '../../src/core/combined-output.js';
import { createStreamDecoder, PLAIN_TEXT, textOf, type OutputSlice } from '../../src/core/output-slice.js';
import type { Redactor } from '../../src/core/redactor.js';
import { createRedactor } from '../../src/policy/redaction/create-redactor.js';

const RUNS = { numRuns: 400 };
const utf8 = new TextEncoder();

// Secrets of letters that ordinary text here does not have, so that a letter of one is a piece of one. Few, so that secrets
// overlap each other and themselves; some of several bytes, which chunks cut.
const secret = fc
  .string({ unit: fc.constantFrom('X', 'Y', 'é', '🙂', '\n', ' '), minLength: 6, maxLength: 40 })
  .filter((value) => value.trim().length >= 6);
const secrets = fc.array(secret, { minLength: 1, maxLength: 4 });
const noise = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', 'ü', '€'), maxLength: 30 });

function redactorOf(values: readonly string[], builtIn: boolean): Redactor {
  return createRedactor({ values: values.map((value) => ['S', value]), builtIn, patterns: [], longRuns: false });
}

/** Noise with secrets in it. */
const scene = fc.record({ values: secrets, builtIn: fc.boolean() }).chain(({ values, builtIn }) =>
  fc.record({
    values: fc.constant(values),
    redactor: fc.constant(redactorOf(values, builtIn)),
    text: fc.array(fc.oneof(noise, fc.constantFrom(...values))).map((parts) => parts.join('')),
  }),
);

const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 30 });

function chunksOf(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const borders = [0, ...places.filter((place) => place < bytes.length).sort((a, b) => a - b), bytes.length];
  return borders.slice(1).map((end, index) => bytes.subarray(borders[index], end));
}

function expectNone(shown: string, values: readonly string[]): void {
  for (const value of values) expect(shown).not.toContain(value.trim());
}

/** Pieces of at least two characters that were shown; white space tells nothing. */
function expectNoPiece(shown: string): void {
  expect(shown).not.toMatch(/[XYé🙂][XYé🙂]/u);
}

it('ENV-10: shows no secret in a text, and all the rest', () => {
  fc.assert(
    fc.property(scene, ({ values, redactor, text }) => {
      const shown = redactor.redact(text);
      expectNone(shown, values);
      const withoutSecrets = text.replace(/[XYé🙂\s]/gu, '');
      expect(shown.replaceAll('[REDACTED]', '').replace(/[XYé🙂\s]/gu, '')).toBe(withoutSecrets);
    }),
    RUNS,
  );
});

it('ENV-14: shows the same text however it is cut into chunks', () => {
  fc.assert(
    fc.property(scene, cuts, ({ redactor, text }, places) => {
      const stream = redactor.stream();
      const decoder = createStreamDecoder('utf8');
      let shown = '';
      for (const chunk of chunksOf(utf8.encode(text), places)) {
        shown += stream.push(decoder.decode(chunk, false));
      }
      expect(shown + stream.flush(false)).toBe(redactor.redact(text));
    }),
    RUNS,
  );
});

/** One secret without blanks, so that any two of its characters side by side are a piece of it. */
const solid = fc.string({ unit: fc.constantFrom('X', 'Y', 'é'), minLength: 6, maxLength: 40 });
const around = fc.tuple(noise, solid, noise, fc.boolean());

function sliceOf(bytes: Uint8Array, seam: number, tailStart: number): OutputSlice {
  const kept = Uint8Array.from([...bytes.subarray(0, seam), ...bytes.subarray(tailStart)]);
  return { bytes: kept, seam, droppedBytes: tailStart - seam };
}

it('ENV-14: shows no piece of a secret at a truncation seam, in text and in bytes', () => {
  fc.assert(
    fc.property(around, fc.nat(), fc.nat(), ([before, value, after, builtIn], first, second) => {
      const bytes = utf8.encode(before + value + after);
      const [seam = 0, tailStart = 0] = [first % (bytes.length + 1), second % (bytes.length + 1)].sort((a, b) => a - b);
      fc.pre(tailStart > seam);
      const slice = sliceOf(bytes, seam, tailStart);
      const redactor = redactorOf([value], builtIn);
      expectNoPiece(textOf(slice, PLAIN_TEXT, redactor).replace(/\[OUTPUT.*?\]/, ''));
      const masked = redactor.mask(slice.bytes.subarray(0, seam), { end: true });
      expectNoPiece(new TextDecoder().decode(masked));
    }),
    RUNS,
  );
});

it('ENV-14: shows no piece of a secret on either side of a gap in a stream', () => {
  fc.assert(
    fc.property(around, fc.nat(), cuts, ([before, value, after, builtIn], at, places) => {
      const text = before + value + after;
      const seam = at % (text.length + 1);
      const stream = redactorOf([value], builtIn).stream();
      const push = (part: string): string => {
        const borders = [0, ...places.filter((place) => place < part.length).sort((x, y) => x - y), part.length];
        return borders.map((from, index) => stream.push(part.slice(from, borders[index + 1] ?? from))).join('');
      };
      const head = push(text.slice(0, seam)) + stream.flush(true);
      const tail = push(text.slice(seam)) + stream.flush(false);
      expectNoPiece(`${head}|${tail}`);
    }),
    RUNS,
  );
});

it('ENV-10: shows no secret in the combined view, also where streams interrupt each other or put one together', () => {
  fc.assert(
    fc.property(secret, noise, cuts, cuts, (value, other, places, split) => {
      const redactor = redactorOf([value], false);
      // The secret in one stream in pieces, and its beginning in one stream with its end in the other.
      const [stdout, stderr] = [utf8.encode(`${value}ab`), utf8.encode(other + value)];
      const whole = (bytes: Uint8Array): OutputSlice => ({ bytes, seam: bytes.length, droppedBytes: 0 });
      const segments = [
        ...chunksOf(stdout, places).map((chunk) => ({ stream: 'stdout' as const, chunk })),
        ...chunksOf(stderr, split).map((chunk) => ({ stream: 'stderr' as const, chunk })),
      ].map(({ stream, chunk }) => ({ stream, offset: chunk.byteOffset, length: chunk.length, timestampMs: 0 }));
      segments.sort((a, b) => a.offset - b.offset);
      const output: CapturedOutput = { stdout: whole(stdout), stderr: whole(stderr), segments };
      expectNone(combinedText(output, PLAIN_TEXT, redactor), [value]);
      expectNone(new TextDecoder().decode(combinedBytes(output, redactor)), [value]);
    }),
    RUNS,
  );
});
