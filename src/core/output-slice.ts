/**
 * What is kept of one output stream: its head and, after a seam, its tail.
 *
 * Bytes are exact. Text is made from them here: the seam carries a marker, and no cut leaves half a character.
 */
import type { Redactor } from './redactor.js';
import { lengthToBorder, startOfBorder } from './utf8.js';

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

export const NO_OUTPUT: OutputSlice = { bytes: new Uint8Array(0), seam: 0, droppedBytes: 0 };

// A byte order mark is output like any other byte.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** A decoder that carries characters split between two chunks. Invalid bytes become U+FFFD. */
export function createStreamDecoder(): InstanceType<typeof TextDecoder> {
  return new TextDecoder('utf-8', { ignoreBOM: true });
}

/** What stands in text where bytes are missing. */
export function truncationMarker(droppedBytes: number): string {
  return `\n[OUTPUT TRUNCATED: ${droppedBytes} bytes dropped]\n`;
}

/** The slice as text, without the secrets that `redactor` knows. `endsCut`: the stream broke off at its end. */
export function textOf(slice: OutputSlice, redactor?: Redactor, endsCut = false): string {
  if (slice.droppedBytes === 0) {
    const text = slice.bytes.length === 0 ? '' : utf8.decode(slice.bytes);
    return redactor?.redact(text, { end: endsCut }) ?? text;
  }
  const { head, tail } = partsOf(slice);
  const headText = utf8.decode(head.subarray(0, lengthToBorder(head)));
  const shownHead = redactor?.redact(headText, { end: true }) ?? headText;
  const tailText = textFromCut(tail);
  const shownTail = redactor?.redact(tailText, { start: true, end: endsCut }) ?? tailText;
  return shownHead + truncationMarker(slice.droppedBytes) + shownTail;
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

function partsOf({ bytes, seam }: OutputSlice): { readonly head: Uint8Array; readonly tail: Uint8Array } {
  return { head: bytes.subarray(0, seam), tail: bytes.subarray(seam) };
}

/** Text of bytes that begin at an arbitrary place in a stream. */
export function textFromCut(bytes: Uint8Array): string {
  return utf8.decode(bytes.subarray(startOfBorder(bytes)));
}
