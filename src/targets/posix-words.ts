/** Words for a POSIX shell somewhere else. */

/** A word that the shell hands on as it is: `it's` becomes `'it'\''s'`. */
export function quoteWord(word: string): string {
  return /^[\w./:,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The words after one another, each as it is. */
export function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(' ');
}
