/**
 * A list of expected commands, and what has become of it: which were used, and what came that nobody expected.
 */
import type { LaunchSpec } from '../core/launch-spec.js';
import type { ScriptedCommand } from './scripted-command.js';

/** What was called and what was expected do not agree: the code under test is wrong, or its script. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError';
}

interface Expectation {
  readonly command: ScriptedCommand;
  left: number;
}

export class Script {
  readonly #expectations: readonly Expectation[];
  readonly #unexpected: string[] = [];

  /** @throws `TypeError` for an expectation without a file or with more than one ending. */
  constructor(commands: readonly ScriptedCommand[]) {
    this.#expectations = commands.map((command, index) => {
      checkCommand(command, index);
      return { command, left: command.times ?? 1 };
    });
  }

  /**
   * The first unused expectation that fits, which is used by this.
   *
   * @throws {@link ScriptError} if there is none.
   */
  take(spec: LaunchSpec): ScriptedCommand {
    const found = this.#expectations.find(({ command, left }) => left > 0 && fits(command, spec));
    if (found === undefined) {
      const call = describeCall(spec.file, spec.args);
      this.#unexpected.push(call);
      throw new ScriptError(`unexpected command: ${call}${this.#describeUnused()}`);
    }
    found.left -= 1;
    return found.command;
  }

  /** @throws {@link ScriptError} naming every call that was not expected and every expectation that was not used. */
  verify(): void {
    const problems = this.#unexpected.map((call) => `unexpected command: ${call}`);
    problems.push(...this.#unused().map((call) => `not called: ${call}`));
    if (problems.length > 0) throw new ScriptError(problems.join('\n'));
  }

  #unused(): string[] {
    return this.#expectations
      .filter(({ command, left }) => left > 0 && command.times !== Infinity)
      .map(({ command: { file, args }, left }) => {
        const call =
          typeof args === 'function' ? `${file} (arguments by predicate)` : describeCall(file, args ?? ['...']);
        return left === 1 ? call : `${call} (${left} times)`;
      });
  }

  #describeUnused(): string {
    const unused = this.#unused();
    return unused.length === 0 ? '; the script is used up' : `; still expected: ${unused.join(', ')}`;
  }
}

const ENDINGS = ['exitCode', 'signal', 'stopped', 'notStarted', 'waits'] as const;

function checkCommand(command: ScriptedCommand, index: number): void {
  if (typeof command.file !== 'string' || command.file === '') throw new TypeError(`command ${index} needs a file`);
  const endings = ENDINGS.filter((name) => command[name] !== undefined);
  if (endings.length > 1)
    throw new TypeError(`command ${index} can end in one way only, not by ${endings.join(' and ')}`);
}

function fits(command: ScriptedCommand, { file, args, cwd }: LaunchSpec): boolean {
  if (command.file !== file || (command.cwd !== undefined && command.cwd !== cwd)) return false;
  const expected = command.args;
  if (expected === undefined) return true;
  if (typeof expected === 'function') return expected(args);
  return expected.length === args.length && expected.every((argument, index) => argument === args[index]);
}

function describeCall(file: string, args: readonly string[]): string {
  return [file, ...args].map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}
