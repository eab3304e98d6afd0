/**
 * Rules about the text of a command that tell what a caller must have meant. Arguments are inert without a shell and are never
 * changed; what is refused here is refused because nobody can have wanted it.
 */
import type { ArgvMetachars } from './run-options.js';
import type { Issues } from './validate.js';

/** What of a command decides how its text is to be read. */
export interface CommandText {
  readonly file: string;
  readonly args?: readonly string[] | undefined;
  /** `undefined` and `false`: no shell. */
  readonly shell: unknown;
  readonly strictShell: boolean | undefined;
  readonly argvMetachars?: ArgvMetachars;
}

/** What a shell acts on in a word that is not quoted, `cmd.exe` and PowerShell included. */
const METACHARACTERS = /[|&;<>()$`"'*?[\]{}#~!%^\\\r\n]/;
/** Up one folder, with the separators of either system. */
const TRAVERSAL = /(^|[\\/])\.\.([\\/]|$)/;

/** Arguments that a warning names. */
const PLACES_IN_WARNING = 5;

const COMMAND_LINE_MESSAGE =
  'looks like a command line: pass the arguments as an array, take it apart with parseCommandLine(), or set shell';

/** Notes what is wrong with file and arguments, once it is known whether a shell reads them. */
export function checkCommandText(text: CommandText, issues: Issues): void {
  const { file, shell, strictShell, argvMetachars } = text;
  if (shell !== undefined && shell !== false) {
    if (strictShell === true) refuseArgs(text, strictShellProblem, issues);
    return;
  }
  if (argvMetachars !== 'off' && isCommandLine(file)) issues.add('file', COMMAND_LINE_MESSAGE);
  if (argvMetachars === 'reject') refuseArgs(text, metacharProblem, issues);
}

/** Paths may hold anything. A bare name with a blank or an operator is a command line that wants to be taken apart. */
function isCommandLine(file: string): boolean {
  return !file.includes('/') && /[\s|&;<>]/.test(file) && !file.includes('\\');
}

function refuseArgs({ args = [] }: CommandText, problemOf: (arg: string) => string | undefined, issues: Issues): void {
  for (const [index, arg] of args.entries()) {
    const problem = problemOf(arg);
    if (problem !== undefined) issues.add(`args[${index}]`, problem);
  }
}

/** What `argvMetachars: 'warn'` says of the arguments, by their places alone: values may be secrets. */
export function metacharWarnings({ shell, args = [] }: CommandText): readonly string[] {
  if (shell !== undefined && shell !== false) return [];
  const places = args.flatMap((arg, index) => (METACHARACTERS.test(arg) ? [`args[${index}]`] : []));
  if (places.length === 0) return [];
  const more = places.length > PLACES_IN_WARNING ? ` and ${places.length - PLACES_IN_WARNING} more` : '';
  const named = places.slice(0, PLACES_IN_WARNING).join(', ') + more;
  return [`a shell would act on characters of ${named}; there is none, and they arrive as they are`];
}

function strictShellProblem(arg: string): string | undefined {
  if (METACHARACTERS.test(arg)) return 'has a character that means something to a shell, which strictShell refuses';
  return TRAVERSAL.test(arg) ? "goes up by '..', which strictShell refuses" : undefined;
}

function metacharProblem(arg: string): string | undefined {
  return METACHARACTERS.test(arg)
    ? "has a character that means something to a shell, which argvMetachars 'reject' refuses"
    : undefined;
}
