/**
 * Finds registered values in a text, in one pass however many there are, and pieces of them at edges where a text was cut.
 */
import type { Report } from './spans.js';
import { WordSearch } from './word-search.js';

/** Characters of each form that the scan looks for; the rest is compared where they stand. Keeps the expression small. */
const SCANNED_LENGTH = 32;

/** Characters of the shortest piece of a secret that is one: a single character is in every text. */
const MIN_PIECE_LENGTH = 2;

export class ValueFinder {
  readonly #forms: readonly string[];
  /** What the scan looks for, by form. */
  readonly #prefixes: readonly string[];
  readonly #beginnings: readonly WordSearch[];
  readonly #endings: readonly WordSearch[];
  readonly #scan: RegExp;
  /** Characters of the longest form. */
  readonly longest: number;

  /** At least one form, none of them empty. */
  constructor(forms: readonly string[]) {
    this.#forms = forms.toSorted((a, b) => b.length - a.length);
    this.#prefixes = this.#forms.map((form) => form.slice(0, SCANNED_LENGTH));
    this.#beginnings = this.#forms.map((form) => new WordSearch(form));
    this.#endings = this.#forms.map((form) => new WordSearch(reverse(form)));
    this.#scan = new RegExp([...new Set(this.#prefixes.map(escapeExpression))].join('|'), 'g');
    this.longest = this.#forms[0]?.length ?? 0;
  }

  find(text: string, report: Report): void {
    const scan = this.#scan;
    /** By form: what begins before has been looked at. */
    const reached = new Int32Array(this.#forms.length);
    scan.lastIndex = 0;
    for (let match = scan.exec(text); match !== null; match = scan.exec(text)) {
      const { index } = match;
      for (const [number, prefix] of this.#prefixes.entries()) {
        if (index < (reached[number] ?? 0) || !text.startsWith(prefix, index)) continue;
        reached[number] = this.#beginnings[number]?.findFrom(text, index, report) ?? 0;
      }
      // The next character and not the end of this one: values may overlap.
      scan.lastIndex = index + 1;
    }
  }

  /** Characters at the end of the text that may be the beginning of a value. */
  pendingAtEnd(text: string): number {
    return this.#longestOverlap(this.#beginnings, text);
  }

  /** Pieces at edges where the text was cut. */
  findPieces(text: string, atStart: boolean, atEnd: boolean, report: Report): void {
    const isInside = atStart && atEnd && this.#forms.some((form) => form.includes(text));
    if (isInside && text.length >= MIN_PIECE_LENGTH) report(0, text.length);
    if (atStart) {
      const length = this.#longestOverlap(this.#endings, reverse(text.slice(0, this.longest)));
      if (length >= MIN_PIECE_LENGTH) report(0, length);
    }
    if (atEnd) {
      const length = this.pendingAtEnd(text);
      if (length >= MIN_PIECE_LENGTH) report(text.length - length, text.length);
    }
  }

  #longestOverlap(edges: readonly WordSearch[], text: string): number {
    let longest = 0;
    for (const edge of edges) longest = Math.max(longest, edge.atEnd(text));
    return longest;
  }
}

/** By code units: only lengths are taken from it. */
function reverse(text: string): string {
  let reversed = '';
  for (let index = text.length - 1; index >= 0; index -= 1) reversed += text.charAt(index);
  return reversed;
}

function escapeExpression(text: string): string {
  return text
    .replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
}
