/**
 * Redaction of a text that comes in pieces: holds back what may turn out to be a part of a secret, and no more than that.
 *
 * With values alone that is the end of the text as far as a value begins like it. With patterns it is the unfinished line; a
 * line that does not end is let go piece by piece, with enough kept back for any token.
 */
import type { Cut, RedactedStream } from '../../core/redactor.js';
import type { Span } from './spans.js';
import type { ValueFinder } from './value-finder.js';

/** Characters of an unfinished line that are held back; of a longer one, the last {@link KEPT_BACK}. */
const MAX_HELD = 65_536;
const KEPT_BACK = 8_192;

/** Finds secrets in a text and shows it without them. */
export interface TextJudge {
  /** Whether text is judged by the line. */
  readonly usesPatterns: boolean;
  /** `undefined` if there are no values. */
  readonly values: ValueFinder | undefined;
  spans(text: string, cut: Cut): readonly Span[];
  /** The part of `text` from `start` to `end`, with something else in place of the spans. */
  show(text: string, spans: readonly Span[], start: number, end: number): string;
}

export class PiecewiseText implements RedactedStream {
  readonly #judge: TextJudge;
  #held = '';
  /** What is held begins at a cut: a piece of a secret may stand there. */
  #isAfterCut = false;

  constructor(judge: TextJudge) {
    this.#judge = judge;
  }

  push(text: string): string {
    const all = this.#held + text;
    // Held text is not looked at again for each piece of a line, which would take quadratic time.
    if (this.#judge.usesPatterns && all.length <= MAX_HELD && !text.includes('\n')) {
      this.#held = all;
      return '';
    }
    // After a cut the rest of a secret is known as one only when all of it may be here.
    if (this.#isAfterCut && all.length < (this.#judge.values?.longest ?? 0)) {
      this.#held = all;
      return '';
    }
    const spans = this.#judge.spans(all, { start: this.#isAfterCut });
    return this.#letGo(all, spans, this.#endOfKnown(all, spans));
  }

  flush(isCut: boolean): string {
    const spans = this.#judge.spans(this.#held, { start: this.#isAfterCut, end: isCut });
    const rest = this.#judge.show(this.#held, spans, 0, this.#held.length);
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
    return this.#judge.show(all, spans, 0, end);
  }

  /** Up to where no later piece can change what is shown. */
  #endOfKnown(all: string, spans: readonly Span[]): number {
    const pending = all.length - (this.#judge.values?.pendingAtEnd(all) ?? 0);
    let end = Math.min(pending, this.#judge.usesPatterns ? endOfLines(all) : all.length);
    if (all.length > 2 * MAX_HELD) return end;
    // A secret is let go as one, and held with the line it stands in, by which a pattern knows it.
    for (let index = spans.length - 1; index >= 0; index -= 1) {
      const { start = 0, end: endOfSpan = 0 } = spans[index] ?? {};
      if (start < end && endOfSpan > end) end = this.#judge.usesPatterns ? startOfLine(all, start) : start;
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
