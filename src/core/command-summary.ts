/**
 * A command as one line for logs, events and errors: bounded in length, and without what must not be told.
 *
 * Left out are the values of secrets, what follows an option that asks for one, credentials in URLs, the folders of absolute
 * paths, parameter files and everything but the names of variables. It is for reading, not for running.
 */
import { displayPath } from './display-path.js';

/** What a summary is made from. */
export interface SummarySubject {
  readonly file: string;
  readonly args?: readonly string[] | undefined;
  readonly shell?: unknown;
  readonly secrets?: Readonly<Record<string, string>> | undefined;
}

/** Bounds of a summary, and what else to leave out. */
export interface SummaryLimits {
  /** @defaultValue `240` characters */
  readonly maxLength?: number | undefined;
  /** @defaultValue `80` characters of one argument */
  readonly maxArgLength?: number | undefined;
  /** Replaces what the caller knows to be secret; applied to each argument before it is shortened. */
  readonly redact?: ((text: string) => string) | undefined;
}

const MAX_LENGTH = 240;
const MAX_ARG_LENGTH = 80;
/** Characters of one argument that are looked at; what is beyond is never shown. */
const MAX_EXAMINED = 1024;
const REDACTED = '[redacted]';
const PARAMETER_FILE = '[parameter file]';

/** An option whose value is a secret: `--token`, `-password`, `/apiKey`, with or without the value behind `=` or `:`. */
const SECRET_OPTION =
  /^(--?|\/)([\w.-]{0,64}?(?:password|passwd|passphrase|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credentials?|auth(?:orization)?))(?:([=:])([^]*))?$/i;
/** An assignment, as `env` and `make` take it, to a name that is a secret's. */
const SECRET_ASSIGNMENT = /^([\w.-]{0,64}(?:password|passwd|passphrase|secret|token|api_?key|credentials?))=[^]*$/i;
const HEADER = /^((?:proxy-)?authorization|x-api-key|cookie)(\s*:\s*)[^]*$/i;
const URL_CREDENTIALS = /([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@]{1,1024}@/gi;
/** What `runner/parameter-file.ts` calls its folders. */
const PARAMETER_PATH = /(?:[^\s=:@"']{0,1024}[\\/])?custody-parameters-[^\s"']{0,256}/g;

/** `git commit -m "two words"`, shortened and redacted. */
export function summarizeCommand(command: SummarySubject, limits: SummaryLimits = {}): string {
  const { maxLength = MAX_LENGTH, maxArgLength = MAX_ARG_LENGTH } = limits;
  const words = new WordCleaner(command.secrets, limits.redact);
  const inShell = command.shell !== undefined && command.shell !== null && command.shell !== false;
  // The file is a line of the shell then, and is cleaned word by word, so that an option is told from its value.
  const file = inShell
    ? words.withoutKnown(command.file).replace(/\S+/g, (word) => words.clean(word))
    : quote(shorten(words.clean(command.file), maxArgLength));
  let summary = inShell ? oneLine(file) : file;
  for (const arg of command.args ?? []) {
    // What is not shown need not be looked at: a million arguments make no longer line than a hundred.
    if (summary.length > maxLength) break;
    summary += ` ${quote(shorten(words.clean(arg), maxArgLength))}`;
  }
  return shorten(summary, maxLength);
}

/** Cleans the words of one command in their order. */
class WordCleaner {
  readonly #secrets: readonly string[];
  readonly #redact: ((text: string) => string) | undefined;
  #valueIsSecret = false;

  constructor(secrets: SummarySubject['secrets'], redact: ((text: string) => string) | undefined) {
    this.#secrets = Object.values(secrets ?? {}).filter((value) => value !== '');
    this.#redact = redact;
  }

  clean(word: string): string {
    if (this.#valueIsSecret) {
      this.#valueIsSecret = false;
      return REDACTED;
    }
    const text = this.withoutKnown(word);
    const option = SECRET_OPTION.exec(text);
    if (option !== null) {
      const [, dashes = '', name = '', separator] = option;
      if (separator !== undefined) return `${dashes}${name}${separator}${REDACTED}`;
      this.#valueIsSecret = true;
      return text;
    }
    const hidden = text.replace(SECRET_ASSIGNMENT, `$1=${REDACTED}`).replace(HEADER, `$1$2${REDACTED}`);
    return displayPath(hidden);
  }

  /** Before it is cut: half a secret is not found any more. */
  withoutKnown(whole: string): string {
    let text = whole;
    for (const secret of this.#secrets) text = text.replaceAll(secret, REDACTED);
    if (this.#redact !== undefined) text = this.#redact(text);
    text = text.slice(0, MAX_EXAMINED);
    if (text.includes('://')) text = text.replace(URL_CREDENTIALS, `$1${REDACTED}@`);
    return text.includes('custody-parameters-') ? text.replace(PARAMETER_PATH, PARAMETER_FILE) : text;
  }
}

function quote(word: string): string {
  return word !== '' && /^[\w@%+=:,./\\[\]-]+$/.test(word) ? word : JSON.stringify(word);
}

/** Control characters would let a command write into somebody else's log. */
function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
}

function shorten(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, Math.max(0, maxLength - 3))}...`;
}
