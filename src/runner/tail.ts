/**
 * The end of a stream as text, read without taking anything away.
 */
import type { StreamName } from '../backend/backend.js';
import { CommandValidationError } from '../core/errors.js';
import { textFromCut } from '../core/output-slice.js';
import { isCutOff } from '../core/settled-facts.js';
import { firstBorder, recognise, type TextEncoding } from '../core/text-encoding.js';
import type { RunStreams } from './run-streams.js';
import type { TailSize } from './runner.js';

/** Bytes looked at first when lines are wanted; four times as many each time they are not enough. */
const FIRST_LOOK_BYTES = 4096;
const LOOK_FACTOR = 4;
const LINE_FEED = 0x0a;
/** Bytes of the longest character. */
const MAX_CHARACTER_BYTES = 4;

/** Bytes of the beginning by which an encoding is recognised. */
const SAMPLE_BYTES = 1024;

/** The last bytes or lines that are kept. */
export function readTail(streams: RunStreams, stream: StreamName, size: TailSize): string {
  const kept = streams.run.invocation.maxOutputBytes;
  const { bytes, lines } = size as { readonly bytes?: unknown; readonly lines?: unknown };
  const lookBehind = streams.run.redactor?.lookBehind ?? 0;
  if (isCount(bytes)) {
    const wanted = Math.min(bytes, kept);
    const last = lastBytes(streams, stream, wanted + lookBehind * MAX_CHARACTER_BYTES);
    return textShown(streams, stream, last, Math.max(0, last.bytes.length - wanted));
  }
  if (!isCount(lines)) {
    throw new CommandValidationError([
      { property: 'size', message: 'must be { bytes } or { lines } with a whole number' },
    ]);
  }
  const before = lookBehind * MAX_CHARACTER_BYTES;
  for (let look = FIRST_LOOK_BYTES + before; ; look *= LOOK_FACTOR) {
    const last = lastBytes(streams, stream, look);
    const start = startOfLines(last.bytes, lines);
    if (start !== undefined && (start >= before || last.isAll)) return textShown(streams, stream, last, start);
    if (last.isAll) return textShown(streams, stream, last, 0);
  }
}

/** The bytes from `start` on as text; those before tell whether it begins within a secret. */
function textShown(streams: RunStreams, stream: StreamName, { bytes, isCut }: LastBytes, start: number): string {
  const { redactor, facts } = streams.run;
  const encoding = encodingOf(streams, stream);
  const offset = streams.ends()[stream] - bytes.length;
  const shown = bytes.subarray(start);
  if (redactor === undefined) return textFromCut(shown, offset + start, encoding);
  // What is still to come may make a secret of the last characters.
  const cut = { start: isCut, end: facts === undefined || isCutOff(facts, facts[stream]) };
  const border = start + firstBorder(shown, offset + start, encoding);
  const before = textFromCut(bytes.subarray(0, border), offset, encoding);
  return redactor.redact(textFromCut(bytes, offset, encoding), cut, before.length);
}

/** The encoding that bytes are read in, where text is wanted of them. */
function encodingOf(streams: RunStreams, stream: StreamName): TextEncoding {
  const { encoding } = streams.run.invocation;
  if (encoding === 'buffer' || encoding === 'base64') return 'utf8';
  return encoding === 'auto' ? recognisedEncoding(streams, stream) : encoding;
}

function recognisedEncoding(streams: RunStreams, stream: StreamName): TextEncoding {
  const sample = new Uint8Array(SAMPLE_BYTES);
  const { count } = streams.read(stream, 0, sample);
  return recognise(sample.subarray(0, count)).encoding;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

/** The last bytes without a gap. */
interface LastBytes {
  readonly bytes: Uint8Array;
  /** Nothing is kept in front of them, or it is cut off from them. */
  readonly isAll: boolean;
  /** There was something in front of them. */
  readonly isCut: boolean;
}

function lastBytes(streams: RunStreams, stream: StreamName, size: number): LastBytes {
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
  return { bytes: bytes.subarray(0, length), isAll, isCut: length < end };
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
