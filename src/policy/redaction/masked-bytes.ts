/**
 * Redaction of bytes that come in pieces: read as one character for each byte, so that places in the text are places in the
 * bytes, and masked, so that there are as many as before.
 */
import type { MaskedStream } from '../../core/redactor.js';
import { PiecewiseText, type TextJudge } from './piecewise-text.js';
import type { Span } from './spans.js';

/** What stands in bytes where each byte of a secret was: `*`. */
export const MASK_BYTE = 0x2a;

const MASK = String.fromCharCode(MASK_BYTE);

export class MaskedBytes implements MaskedStream {
  readonly #text: PiecewiseText;

  /** `judge` knows secrets in the same form: a character for each byte. */
  constructor(judge: TextJudge) {
    this.#text = new PiecewiseText(judge);
  }

  push(bytes: Uint8Array): Uint8Array {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    return bytesOf(this.#text.push(text));
  }

  flush(isCut: boolean): Uint8Array {
    return bytesOf(this.#text.flush(isCut));
  }
}

/** The part of `text` from `start` to `end`, with its spans masked. */
export function spansMasked(text: string, spans: readonly Span[], start: number, end: number): string {
  let shown = '';
  let at = start;
  for (const span of spans) {
    const from = Math.min(Math.max(span.start, at), end);
    const to = Math.min(Math.max(span.end, from), end);
    shown += text.slice(at, from) + MASK.repeat(to - from);
    at = to;
  }
  return shown + text.slice(at, end);
}

/** A copy: what `Buffer.from` gives may be part of a shared pool. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}
