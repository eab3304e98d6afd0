/**
 * Redaction of a text that comes in pieces: holds back what may turn out to be a part of a secret, and no more than that.
 *
 * With values alone that is the end of the text as far as a value begins like it. With patterns it is the unfinished line; a
 * line that does not end is let go piece by piece, with enough kept back for any token.
 */
import type { RedactedStream } from '../../core/redactor.js';
import type { TextRedactor } from './redactor.js';
import { renderSpans, type Span } from './spans.js';

/** Characters of an unfinished line that are held back; of a longer one, the last {@link KEPT_BACK}. */
const MAX_HELD = 65_536;
const KEPT_BACK = 8_192;

export class PiecewiseText implements RedactedStream {
  readonly #redactor: TextRedactor;
  #held = '';
  /** What is held begins at a cut: a piece of a secret may stand there. */
  #isAfterCut = false;

  constructor(redactor: TextRedactor) {
    this.#redactor = redactor;
  }

  push(text: string): string {
    const all = this.#held + text;
    // Held text is not looked at again for each piece of a line, which would take quadratic time.
    if (this.#redactor.usesPatterns && all.length <= MAX_HELD && !text.includes('\n')) {
      this.#held = all;
      return '';
    }
    // After a cut the rest of a secret is known as one only when all of it may be here.
    if (this.#isAfterCut && all.length < (this.#redactor.values?.longest ?? 0)) {
      this.#held = all;
      return '';
    }
    const spans = this.#redactor.spans(all, { start: this.#isAfterCut });
    return this.#letGo(all, spans, this.#endOfKnown(all, spans));
  }

  flush(isCut: boolean): string {
    const rest = this.#redactor.redact(this.#held, { start: this.#isAfterCut, end: isCut });
    this.#held = '';
    this.#isAfterCut = isCut;
    return rest;
  }

  #letGo(all: string, spans: readonly Span[], end: number): string {
    if (end === 0) {
      this.#held = all;
      return '';
    }
    // A secret that reaches further than what is let go has been shown as one: what follows is its rest.
    this.#isAfterCut = spans.some((span) => span.start < end && span.end > end);
    this.#held = all.slice(end);
    return renderSpans(all, spans, 0, end);
  }

  /** Up to where no later piece can change what is shown. */
  #endOfKnown(all: string, spans: readonly Span[]): number {
    const pending = all.length - (this.#redactor.values?.pendingAtEnd(all) ?? 0);
    let end = Math.min(pending, this.#redactor.usesPatterns ? endOfLines(all) : all.length);
    if (all.length > 2 * MAX_HELD) return end;
    // A secret is let go as one, and held with the line it stands in, by which a pattern knows it.
    for (let index = spans.length - 1; index >= 0; index -= 1) {
      const { start = 0, end: endOfSpan = 0 } = spans[index] ?? {};
      if (start < end && endOfSpan > end) end = this.#redactor.usesPatterns ? startOfLine(all, start) : start;
    }
    return end;
  }
}

function startOfLine(text: string, index: number): number {
  return index === 0 ? 0 : text.lastIndexOf('\n', index - 1) + 1;
}

function endOfLines(text: string): number {
  const end = text.lastIndexOf('\n') + 1;
  return text.length - end > MAX_HELD ? text.length - KEPT_BACK : end;
}
