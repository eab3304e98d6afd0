/**
 * The shells of this system behind one interface: which there are, and what to launch for a line.
 *
 * A shell changes what is launched and nothing else: the launch has the deadlines, output, directory, environment and containment
 * that it would have without one.
 */
import { CommandValidationError, type ValidationIssue } from '../../core/errors.js';
import { shellChoiceOf, type ShellName } from '../../core/shell-choice.js';
import { cmd } from './cmd-shell.js';
import { bash, sh } from './posix-shell.js';
import { powershell } from './powershell.js';
import type { ShellLocator } from './shell-locator.js';
import type { ShellProvider } from './shell-provider.js';

/** What a shell is asked to run. */
export interface ShellLine {
  /** A line of the shell, as it is. */
  readonly file: string;
  /** Quoted by the rules of the shell and put after the line. */
  readonly args?: readonly string[] | undefined;
}

/** What to launch so that a shell runs a line. */
export interface ShellCommand {
  readonly shell: ShellName;
  readonly file: string;
  readonly args: readonly string[];
  /** `true`: on Windows the arguments are joined by blanks as they are. */
  readonly isVerbatim: boolean;
  /** The line with its arguments. */
  readonly line: string;
  /** Longest line that the shell takes, in UTF-16 units; `undefined`: as long as an argument may be. */
  readonly maxLineLength: number | undefined;
}

/** The shells that commands can be run in. */
export interface Shells {
  /** What `shell: true` means. */
  readonly defaultShell: ShellName;
  /** Whether the shell is there; found out by looking for its file, within a second, and remembered. */
  isAvailable(shell: string): boolean;
  /**
   * What to launch for a line. `preferred` is as the option `shell`.
   *
   * @throws {@link CommandValidationError} with code `VALIDATION_FAILED` for a shell that is not known, and for each argument that
   *   the shell cannot be given safely.
   */
  getShellCommand(command: string | ShellLine, preferred?: boolean | string): ShellCommand;
}

export class SystemShells implements Shells {
  readonly defaultShell: ShellName;
  readonly #locator: ShellLocator;
  readonly #providers: Readonly<Record<ShellName, ShellProvider>>;

  /** `systemRoot`: the folder of Windows; `undefined` on other systems. */
  constructor(locator: ShellLocator, isWindows: boolean, systemRoot: string | undefined) {
    this.#locator = locator;
    this.defaultShell = isWindows ? 'cmd' : 'sh';
    this.#providers = { sh, bash, cmd: cmd(systemRoot), powershell: powershell(systemRoot) };
  }

  isAvailable(shell: string): boolean {
    const choice = shellChoiceOf(shell);
    if (choice === undefined) return false;
    const candidates = choice.file === undefined ? this.#providers[choice.name].candidates : [choice.file];
    return candidates.some((candidate) => this.#locator.has(candidate));
  }

  getShellCommand(command: string | ShellLine, preferred: boolean | string = true): ShellCommand {
    const choice = shellChoiceOf(typeof preferred === 'string' ? preferred : this.defaultShell);
    if (choice === undefined) throw refusal([{ property: 'shell', message: 'is not a shell that is known' }]);
    const { file: start, args = [] } = typeof command === 'string' ? { file: command } : command;
    const provider = this.#providers[choice.name];
    const file = choice.file ?? this.#locator.best(provider.candidates);
    const line = [start, ...quoteAll(args, provider, file)].join(' ');
    const { flags } = choice;
    return {
      // Where bash is missing, sh runs the line, and is named.
      shell: shellChoiceOf(file)?.name ?? choice.name,
      file,
      args: provider.argsFor(line, flags.length === 0 ? provider.flags : flags),
      isVerbatim: provider.isVerbatim,
      line,
      maxLineLength: provider.maxLineLength,
    };
  }
}

function quoteAll(args: readonly string[], provider: ShellProvider, file: string): readonly string[] {
  const issues: ValidationIssue[] = [];
  const words = args.map((arg, index) => {
    const quoted = provider.quote(arg, file);
    if ('text' in quoted) return quoted.text;
    issues.push({ property: `args[${index}]`, message: quoted.problem });
    return '';
  });
  if (issues.length > 0) throw refusal(issues);
  return words;
}

function refusal(issues: readonly ValidationIssue[]): CommandValidationError {
  return new CommandValidationError(issues);
}
