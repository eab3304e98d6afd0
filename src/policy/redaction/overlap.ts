/**
 * How far a text and a secret overlap at an edge of the text (Knuth, Morris and Pratt), in time linear in the secret's length
 * whatever both are.
 */

export class EdgeOverlap {
  readonly #word: string;
  #borders: Int32Array | undefined;

  constructor(word: string) {
    this.#word = word;
  }

  /** Length of the longest proper beginning of the word that is the end of the text. */
  atEnd(text: string): number {
    this.#borders ??= bordersOf(this.#word);
    const word = this.#word;
    let length = 0;
    for (let index = Math.max(0, text.length - word.length + 1); index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      while (length > 0 && word.charCodeAt(length) !== unit) length = this.#borders[length - 1] ?? 0;
      if (word.charCodeAt(length) === unit) length += 1;
    }
    return length;
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
