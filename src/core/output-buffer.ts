/**
 * A bounded store of two output streams for those who run commands by other means: it keeps, cuts, marks and merges as the
 * results of this package do.
 */
import { ByteRing } from './byte-ring.js';
import { combinedText } from './combined-output.js';
import { CommandValidationError } from './errors.js';
import type { StreamName } from './launch-spec.js';
import { PLAIN_TEXT, textOf, type OutputSegment, type OutputSlice } from './output-slice.js';
import { ringSizeOf, type OverflowStrategy } from './retention.js';

/** What an {@link OutputBuffer} keeps. */
export interface OutputBufferOptions {
  /** Bytes kept of each stream, 4 to 104 857 600. @defaultValue `1_048_576` */
  readonly maxBytes?: number | undefined;
  /** Which of them. @defaultValue `'head-tail'` */
  readonly overflow?: OverflowStrategy | undefined;
}

const STANDARD_BYTES = 1_048_576;
const MIN_BYTES = 4;
const MAX_BYTES = 104_857_600;
const STRATEGIES: readonly OverflowStrategy[] = ['head-tail', 'head', 'tail'];

/** Changes between the streams whose order is kept; beyond them, the older half of the order is forgotten. */
const MAX_SEGMENTS = 8192;

const utf8 = new TextEncoder();

/**
 * Keeps the output of one command within bounds.
 *
 * @throws {@link CommandValidationError} with code `VALIDATION_FAILED` for options that are not valid.
 */
export class OutputBuffer {
  readonly #maxBytes: number;
  readonly #overflow: OverflowStrategy;
  #rings: Readonly<Record<StreamName, ByteRing>>;
  #segments: OutputSegment[] = [];

  constructor({ maxBytes = STANDARD_BYTES, overflow = 'head-tail' }: OutputBufferOptions = {}) {
    if (!Number.isInteger(maxBytes) || maxBytes < MIN_BYTES || maxBytes > MAX_BYTES)
      throw invalid('maxBytes', `must be a whole number from ${MIN_BYTES} to ${MAX_BYTES}`);
    if (!STRATEGIES.includes(overflow)) throw invalid('overflow', "must be 'head-tail', 'head' or 'tail'");
    this.#maxBytes = maxBytes;
    this.#overflow = overflow;
    this.#rings = this.#newRings();
  }

  /** Adds output; text as UTF-8. */
  append(stream: StreamName, chunk: string | Uint8Array): void {
    const bytes = typeof chunk === 'string' ? utf8.encode(chunk) : chunk;
    const ring = this.#rings[stream];
    this.#note(stream, ring.end, bytes.length);
    ring.append(bytes);
  }

  /** Adds a line and its end, LF. */
  appendLine(stream: StreamName, line: string): void {
    this.append(stream, `${line}\n`);
  }

  /** What is kept of a stream, a gap marked in its place. */
  getOutput(stream: StreamName): string {
    return textOf(this.#slice(stream));
  }

  /** Both streams in the order in which they were added. */
  getCombinedOutput(): string {
    const output = { stdout: this.#slice('stdout'), stderr: this.#slice('stderr'), segments: this.#segments };
    return combinedText(output, PLAIN_TEXT);
  }

  /** The bytes kept of a stream; a gap leaves no trace in them. */
  getBytes(stream: StreamName): Uint8Array {
    return this.#slice(stream).bytes;
  }

  /** Whether anything of a stream was dropped, or, without one, of either. */
  isTruncated(stream?: StreamName): boolean {
    if (stream === undefined) return this.isTruncated('stdout') || this.isTruncated('stderr');
    return this.totalBytes(stream) > this.#maxBytes;
  }

  /** Bytes that were added to a stream, or, without one, to both. */
  totalBytes(stream?: StreamName): number {
    const { stdout, stderr } = this.#rings;
    return stream === undefined ? stdout.end + stderr.end : this.#rings[stream].end;
  }

  /** Forgets everything. */
  clear(): void {
    this.#rings = this.#newRings();
    this.#segments = [];
  }

  #newRings(): Readonly<Record<StreamName, ByteRing>> {
    const options = { maxOutputBytes: this.#maxBytes, overflow: this.#overflow, captureOutput: true };
    const { ringBytes, headBytes } = ringSizeOf(options);
    return { stdout: new ByteRing(ringBytes, headBytes), stderr: new ByteRing(ringBytes, headBytes) };
  }

  #slice(stream: StreamName): OutputSlice {
    const ring = this.#rings[stream];
    const bytes = new Uint8Array(Math.min(ring.kept, this.#maxBytes));
    const head = ring.readAt(0, bytes);
    const droppedBytes = ring.end - bytes.length;
    if (head.dropped > 0 || head.count === bytes.length)
      return { bytes, seam: head.dropped > 0 ? 0 : bytes.length, droppedBytes };
    ring.readAt(head.next, bytes.subarray(head.count));
    return { bytes, seam: head.count, droppedBytes };
  }

  #note(stream: StreamName, offset: number, length: number): void {
    const last = this.#segments.at(-1);
    if (last?.stream === stream) this.#segments[this.#segments.length - 1] = { ...last, length: last.length + length };
    else this.#segments.push({ stream, offset, length, timestampMs: 0 });
    if (this.#segments.length > MAX_SEGMENTS) this.#segments = this.#segments.slice(MAX_SEGMENTS / 2);
  }
}

function invalid(property: string, message: string): CommandValidationError {
  return new CommandValidationError([{ property, message }]);
}
