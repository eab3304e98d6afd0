/**
 * Files of variables for `--env-file`, in the form that dotenv made usual.
 *
 * One `NAME=value` on a line, `export ` before it is allowed. Blank lines and lines that begin with `#` are skipped. A value without
 * quotes ends at ` #` or at the end of the line and is trimmed. In single quotes everything stands for itself; in double quotes
 * `\\n`, `\\r`, `\\t`, `\\"` and `\\\\` are understood; both may go over several lines. Nothing is expanded: a `$` is a `$`.
 */

/** The variables of a file in its order, or its first line that is none of these. */
export type EnvFile =
  | { readonly variables: readonly (readonly [name: string, value: string])[] }
  | { readonly line: number; readonly problem: string };

const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=[ \t]*/;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** Reads the text of a file of variables. Linear in its length. */
export function parseEnvFile(text: string): EnvFile {
  const variables: (readonly [string, string])[] = [];
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (/^\s*(#|$)/.test(line)) continue;
    const found = ASSIGNMENT.exec(line);
    if (found === null) return { line: at + 1, problem: 'is not NAME=value' };
    const rest = line.slice(found[0].length);
    const quote = rest.charAt(0);
    if (quote !== '"' && quote !== "'") {
      variables.push([found[1] ?? '', rest.replace(/(^|\s)#.*$/, '').trim()]);
      continue;
    }
    const quoted = readQuoted(lines, at, rest);
    if ('problem' in quoted) return { line: at + 1, problem: quoted.problem };
    variables.push([found[1] ?? '', quoted.value]);
    at = quoted.lastLine;
  }
  return { variables };
}

type Quoted = { readonly value: string; readonly lastLine: number } | { readonly problem: string };

/** From an opening quote, with which `first` begins, to the closing one, which may be lines below. */
function readQuoted(lines: readonly string[], start: number, first: string): Quoted {
  const quote = first.charAt(0);
  const parts: string[] = [];
  for (let at = start; at < lines.length; at += 1) {
    const text = at === start ? first.slice(1) : (lines[at] ?? '');
    const end = closingQuote(text, quote);
    if (end === -1) {
      parts.push(text);
      continue;
    }
    if (!/^\s*(#.*)?$/.test(text.slice(end + 1))) return { problem: 'has something behind its closing quote' };
    const value = [...parts, text.slice(0, end)].join('\n');
    return { value: quote === '"' ? unescaped(value) : value, lastLine: at };
  }
  return { problem: `has an opening ${quote} that is never closed` };
}

function closingQuote(text: string, quote: string): number {
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\' && quote === '"') at += 1;
    else if (text[at] === quote) return at;
  }
  return -1;
}

function unescaped(text: string): string {
  return text.replace(/\\([nrt"\\])/g, (_, character: string) => ESCAPES[character] ?? character);
}
