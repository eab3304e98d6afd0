/**
 * `cmd.exe`: `/d /v:off /s /c "line"`, and arguments that stay what they are however often they are read.
 *
 * What a line names may be a program or a batch file (`npm` is one), and a batch file has its arguments read by cmd.exe again. So the
 * quoting must hold in every reading: an argument stands in double quotes, which switch off every operator, and what cannot stand
 * there safely is refused. `/s` takes off the outer quotes and nothing else; `/d` keeps commands of the registry out, `/v:off` the
 * expansion of `!name!`.
 *
 * Sources: `cmd /?`; "Parsing C command-line arguments" of the Microsoft C runtime.
 */
import type { QuotedArg, ShellProvider } from './shell-provider.js';

/** Documented: "the maximum length of the string that you can use at the command prompt is 8191 characters". */
export const CMD_MAX_LINE = 8191;

/** What neither cmd.exe nor a program's own parsing acts on. */
const INERT = /^[\w./\\:@+-]+$/;

export function cmd(systemRoot: string | undefined): ShellProvider {
  return {
    name: 'cmd',
    candidates: [systemRoot === undefined ? 'cmd.exe' : `${systemRoot}\\System32\\cmd.exe`],
    flags: ['/d', '/v:off', '/s', '/c'],
    maxLineLength: CMD_MAX_LINE,
    isVerbatim: true,
    // Other flags would change how the quotes are read.
    argsFor(line) {
      return [...this.flags, `"${line}"`];
    },
    quote: (arg) => quoteCmd(arg),
  };
}

/**
 * `a & b` becomes `"a & b"`. A percent sign stands outside of the quotes, so that what is between two of them begins with a quote: there is
 * no variable of such a name to be put in.
 */
export function quoteCmd(arg: string): QuotedArg {
  if (/["\r\n]/.test(arg)) {
    return {
      problem:
        'has a double quote or a line break, which no escaping carries safely through cmd.exe: use input or a file',
    };
  }
  if (INERT.test(arg)) return { text: arg };
  return { text: arg.split('%').map(inQuotes).join('%') };
}

/** Backslashes before the closing quote would escape it, so they are doubled. */
function inQuotes(part: string): string {
  let end = part.length;
  while (end > 0 && part[end - 1] === '\\') end -= 1;
  return `"${part}${part.slice(end)}"`;
}
