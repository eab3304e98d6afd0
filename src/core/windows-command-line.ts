/**
 * The command line that Windows passes to a program, as far as its length is concerned: the rules by which `CreateProcessW` callers
 * quote arguments so that the C runtime takes them apart again.
 *
 * Source: "Parsing C command-line arguments" of the Microsoft C runtime.
 */

/** UTF-16 units of the whole line, without its terminator. */
export function windowsCommandLineLength(file: string, args: readonly string[], isVerbatim: boolean): number {
  let length = quoteForWindows(file).length;
  for (const arg of args) length += 1 + (isVerbatim ? arg : quoteForWindows(arg)).length;
  return length;
}

/** The argument as it stands in the line. Backslashes count only before a quote, where each of them is doubled. */
export function quoteForWindows(arg: string): string {
  if (arg !== '' && !/[\s"]/.test(arg)) return arg;
  let quoted = '"';
  let backslashes = 0;
  for (const character of arg) {
    if (character === '"') quoted += '\\'.repeat(backslashes + 1);
    backslashes = character === '\\' ? backslashes + 1 : 0;
    quoted += character;
  }
  return `${quoted}${'\\'.repeat(backslashes)}"`;
}
