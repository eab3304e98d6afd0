/**
 * Takes the line of a shell apart into its simple commands, for sh and its kin, cmd.exe and PowerShell. Nothing is expanded.
 *
 * What only the shell would know (a variable, a substitution, a glob) becomes {@link COMPUTED} within its word; the lines inside
 * of substitutions are handed back to be judged as well. One pass over the text; a line that does not end properly is a problem,
 * never a guess.
 */
import { closeOf, endOfBackticks, endOfBraces, endOfSingleQuotes } from './shell-quotes.js';

/** Whose rules a line follows. */
export type Dialect = 'posix' | 'cmd' | 'powershell';

/** Stands in a word for what is known only when it runs. No text has this character: it is none. */
export const COMPUTED = '\uFFFF';

/** One command of a line. */
export interface SimpleCommand {
  readonly words: readonly string[];
  readonly isBackground: boolean;
  /** What a here-document or here-string gives it to read. */
  readonly input: string | undefined;
}

/** A line taken apart. */
export interface ShellLine {
  readonly commands: readonly SimpleCommand[];
  /** Lines within substitutions. */
  readonly inner: readonly string[];
  /** `true`: something is open at the end, or cannot be read. */
  readonly isBroken: boolean;
}

interface HereDocument {
  readonly delimiter: string;
  readonly isIndented: boolean;
  readonly command: { words: string[]; isBackground: boolean; input: string | undefined };
}

const ESCAPES: Readonly<Record<Dialect, string>> = { posix: '\\', cmd: '^', powershell: '`' };

/** Characters that end a word and are no part of one, in addition to white space. */
const OPERATORS: Readonly<Record<Dialect, RegExp>> = {
  posix: /[;&|()<>]/,
  cmd: /[&|()<>,;]/,
  powershell: /[;&|(){}<>,]/,
};

/** The simple commands of a line. */
export function parseShellLine(text: string, dialect: Dialect): ShellLine {
  const scan = new Scan(text, dialect);
  scan.all();
  return scan;
}

class Scan implements ShellLine {
  readonly commands: HereDocument['command'][] = [];
  readonly inner: string[] = [];
  isBroken = false;
  readonly #text: string;
  readonly #dialect: Dialect;
  #at = 0;
  /** `undefined` between words. */
  #word: string | undefined;
  #current: HereDocument['command'] = { words: [], isBackground: false, input: undefined };
  /** What the word under way is for: a word of the command, the target of a redirection, a delimiter, text to read. */
  #role: 'word' | 'target' | 'delimiter' | 'indented' | 'text' = 'word';
  #documents: HereDocument[] = [];

  constructor(text: string, dialect: Dialect) {
    this.#text = text;
    this.#dialect = dialect;
  }

