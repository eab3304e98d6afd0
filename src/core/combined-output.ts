/**
 * Merges the kept output of two streams in the order in which it arrived.
 *
 * The segment log may be incomplete at its start and kept bytes may have a gap, so the walk goes by stream positions and
 * uses segments only as the order: every kept byte appears exactly once whatever the log says.
 */
import {
  cutForText,
  partsOf,
  maskedSlice,
  PLAIN_TEXT,
  truncationMarker,
  withNewlines,
  type CutSlice,
  type OutputSegment,
  type OutputSlice,
  type SliceParts,
  type TextForm,
} from './output-slice.js';
import type { RedactedStream, Redactor } from './redactor.js';
import { createDecoder, type TextChunkDecoder, type TextEncoding } from './text-encoding.js';

/** Kept output of both streams and the order of its arrival. */
export interface CapturedOutput {
  readonly stdout: OutputSlice;
  readonly stderr: OutputSlice;
  readonly segments: readonly OutputSegment[];
}

/** A stretch of combined output that came from one stream. */
export interface TaggedText {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/**
 * Both streams as one text; a gap is marked in its place. Secrets that `redactor` knows are looked for in each stream, where the
 * other may interrupt them. Both cannot put one together: its beginning is held back until its own stream goes on.
 */
export function combinedText(output: CapturedOutput, form: TextForm = PLAIN_TEXT, redactor?: Redactor): string {
  const stretches = combinedSegments(output, form, redactor);
  return stretches.map((stretch) => stretch.text).join('');
}

/** The same, told apart by stream: neighbours always differ in it. */
export function combinedSegments(
  output: CapturedOutput,
  form: TextForm = PLAIN_TEXT,
  redactor?: Redactor,
): readonly TaggedText[] {
  const merged: { stream: 'stdout' | 'stderr'; text: string }[] = [];
  for (const { stream, text } of taggedParts(output, form, redactor)) {
    const last = merged.at(-1);
    if (last?.stream === stream) last.text += text;
    else merged.push({ stream, text });
  }
  return merged.map(({ stream, text }) => Object.freeze({ stream, text: withNewlines(text, form) }));
}

function taggedParts(
  { stdout, stderr, segments }: CapturedOutput,
  form: TextForm,
  redactor: Redactor | undefined,
): readonly TaggedText[] {
  const parts: TaggedText[] = [];
  const out = cutForText(stdout, form.encoding);
  const err = cutForText(stderr, form.encoding);
  const sinks = {
    stdout: new TextSink('stdout', out, markerOf(stdout, form), parts, redactor),
    stderr: new TextSink('stderr', err, markerOf(stderr, form), parts, redactor),
  };
  walk({ stdout: out, stderr: err }, segments, sinks);
  sinks.stdout.flush();
  sinks.stderr.flush();
  return parts;
}

/** What stands in the gap of a slice. The bytes that a cut leaves out of the text are not counted: they were not dropped. */
function markerOf({ droppedBytes }: OutputSlice, form: TextForm): string {
  return form.truncationMarker ? truncationMarker(droppedBytes) : '';
}

/** Both streams as one run of bytes; a gap leaves no trace. Secrets are masked in each stream and in what both put together. */
export function combinedBytes(output: CapturedOutput, redactor?: Redactor): Uint8Array {
  if (redactor === undefined) return mergedBytes(output);
  const { stdout, stderr, segments } = output;
  const masked = {
    stdout: maskedSlice(stdout, redactor, true),
    stderr: maskedSlice(stderr, redactor, true),
    segments,
  };
  return redactor.mask(mergedBytes(masked));
}

function mergedBytes(output: CapturedOutput): Uint8Array {
  const result = new Uint8Array(output.stdout.bytes.length + output.stderr.bytes.length);
  let length = 0;
  const sink: Sink = {
    bytes: (chunk) => {
      result.set(chunk, length);
      length += chunk.length;
    },
    gap: () => undefined,
  };
  walk({ stdout: partsOf(output.stdout), stderr: partsOf(output.stderr) }, output.segments, {
    stdout: sink,
    stderr: sink,
  });
  return result;
}

const NOTHING = new Uint8Array(0);

interface Sink {
  bytes(chunk: Uint8Array): void;
  gap(): void;
}

interface Both<T> {
  readonly stdout: T;
  readonly stderr: T;
}

function walk(parts: Both<SliceParts>, segments: readonly OutputSegment[], sinks: Both<Sink>): void {
  const strands = {
    stdout: new Strand(parts.stdout, sinks.stdout),
    stderr: new Strand(parts.stderr, sinks.stderr),
  };
  // What arrived before the log begins has no known order: stdout first.
  for (const name of ['stdout', 'stderr'] as const) {
    const first = segments.find((segment) => segment.stream === name);
    if (first !== undefined) strands[name].advance(first.offset);
  }
  for (const { stream, offset, length } of segments) strands[stream].advance(offset + length);
  strands.stdout.advance(Infinity);
  strands.stderr.advance(Infinity);
}

/** One stream while it is merged. */
class Strand {
  readonly #parts: SliceParts;
  readonly #sink: Sink;
  /** Absolute position in the stream. */
  #position = 0;

