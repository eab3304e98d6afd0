/**
 * The hint for those who write shell into an argument list: `|`, `>`, `$HOME`, `*.txt` and `cd` mean nothing to a program that
 * is run without a shell.
 */
import { toolName, type EvidenceView } from './evidence-view.js';

const SHELLS: ReadonlySet<string> = new Set([
  'sh',
  'bash',
  'dash',
  'zsh',
  'ksh',
  'fish',
  'cmd',
  'powershell',
  'pwsh',
  'busybox',
]);
/** Programs to which `;`, `!`, `<` or `|` is an argument like any other. */
const TAKES_OPERATORS: ReadonlySet<string> = new Set([
  'find',
  'test',
  '[',
  'expr',
  'printf',
  'echo',
  'xargs',
  'jq',
  'awk',
  'sed',
  'perl',
]);
const OPERATORS: ReadonlySet<string> = new Set([
  '|',
  '||',
  '&&',
  ';',
  '&',
  '>',
  '>>',
  '<',
  '<<',
  '2>',
  '2>&1',
  '&>',
  '1>&2',
]);
const BUILTINS: ReadonlySet<string> = new Set([
  ...[
    'cd',
    'export',
    'source',
    '.',
    'alias',
    'unset',
    'ulimit',
    'umask',
    'set',
    'eval',
    'exec',
    'trap',
    'type',
    'history',
  ],
  ...['dir', 'copy', 'del', 'md', 'rd', 'move', 'ren', 'start', 'call', 'mklink', 'cls'],
]);
const VARIABLE = /\$[A-Za-z_]|\$\{|\$\(|`|%[A-Za-z_]{1,64}%/;
const GLOB = /[*?]|\[[^\]]{1,64}\]/;

/** What to say about the command, `undefined` if it asks nothing of a shell. */
export function shellFeatureHint({ evidence, stderr }: EvidenceView, subcode: string): string | undefined {
  const { file = '', args = [] } = evidence;
  const tool = toolName(file);
  if (SHELLS.has(tool)) return undefined;
  if (subcode === 'executable_not_found') {
    return BUILTINS.has(tool) ? advice(`'${tool}' is a command of the shell itself`) : undefined;
  }
  const operator = TAKES_OPERATORS.has(tool) ? undefined : args.find((arg) => OPERATORS.has(arg));
  if (operator !== undefined) return advice(`the argument '${operator}' is an operator of the shell`);
  // A variable or a pattern is often meant for the program itself; one that it looked for by that name was not.
  const missed = args.find(
    (arg) => (VARIABLE.test(arg) || GLOB.test(arg)) && stderr.serious.some((line) => isMissed(line, arg)),
  );
  return missed === undefined ? undefined : advice(`the argument '${missed}' was looked for as it stands`);
}

function isMissed(line: string, arg: string): boolean {
  return line.includes(arg) && /no such file|not found|cannot find|does not exist|no matches|\bENOENT\b/i.test(line);
}

function advice(finding: string): string {
  return `No shell reads this command, and ${finding}: expand it beforehand, or run it through a shell on purpose.`;
}