  all(): void {
    while (this.#at < this.#text.length && !this.isBroken) this.#step(this.#text.charAt(this.#at));
    this.#endCommand(false);
  }

  #step(character: string): void {
    if (character === ESCAPES[this.#dialect]) this.#escape();
    else if (character === '"') this.#doubleQuotes();
    else if (character === "'" && this.#dialect !== 'cmd') this.#singleQuotes();
    else if (character === '$' && this.#dialect !== 'cmd') this.#expansion();
    else if (character === '`' && this.#dialect === 'posix') this.#backticks();
    else if (character === '%' && this.#dialect === 'cmd') this.#percent();
    else if (character === '\n' || character === '\r') this.#newline();
    else if (/\s/.test(character)) this.#blank();
    else if (character === '#' && this.#word === undefined && this.#dialect !== 'cmd') this.#comment();
    else if (OPERATORS[this.#dialect].test(character)) this.#operator(character);
    else if (this.#dialect === 'posix' && /[*?[{]/.test(character)) this.#pattern(character);
    else this.#take(character);
  }

  #take(text: string, length = text.length): void {
    this.#word = (this.#word ?? '') + text;
    this.#at += length;
  }

  #escape(): void {
    const next = this.#text.charAt(this.#at + 1);
    this.#at += 2;
    // An escaped end of line continues the line.
    if (next === '\n' || next === '') return;
    this.#word = (this.#word ?? '') + next;
  }

  #singleQuotes(): void {
    const end = endOfSingleQuotes(this.#text, this.#at, this.#dialect === 'powershell');
    if (end === undefined) {
      this.isBroken = true;
      return;
    }
    this.#take(this.#text.slice(this.#at + 1, end), end + 1 - this.#at);
  }

  #doubleQuotes(): void {
    this.#at += 1;
    this.#word ??= '';
    const escape = this.#dialect === 'cmd' ? '' : ESCAPES[this.#dialect];
    for (;;) {
      const character = this.#text.charAt(this.#at);
      if (character === '') {
        // cmd.exe closes at the end of the line what is open.
        this.isBroken ||= this.#dialect !== 'cmd';
        return;
      }
      if (character === '"') {
        this.#at += 1;
        return;
      }
      if (this.isBroken) return;
      if (character === escape) this.#take(this.#text.charAt(this.#at + 1), 2);
      else if (character === '$' && this.#dialect !== 'cmd') this.#expansion();
      else if (character === '`' && this.#dialect === 'posix') this.#backticks();
      else if (character === '%' && this.#dialect === 'cmd') this.#percent();
      else this.#take(character);
    }
  }

  #expansion(): void {
    const next = this.#text.charAt(this.#at + 1);
    if (next === '(') this.#substitution(this.#at + 1);
    else if (next === '{') this.#computed(endOfBraces(this.#text, this.#at + 1), true);
    else if (next === "'" && this.#word === undefined)
      this.#computed(endOfSingleQuotes(this.#text, this.#at + 1, false));
    else if (/[\w?$!#@*-]/.test(next)) {
      let end = this.#at + 1;
      while (/\w/.test(this.#text.charAt(end + 1))) end += 1;
      this.#computed(end);
    } else this.#take('$');
  }

  /** `(` at `open` begins a line of its own. */
  #substitution(open: number): void {
    const close = closeOf(this.#text, open);
    if (close === undefined) {
      this.isBroken = true;
      return;
    }
    const content = this.#text.slice(open + 1, close);
    // `$((1 + 2))` computes a number and runs nothing.
    const isArithmetic = content.startsWith('(') && content.endsWith(')') && !/[;|&`$\n]/.test(content);
    if (!isArithmetic) this.inner.push(content);
    this.#take(COMPUTED, close + 1 - this.#at);
  }

  /** What is up to `end` is known only to the shell; `mayRun`: substitutions may stand in it. */
  #computed(end: number | undefined, mayRun = false): void {
    if (end === undefined) {
      this.isBroken = true;
      return;
    }
    const content = this.#text.slice(this.#at + 2, end);
    if (mayRun && /\$\(|`/.test(content)) this.inner.push(`: "${content.replaceAll('"', '')}"`);
    this.#take(COMPUTED, end + 1 - this.#at);
  }

  #backticks(): void {
    const end = endOfBackticks(this.#text, this.#at);
    if (end === undefined) {
      this.isBroken = true;
      return;
    }
    this.inner.push(this.#text.slice(this.#at + 1, end).replace(/\\([`\\$])/g, '$1'));
    this.#take(COMPUTED, end + 1 - this.#at);
  }

  /** `%name%`, or `%i` of a loop. */
  #percent(): void {
    let end = this.#at + 1;
    while (/[\w:~]/.test(this.#text.charAt(end))) end += 1;
    if (this.#text.charAt(end) !== '%') end -= 1;
    if (end === this.#at) this.#take('%');
    else this.#take(COMPUTED, end + 1 - this.#at);
  }

  /** A glob, or braces that stand for several words. A single `{` is a word of the shell. */
  #pattern(character: string): void {
    const isGroup = character === '{' && this.#word === undefined && /^(\s|$)/.test(this.#text.charAt(this.#at + 1));
    this.#take(isGroup || (character === '[' && this.#word === undefined) ? character : COMPUTED, 1);
  }

  #blank(): void {
    this.#endWord();
    this.#at += 1;
  }

  #comment(): void {
    while (this.#at < this.#text.length && this.#text.charAt(this.#at) !== '\n') this.#at += 1;
  }

  #newline(): void {
    this.#at += 1;
    this.#endCommand(false);
    for (const document of this.#documents) this.#readDocument(document);
    this.#documents = [];
  }

  #operator(character: string): void {
    const next = this.#text.charAt(this.#at + 1);
    if (character === '<' || character === '>') {
      this.#redirection(character, next);
      return;
    }
    if (character === '&' && next === '>' && this.#dialect === 'posix') {
      this.#endWord();
      this.#role = 'target';
      this.#at += this.#text.charAt(this.#at + 2) === '>' ? 3 : 2;
      return;
    }
    if (character === ',') {
      this.#endWord();
      this.#at += 1;
      return;
    }
    const isDouble = (character === '&' || character === '|') && (next === character || next === '&');
    this.#at += isDouble ? 2 : 1;
    if (character === '&' && !isDouble) this.#ampersand();
    else this.#endCommand(false);
  }

  /** Alone: "in the background" for sh, "and then" for cmd.exe, either a call or the background for PowerShell. */
  #ampersand(): void {
    this.#endWord();
    const isCall = this.#dialect === 'powershell' && this.#current.words.length === 0;
    if (isCall) this.#current.words.push('&');
    else this.#endCommand(this.#dialect !== 'cmd');
  }

  #redirection(character: string, next: string): void {
    if (next === '(' && this.#dialect === 'posix') {
      this.#substitution(this.#at + 1);
      return;
    }
    // A number before it names the descriptor and is no argument.
    if (this.#word !== undefined && /^\d+$/.test(this.#word)) this.#word = undefined;
    this.#endWord();
    const operator =
      /^(?:<<<|<<-|<<|<>|<&|>>|>&|>\||<|>)/.exec(this.#text.slice(this.#at, this.#at + 3))?.[0] ?? character;
    this.#at += operator.length;
    const isHere = this.#dialect === 'posix' && operator.startsWith('<<');
    if (!isHere) this.#role = 'target';
    else if (operator === '<<<') this.#role = 'text';
    else this.#role = operator === '<<-' ? 'indented' : 'delimiter';
  }

  #endWord(): void {
    const word = this.#word;
    if (word === undefined) return;
    this.#word = undefined;
    const role = this.#role;
    this.#role = 'word';
    if (role === 'word') this.#current.words.push(word);
    else if (role === 'text') this.#current.input = word;
    else if (role !== 'target') {
      this.#documents.push({ delimiter: word, isIndented: role === 'indented', command: this.#current });
    }
  }

  #endCommand(isBackground: boolean): void {
    this.#endWord();
    this.#role = 'word';
    if (this.#current.words.length > 0 || isBackground) {
      this.#current.isBackground = isBackground;
      this.commands.push(this.#current);
    }
    this.#current = { words: [], isBackground: false, input: undefined };
  }

  #readDocument({ delimiter, isIndented, command }: HereDocument): void {
    const lines: string[] = [];
    for (;;) {
      if (this.#at >= this.#text.length) break;
      const found = this.#text.indexOf('\n', this.#at);
      const end = found === -1 ? this.#text.length : found;
      const line = this.#text.slice(this.#at, end);
      this.#at = end + 1;
      if ((isIndented ? line.replace(/^\t+/, '') : line) === delimiter) break;
      lines.push(line);
    }
    command.input = lines.join('\n');
    if (/\$\(|`/.test(command.input)) this.inner.push(`: "${command.input.replaceAll('"', '')}"`);
  }
}
