/**
 * Removes secrets from what is shown of a run. What counts as a secret is decided in `policy/redaction/`; results, lines and
 * tails only know this.
 */

/** What stands in text where a secret was. */
export const REDACTED = '[REDACTED]';

/** Where a text was cut out of something longer, so that a piece of a secret may stand there. */
export interface Cut {
  readonly start?: boolean;
  readonly end?: boolean;
}

export interface Redactor {
  /** The text from `from` on, judged with what stands before. A secret that begins before `from` is one that begins at it. */
  redact(text: string, cut?: Cut, from?: number): string;
  /** The bytes with every byte of a secret replaced by `*`, so that positions and counts stay true. May be the same array. */
  mask(bytes: Uint8Array, cut?: Cut): Uint8Array;
  /** For text that comes in pieces. */
  stream(): RedactedStream;
  /** For bytes that come in pieces, masked as {@link Redactor.mask} does it. */
  byteStream(): MaskedStream;
  /** Characters before a place that may belong to a secret at that place. */
  readonly lookBehind: number;
  /** What cannot be redacted, in words and without any value. */
  readonly warnings: readonly string[];
}

/** One text in pieces. What may be the beginning of a secret is held back until it is known. */
export interface RedactedStream {
  push(text: string): string;
  /** The rest. `isCut`: the text breaks off here, and what comes next, if anything does, begins anywhere. */
  flush(isCut: boolean): string;
}

/** Bytes in pieces, as a {@link RedactedStream} of text. A piece that is returned is the caller's. */
export interface MaskedStream {
  push(bytes: Uint8Array): Uint8Array;
  flush(isCut: boolean): Uint8Array;
}
