/**
 * Splits a command given as one string into words: quotes are understood, nothing is expanded.
 *
 * There is no shell here. Variables, globs, pipes and redirections stay the text they are, so a string splits the same
 * way on every system and whatever the environment. A backslash is an escape only where it could not mean anything
 * else (before white space, a quote or a backslash), which leaves Windows paths intact.
 */

import { CommandValidationError } from './errors.js';

/** Words, or the reason why there are none. */
export type CommandLine = { readonly words: readonly string[] } | { readonly problem: string };

/** Splits `text` at white space outside quotes. Single quotes keep everything; in double quotes `\"` and `\\` escape. */
export function splitCommandLine(text: string): CommandLine {
  const words: string[] = [];
  // `undefined` between words: an empty pair of quotes is a word, white space is none.
  let word: string | undefined;
  let quote: '"' | "'" | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    const following = text.charAt(at + 1);
    if (character === '\\' && following !== '' && isEscapable(following, quote)) {
      word = (word ?? '') + following;
      at += 1;
    } else if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else word = (word ?? '') + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== undefined) return { problem: `the command has an opening ${quote} that is never closed` };
  if (word !== undefined) words.push(word);
  return words.length === 0 ? { problem: 'the command is empty' } : { words };
}

/**
 * A command line as the file and the arguments to give to `run`, without a shell: quotes are understood, nothing is expanded.
 *
 * @throws {@link CommandValidationError} with code `VALIDATION_FAILED` for a line that is empty or has an open quote.
 */
export function parseCommandLine(line: string): { readonly file: string; readonly args: readonly string[] } {
  const text: unknown = line;
  const split = typeof text === 'string' ? splitCommandLine(text) : { problem: 'must be a string' };
  if ('problem' in split) throw new CommandValidationError([{ property: 'line', message: split.problem }]);
  const [file = '', ...args] = split.words;
  return Object.freeze({ file, args: Object.freeze(args) });
}

function isEscapable(character: string, quote: '"' | "'" | undefined): boolean {
  if (quote === "'") return false;
  if (quote === '"') return character === '"' || character === '\\';
  return /[\s"'\\]/.test(character);
}
