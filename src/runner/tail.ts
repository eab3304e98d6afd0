/**
 * The end of a stream as text, read without taking anything away.
 */
import type { StreamName } from '../backend/backend.js';
import { CommandValidationError } from '../core/errors.js';
import { textFromCut } from '../core/output-slice.js';
import { recognise, type TextEncoding } from '../core/text-encoding.js';
import type { RunStreams } from './run-streams.js';
import type { TailSize } from './runner.js';

/** Bytes looked at first when lines are wanted; four times as many each time they are not enough. */
const FIRST_LOOK_BYTES = 4096;
const LOOK_FACTOR = 4;
const LINE_FEED = 0x0a;

/** Bytes of the beginning by which an encoding is recognised. */
const SAMPLE_BYTES = 1024;

/** The last bytes or lines that are kept. */
export function readTail(streams: RunStreams, stream: StreamName, size: TailSize): string {
  const kept = streams.run.invocation.maxOutputBytes;
  const { bytes, lines } = size as { readonly bytes?: unknown; readonly lines?: unknown };
  if (isCount(bytes)) return textOfEnd(streams, stream, lastBytes(streams, stream, Math.min(bytes, kept)).bytes);
  if (!isCount(lines)) {
    throw new CommandValidationError([
      { property: 'size', message: 'must be { bytes } or { lines } with a whole number' },
    ]);
  }
  for (let look = FIRST_LOOK_BYTES; ; look *= LOOK_FACTOR) {
    const last = lastBytes(streams, stream, look);
    const start = startOfLines(last.bytes, lines);
    if (start !== undefined) return textOfEnd(streams, stream, last.bytes.subarray(start));
    if (last.isAll) return textOfEnd(streams, stream, last.bytes);
  }
}

/** Text of the last bytes of a stream. */
function textOfEnd(streams: RunStreams, stream: StreamName, bytes: Uint8Array): string {
  const { encoding } = streams.run.invocation;
  if (encoding === 'utf8' || encoding === 'buffer' || encoding === 'base64') return textFromCut(bytes);
  const offset = streams.ends()[stream] - bytes.length;
  return textFromCut(bytes, offset, encoding === 'auto' ? recognisedEncoding(streams, stream) : encoding);
}

function recognisedEncoding(streams: RunStreams, stream: StreamName): TextEncoding {
  const sample = new Uint8Array(SAMPLE_BYTES);
  const { count } = streams.read(stream, 0, sample);
  return recognise(sample.subarray(0, count)).encoding;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

/** The last bytes without a gap. `isAll`: nothing is kept in front of them, or it is cut off from them. */
function lastBytes(streams: RunStreams, stream: StreamName, size: number): { bytes: Uint8Array; isAll: boolean } {
  const end = streams.ends()[stream];
  const bytes = new Uint8Array(Math.min(size, end));
  let isAll = bytes.length === end;
  let length = 0;
  for (let cursor = end - bytes.length; cursor < end;) {
    const read = streams.read(stream, cursor, bytes.subarray(length, length + (end - cursor)));
    if (read.dropped > 0 || read.count === 0) {
      // Head and tail have nothing to do with each other: only what follows the gap is the end of the stream.
      isAll = true;
      bytes.copyWithin(0, length, length + read.count);
      length = 0;
    }
    length += read.count;
    if (read.count === 0) break;
    cursor = read.next;
  }
  return { bytes: bytes.subarray(0, length), isAll };
}

/** Where the last `count` lines begin; `undefined` if there are not as many line ends. */
function startOfLines(bytes: Uint8Array, count: number): number | undefined {
  // The line feed that ends the last line begins no line of its own.
  let index = bytes.at(-1) === LINE_FEED ? bytes.length - 1 : bytes.length;
  if (count === 0) return bytes.length;
  for (let found = 0; found < count; found += 1) {
    // Asked to search from before the start, `lastIndexOf` would begin at the end again.
    index = index === 0 ? -1 : bytes.lastIndexOf(LINE_FEED, index - 1);
    if (index === -1) return undefined;
  }
  return index + 1;
}
