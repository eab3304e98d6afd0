/**
 * PowerShell: `pwsh`, else the one that Windows comes with. Single quotes keep everything; typographic ones count as quotes too.
 */
import type { QuotedArg, ShellProvider } from './shell-provider.js';

/** The quotation marks that PowerShell takes for a single quote (its tokenizer, `IsSingleQuote`). */
const SINGLE_QUOTES = /['\u2018\u2019\u201a\u201b]/g;
/** What PowerShell takes for a plain word as an argument: no operator, no variable, no number that it would rewrite. */
const INERT = /^[A-Za-z_./\\][\w./\\:-]*$/;

/** The one of Windows, absolute so that no folder of `PATH` decides. */
function windowsPowerShell(systemRoot: string): string {
  return `${systemRoot}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`;
}

export function powershell(systemRoot: string | undefined): ShellProvider {
  return {
    name: 'powershell',
    candidates: systemRoot === undefined ? ['pwsh'] : ['pwsh.exe', windowsPowerShell(systemRoot)],
    flags: ['-NoProfile', '-NonInteractive', '-Command'],
    maxLineLength: undefined,
    isVerbatim: false,
    argsFor: (line, flags) => [...flags, line],
    quote: quotePowerShell,
  };
}

/** `it's` becomes `'it''s'`. */
export function quotePowerShell(arg: string, file: string): QuotedArg {
  if (INERT.test(arg)) return { text: arg };
  // Windows PowerShell joins the arguments of a program with quotes around and none of those within escaped.
  const losesQuotes = /powershell(\.exe)?$/i.test(file) && arg.includes('"');
  if (losesQuotes)
    return { problem: 'has a double quote, which Windows PowerShell loses on the way to a program: use pwsh' };
  return { text: `'${arg.replace(SINGLE_QUOTES, '$&$&')}'` };
}
