/**
 * What is kept of one output stream: its head and, after a seam, its tail.
 *
 * Bytes are exact. Text is made from them here: the seam carries a marker, no cut leaves half a character, and where the tail
 * has a line end near its beginning it begins with a whole line. What a cut leaves out of the text is in the bytes.
 */
import type { Cut, Redactor } from './redactor.js';
import {
  afterLineFeed,
  createDecoder,
  decodeWhole,
  firstBorder,
  recognise,
  wholeLength,
  type TextChunkDecoder,
  type TextEncoding,
} from './text-encoding.js';

/** Kept bytes of a stream. Without a gap, `seam` is the length of `bytes` and `droppedBytes` is 0. */
export interface OutputSlice {
  /** Head and tail, one after the other. */
  readonly bytes: Uint8Array;
  /** Bytes before the gap. */
  readonly seam: number;
  /** Bytes missing between head and tail. */
  readonly droppedBytes: number;
}

/** One stretch of output in arrival order. `timestampMs`: milliseconds since the epoch. */
export interface OutputSegment {
  readonly stream: 'stdout' | 'stderr';
  readonly offset: number;
  readonly length: number;
  readonly timestampMs: number;
}

/** How text is made of bytes. */
export interface TextForm {
  readonly encoding: TextEncoding | 'auto' | 'buffer' | 'base64';
  /** Whether a marker stands where bytes are missing. */
  readonly truncationMarker: boolean;
  /** `lf`: CRLF becomes LF; a lone CR stays. */
  readonly newlines: 'keep' | 'lf';
}

export const PLAIN_TEXT: TextForm = { encoding: 'utf8', truncationMarker: true, newlines: 'keep' };

export const NO_OUTPUT: OutputSlice = { bytes: new Uint8Array(0), seam: 0, droppedBytes: 0 };

/** Share of a tail that is given up at most for it to begin with a whole line, and the bytes that are never exceeded. */
const LINE_SEARCH_SHARE = 4;
const LINE_SEARCH_BYTES = 4096;

/** Both sides of a slice's gap; all of it is `head` where there is no gap. */
export interface SliceParts {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
  readonly droppedBytes: number;
}

/** Of which what makes no whole characters or lines is cut away; the gap is the larger for it. */
export interface CutSlice extends SliceParts {
  readonly encoding: TextEncoding;
  /** Its first character is a mark that the encoding was recognised by. */
  readonly hasMark: boolean;
}

/** A decoder that carries characters split between two chunks. Bytes are read as UTF-8 where they are to stay bytes. */
export function createStreamDecoder(encoding: TextForm['encoding']): TextChunkDecoder {
  return createDecoder(encoding === 'buffer' || encoding === 'base64' ? 'utf8' : encoding);
}

/** What stands in text where bytes are missing. */
export function truncationMarker(droppedBytes: number): string {
  return `\n[OUTPUT TRUNCATED: ${droppedBytes} bytes dropped]\n`;
}

/** The slice as text, without the secrets that `redactor` knows. `endsCut`: the stream broke off at its end. */
export function textOf(slice: OutputSlice, form: TextForm = PLAIN_TEXT, redactor?: Redactor, endsCut = false): string {
  if (slice.bytes.length === 0 && slice.droppedBytes === 0) return '';
  if (slice.droppedBytes === 0 && form.encoding === 'utf8')
    return withNewlines(shown(decodeWhole(slice.bytes, 'utf8'), redactor, { end: endsCut }), form);
  const { head: headBytes, tail: tailBytes, encoding, hasMark } = cutForText(slice, form.encoding);
  const head = decodeWhole(headBytes, encoding).slice(hasMark ? 1 : 0);
  if (slice.droppedBytes === 0) return withNewlines(shown(head, redactor, { end: endsCut }), form);
  const shownHead = shown(head, redactor, { end: true });
  const shownTail = shown(decodeWhole(tailBytes, encoding), redactor, { start: true, end: endsCut });
  const marker = form.truncationMarker ? truncationMarker(slice.droppedBytes) : '';
  return withNewlines(`${shownHead}${marker}${shownTail}`, form);
}

function shown(text: string, redactor: Redactor | undefined, cut: Cut): string {
  return redactor?.redact(text, cut) ?? text;
}

/** The slice with its secrets masked, see {@link Redactor.mask}. */
export function maskedSlice(slice: OutputSlice, redactor: Redactor, endsCut: boolean): OutputSlice {
  if (slice.droppedBytes === 0) return { ...slice, bytes: redactor.mask(slice.bytes, { end: endsCut }) };
  const { head, tail } = partsOf(slice);
  const bytes = new Uint8Array(slice.bytes.length);
  bytes.set(redactor.mask(head, { end: true }));
  bytes.set(redactor.mask(tail, { start: true, end: endsCut }), head.length);
  return { ...slice, bytes };
}

/** A view of the slice's bytes. */
export function partsOf({ bytes, seam, droppedBytes }: OutputSlice): SliceParts {
  return { head: bytes.subarray(0, seam), tail: bytes.subarray(seam), droppedBytes };
}

/** Text of bytes that begin at an arbitrary place, `offset`, of their stream. */
export function textFromCut(bytes: Uint8Array, offset = 0, encoding: TextEncoding = 'utf8'): string {
  return decodeWhole(bytes.subarray(firstBorder(bytes, offset, encoding)), encoding);
}

/** Text with the line ends that were asked for. */
export function withNewlines(text: string, { newlines }: Pick<TextForm, 'newlines'>): string {
  return newlines === 'lf' ? text.replaceAll('\r\n', '\n') : text;
}

/** Finds out the encoding, and cuts at the borders of characters and lines. Nothing is copied: a slice may be large. */
export function cutForText(slice: OutputSlice, wanted: TextForm['encoding']): CutSlice {
  const { seam, droppedBytes } = slice;
  const { head, tail } = partsOf(slice);
  const { encoding, hasMark } = encodingOf(head, tail, seam + droppedBytes, wanted);
  if (droppedBytes === 0) return { head, tail, droppedBytes, encoding, hasMark };
  const headEnd = wholeLength(head, encoding);
  const tailStart = startOfTail(tail, seam + droppedBytes, encoding);
  return {
    head: head.subarray(0, headEnd),
    tail: tail.subarray(tailStart),
    droppedBytes: droppedBytes + (seam - headEnd) + tailStart,
    encoding,
    hasMark,
  };
}

function startOfTail(tail: Uint8Array, offset: number, encoding: TextEncoding): number {
  const border = firstBorder(tail, offset, encoding);
  const most = Math.min(LINE_SEARCH_BYTES, Math.floor(tail.length / LINE_SEARCH_SHARE));
  const line = afterLineFeed(tail, border, most, encoding);
  return Math.min(line === -1 ? border : line, tail.length);
}

function encodingOf(head: Uint8Array, tail: Uint8Array, tailOffset: number, wanted: TextForm['encoding']) {
  if (wanted === 'buffer' || wanted === 'base64') return { encoding: 'utf8', hasMark: false } as const;
  if (wanted !== 'auto') return { encoding: wanted, hasMark: false };
  if (head.length > 0) return recognise(head);
  // Marks stand at the beginning, which was dropped.
  return { encoding: recognise(tail.subarray(tailOffset % 2)).encoding, hasMark: false };
}