  constructor(parts: SliceParts, sink: Sink) {
    this.#parts = parts;
    this.#sink = sink;
  }

  /** Hands on what is kept up to `end`. */
  advance(end: number): void {
    const { head, tail, droppedBytes } = this.#parts;
    const tailStart = head.length + droppedBytes;
    if (this.#position < head.length) this.#emit(head, 0, end);
    if (droppedBytes > 0 && this.#position === head.length && end > head.length) {
      this.#sink.gap();
      this.#position = tailStart;
    }
    if (this.#position >= tailStart) this.#emit(tail, tailStart, end);
  }

  /** Hands on `bytes`, which begin at `start` of the stream. */
  #emit(bytes: Uint8Array, start: number, end: number): void {
    const last = Math.min(end, start + bytes.length);
    if (last <= this.#position) return;
    this.#sink.bytes(bytes.subarray(this.#position - start, last - start));
    this.#position = last;
  }
}

class TextSink implements Sink {
  readonly #stream: 'stdout' | 'stderr';
  readonly #encoding: TextEncoding;
  readonly #marker: string;
  readonly #parts: TaggedText[];
  readonly #redacted: RedactedStream | undefined;
  #decoder: TextChunkDecoder;
  #isBeforeMark: boolean;

  constructor(
    stream: 'stdout' | 'stderr',
    { encoding, hasMark }: CutSlice,
    marker: string,
    parts: TaggedText[],
    redactor: Redactor | undefined,
  ) {
    this.#stream = stream;
    this.#encoding = encoding;
    this.#isBeforeMark = hasMark;
    this.#marker = marker;
    this.#parts = parts;
    this.#redacted = redactor?.stream();
    this.#decoder = createDecoder(encoding);
  }

  bytes(chunk: Uint8Array): void {
    this.#take(this.#decoder.decode(chunk, false));
  }

  gap(): void {
    this.flush();
    this.#push(this.#marker);
    this.#decoder = createDecoder(this.#encoding);
  }

  flush(): void {
    this.#take(this.#decoder.decode(NOTHING, true));
    // Whether the stream ended or broke off is not known here: the end is judged as a cut.
    this.#push(this.#redacted?.flush(true) ?? '');
  }

  #take(decoded: string): void {
    if (decoded === '') return;
    const text = this.#isBeforeMark ? decoded.slice(1) : decoded;
    this.#isBeforeMark = false;
    this.#push(this.#redacted?.push(text) ?? text);
  }

  #push(text: string): void {
    if (text !== '') this.#parts.push({ stream: this.#stream, text });
  }
}
