/**
 * Merges the kept output of two streams in the order in which it arrived.
 *
 * The segment log may be incomplete at its start and kept bytes may have a gap, so the walk goes by stream positions and
 * uses segments only as the order: every kept byte appears exactly once whatever the log says.
 */
import {
  createStreamDecoder,
  maskedSlice,
  truncationMarker,
  type OutputSegment,
  type OutputSlice,
} from './output-slice.js';
import type { RedactedStream, Redactor } from './redactor.js';
import { startOfBorder } from './utf8.js';

/** Kept output of both streams and the order of its arrival. */
export interface CapturedOutput {
  readonly stdout: OutputSlice;
  readonly stderr: OutputSlice;
  readonly segments: readonly OutputSegment[];
}

/**
 * Both streams as one text; a gap is marked in its place. Secrets that `redactor` knows are looked for in each stream, where the
 * other may interrupt them. Both cannot put one together: its beginning is held back until its own stream goes on.
 */
export function combinedText(output: CapturedOutput, redactor?: Redactor): string {
  const parts: string[] = [];
  const sinks = { stdout: new TextSink(parts, redactor), stderr: new TextSink(parts, redactor) };
  walk(output, sinks);
  sinks.stdout.flush();
  sinks.stderr.flush();
  return parts.join('');
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
  walk(output, { stdout: sink, stderr: sink });
  return result;
}

interface Sink {
  bytes(chunk: Uint8Array): void;
  gap(droppedBytes: number): void;
}

function walk(output: CapturedOutput, sinks: { readonly stdout: Sink; readonly stderr: Sink }): void {
  const strands = {
    stdout: new Strand(output.stdout, sinks.stdout),
    stderr: new Strand(output.stderr, sinks.stderr),
  };
  // What arrived before the log begins has no known order: stdout first.
  for (const name of ['stdout', 'stderr'] as const) {
    const first = output.segments.find((segment) => segment.stream === name);
    if (first !== undefined) strands[name].advance(first.offset);
  }
  for (const { stream, offset, length } of output.segments) strands[stream].advance(offset + length);
  strands.stdout.advance(Infinity);
  strands.stderr.advance(Infinity);
}

/** One stream while it is merged. */
class Strand {
  readonly #slice: OutputSlice;
  readonly #sink: Sink;
  /** Absolute position in the stream. */
  #position = 0;

  constructor(slice: OutputSlice, sink: Sink) {
    this.#slice = slice;
    this.#sink = sink;
  }

  /** Hands on what is kept up to `end`. */
  advance(end: number): void {
    const { seam, droppedBytes, bytes } = this.#slice;
    if (this.#position < seam) this.#emit(Math.min(end, seam), 0);
    if (droppedBytes > 0 && this.#position === seam && end > seam) {
      this.#sink.gap(droppedBytes);
      this.#position = seam + droppedBytes;
    }
    if (this.#position >= seam + droppedBytes) this.#emit(Math.min(end, bytes.length + droppedBytes), droppedBytes);
  }

  #emit(end: number, shift: number): void {
    if (end <= this.#position) return;
    this.#sink.bytes(this.#slice.bytes.subarray(this.#position - shift, end - shift));
    this.#position = end;
  }
}

class TextSink implements Sink {
  readonly #parts: string[];
  #decoder = createStreamDecoder();
  #afterGap = false;
  readonly #redacted: RedactedStream | undefined;

  constructor(parts: string[], redactor: Redactor | undefined) {
    this.#parts = parts;
    this.#redacted = redactor?.stream();
  }

  bytes(chunk: Uint8Array): void {
    const whole = this.#afterGap ? chunk.subarray(startOfBorder(chunk)) : chunk;
    this.#afterGap = false;
    this.#push(this.#decoder.decode(whole, { stream: true }));
  }

  gap(droppedBytes: number): void {
    // A new decoder: what the old one still holds is a character whose rest was dropped.
    this.#decoder = createStreamDecoder();
    this.#afterGap = true;
    this.#parts.push(this.#redacted?.flush(true) ?? '', truncationMarker(droppedBytes));
  }

  flush(): void {
    this.#push(this.#decoder.decode());
    // Whether the stream ended or broke off is not known here: the end is judged as a cut.
    this.#parts.push(this.#redacted?.flush(true) ?? '');
  }

  #push(text: string): void {
    this.#parts.push(this.#redacted?.push(text) ?? text);
  }
}
