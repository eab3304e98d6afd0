/**
 * `sh`, `bash` and what quotes as they do: `-c`, and single quotes, within which nothing means anything.
 */
import type { ShellName } from '../../core/shell-choice.js';
import type { QuotedArg, ShellProvider } from './shell-provider.js';

/** What no POSIX shell acts on, wherever it stands in a word. zsh expands words that begin with `=`, hence no `=` here. */
const INERT = /^[\w./:,@%+-]+$/;

function posixShell(name: ShellName, candidates: readonly string[]): ShellProvider {
  return {
    name,
    candidates,
    flags: ['-c'],
    maxLineLength: undefined,
    isVerbatim: false,
    // A line that begins with a sign would be read as more flags.
    argsFor: (line, flags) => [...flags, /^[-+]/.test(line) ? ` ${line}` : line],
    quote: (arg) => quotePosix(arg),
  };
}

/** `it's` becomes `'it'\''s'`. */
export function quotePosix(arg: string): QuotedArg {
  return { text: INERT.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'` };
}

export const sh = posixShell('sh', ['/bin/sh']);
export const bash = posixShell('bash', ['/bin/bash', '/bin/sh']);
