/**
 * The redactor of a run: registered values, patterns that are built in and patterns of the user, put together.
 *
 * Values are found wherever they are. Patterns belong to one line: where text comes in pieces, a line is judged when it is
 * complete.
 */
import type { Cut, MaskedStream, RedactedStream, Redactor } from '../../core/redactor.js';
import { MASK_BYTE, MaskedBytes, spansMasked } from './masked-bytes.js';
import { PiecewiseText, type TextJudge } from './piecewise-text.js';
import { findLongRuns, findPatternPieces, findPatterns } from './secret-patterns.js';
import { mergeSpans, renderSpans, type Report, type Span } from './spans.js';
import type { PatternFinder } from './user-patterns.js';
import { ValueFinder } from './value-finder.js';

/** What a redactor looks for. */
export interface RedactionRules {
  /** Forms of registered values, see `secret-forms.ts`. */
  readonly forms: readonly string[];
  readonly builtIn: boolean;
  readonly patterns: readonly PatternFinder[];
  /** Long runs of letters and digits as well: for logs only. */
  readonly longRuns: boolean;
  readonly warnings: readonly string[];
}

/** Characters in front of a place that patterns may need to see. */
const PATTERN_CONTEXT = 4_096;

const WHOLE: Cut = {};

export class TextRedactor implements Redactor, TextJudge {
  readonly warnings: readonly string[];
  readonly #rules: RedactionRules;
  #values: ValueFinder | undefined;
  #byteValues: ValueFinder | undefined;

  constructor(rules: RedactionRules) {
    this.#rules = rules;
    this.warnings = rules.warnings;
  }

  get usesPatterns(): boolean {
    const { builtIn, patterns, longRuns } = this.#rules;
    return builtIn || longRuns || patterns.length > 0;
  }

  get lookBehind(): number {
    return (this.values?.longest ?? 0) + (this.usesPatterns ? PATTERN_CONTEXT : 0);
  }

  /** Finds registered values; `undefined` if there are none. Made with its first use. */
  get values(): ValueFinder | undefined {
    const { forms } = this.#rules;
    if (forms.length > 0) this.#values ??= new ValueFinder(forms);
    return this.#values;
  }

  redact(text: string, cut = WHOLE, from = 0): string {
    return renderSpans(text, this.spans(text, cut), from, text.length);
  }

  spans(text: string, cut: Cut): readonly Span[] {
    return text === '' ? [] : this.#spans(text, cut, this.values);
  }

  mask(bytes: Uint8Array, cut = WHOLE): Uint8Array {
    if (bytes.length === 0) return bytes;
    // One character for each byte, so that places in the text are places in the bytes.
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    const spans = this.#spans(text, cut, this.#valuesInBytes());
    if (spans.length === 0) return bytes;
    const masked = bytes.slice();
    for (const { start, end } of spans) masked.fill(MASK_BYTE, start, end);
    return masked;
  }

  show(text: string, spans: readonly Span[], start: number, end: number): string {
    return renderSpans(text, spans, start, end);
  }

  stream(): RedactedStream {
    return new PiecewiseText(this);
  }

  byteStream(): MaskedStream {
    const values = this.#valuesInBytes();
    return new MaskedBytes({
      usesPatterns: this.usesPatterns,
      values,
      spans: (text, cut) => (text === '' ? [] : this.#spans(text, cut, values)),
      show: spansMasked,
    });
  }

  #spans(text: string, { start = false, end = false }: Cut, values: ValueFinder | undefined): readonly Span[] {
    const { builtIn, patterns, longRuns } = this.#rules;
    const found: Span[] = [];
    const report: Report = (from, to) => void found.push({ start: from, end: to });
    values?.find(text, report);
    if (start || end) values?.findPieces(text, start, end, report);
    if (builtIn) {
      findPatterns(text, report);
      if (start || end) findPatternPieces(text, start, end, report);
    }
    for (const find of patterns) find(text, report);
    if (longRuns) findLongRuns(text, report);
    return mergeSpans(found);
  }

  #valuesInBytes(): ValueFinder | undefined {
    const { forms } = this.#rules;
    if (forms.length > 0) {
      this.#byteValues ??= new ValueFinder(forms.flatMap(writtenForms));
    }
    return this.#byteValues;
  }
}

/** A form of a secret as UTF-8 and UTF-16 write it, one character for each byte. */
function writtenForms(form: string): readonly string[] {
  const utf16 = Buffer.from(form, 'utf16le');
  // Without the zero at its outer end: in the other byte order that belongs to the character beside it.
  const littleEndian = utf16.toString('latin1').replace(/\0$/, '');
  const bigEndian = Buffer.from(utf16).swap16().toString('latin1').replace(/^\0/, '');
  return [...new Set([Buffer.from(form, 'utf8').toString('latin1'), littleEndian, bigEndian])];
}
