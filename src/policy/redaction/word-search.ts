/**
 * Where a secret stands in a text, and how far it overlaps the text's edge (Knuth, Morris and Pratt): in time linear in their
 * lengths whatever both are.
 */
import type { Report } from './spans.js';

export class WordSearch {
  readonly #word: string;
  #known: Int32Array | undefined;

  constructor(word: string) {
    this.#word = word;
  }

  /**
   * Reports every place of the word from `from` on, also those that overlap, up to the first character that continues none of
   * its beginnings. Returns the position behind it: what begins before has been reported.
   */
  findFrom(text: string, from: number, report: Report): number {
    const word = this.#word;
    const borders = this.#borders;
    let length = 0;
    for (let index = from; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      while (length > 0 && word.charCodeAt(length) !== unit) length = borders[length - 1] ?? 0;
      if (word.charCodeAt(length) !== unit) return index + 1;
      length += 1;
      if (length < word.length) continue;
      report(index + 1 - length, index + 1);
      length = borders[length - 1] ?? 0;
    }
    return text.length;
  }

  /** Length of the longest proper beginning of the word that is the end of the text. */
  atEnd(text: string): number {
    const word = this.#word;
    const borders = this.#borders;
    let length = 0;
    for (let index = Math.max(0, text.length - word.length + 1); index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      while (length > 0 && word.charCodeAt(length) !== unit) length = borders[length - 1] ?? 0;
      if (word.charCodeAt(length) === unit) length += 1;
    }
    return length;
  }

  get #borders(): Int32Array {
    return (this.#known ??= bordersOf(this.#word));
  }
}

/** For each beginning of the word: the length of its longest proper beginning that is also its end. */
function bordersOf(word: string): Int32Array {
  const borders = new Int32Array(word.length);
  let length = 0;
  for (let index = 1; index < word.length; index += 1) {
    const unit = word.charCodeAt(index);
    while (length > 0 && word.charCodeAt(length) !== unit) length = borders[length - 1] ?? 0;
    if (word.charCodeAt(length) === unit) length += 1;
    borders[index] = length;
  }
  return borders;
}
