/**
 * A command as a value: what to run, complete, checked, frozen, and the same whoever made it.
 *
 * It says nothing about a run (when to stop it, what to do with its leftovers): that is what options are for.
 */
import { readCommandFields, type CommandFields } from './command-fields.js';
import { CommandBuilder } from './command-builder.js';
import { commandDocument, commandKey, specOfDocument, type CommandDocument } from './command-json.js';
import { summarizeCommand, type SummaryLimits } from './command-summary.js';
import { checkCommandText } from './command-text.js';
import type { ResourceLimits } from './resource-limits.js';
import type { CommandSpec, EnvMode, EnvVariables, StdinOption } from './run-options.js';
import type { OutputTarget } from './launch-spec.js';
import { Issues } from './validate.js';

/** A frozen {@link CommandSpec}, accepted wherever one is. Properties that were not given are `undefined`. */
export class Command implements CommandFields {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string | undefined;
  readonly env: EnvVariables | undefined;
  readonly envMode: EnvMode | undefined;
  readonly envInclude: readonly string[] | undefined;
  readonly envExclude: readonly string[] | undefined;
  readonly input: string | Uint8Array | undefined;
  readonly stdin: StdinOption | undefined;
  readonly stdout: OutputTarget | undefined;
  readonly stderr: OutputTarget | undefined;
  readonly maxOutputBytes: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly limits: ResourceLimits | undefined;
  readonly shell: boolean | string | undefined;
  readonly strictShell: boolean | undefined;
  readonly secrets: Readonly<Record<string, string>> | undefined;
  #key: string | undefined;

  private constructor(fields: CommandFields) {
    this.file = fields.file;
    this.args = fields.args ?? [];
    this.cwd = fields.cwd;
    this.env = fields.env;
    this.envMode = fields.envMode;
    this.envInclude = fields.envInclude;
    this.envExclude = fields.envExclude;
    this.input = fields.input;
    this.stdin = fields.stdin;
    this.stdout = fields.stdout;
    this.stderr = fields.stderr;
    this.maxOutputBytes = fields.maxOutputBytes;
    this.timeoutMs = fields.timeoutMs;
    this.limits = fields.limits;
    this.shell = fields.shell;
    this.strictShell = fields.strictShell;
    this.secrets = fields.secrets;
    Object.freeze(this);
  }

  /**
   * Begins a command.
   *
   * @throws {@link CommandValidationError} with code `VALIDATION_FAILED` for a file that is no text or blank.
   */
  static create(file: string): CommandBuilder {
    return new CommandBuilder(file, (spec) => Command.from(spec));
  }

  /**
   * The command that `spec` describes.
   *
   * @throws `TypeError` if there is no command at all.
   * @throws {@link CommandValidationError} with code `VALIDATION_FAILED`, naming every property that is wrong.
   */
  static from(spec: CommandSpec): Command {
    const given: unknown = spec;
    if (given === undefined || given === null) throw new TypeError('a command is required');
    return Command.#read((issues) => {
      if (typeof given === 'object') return given;
      issues.add('command', 'must be an object');
      return {};
    });
  }

  /**
   * The command that {@link Command.toJSON} wrote, as data or as text. `timeoutMs` may also be written `hh:mm:ss`.
   *
   * @param secrets - The values of the command's secrets, which JSON does not have.
   * @throws {@link CommandValidationError} with code `VALIDATION_FAILED`, also for a secret that is not given.
   */
  static fromJSON(json: unknown, secrets?: Readonly<Record<string, string>>): Command {
    return Command.#read((issues) => specOfDocument(json, secrets, issues));
  }

  /** Everything that makes this command differ from others, but the values of its secrets. The same for the same variables in any order. */
  get key(): string {
    return (this.#key ??= commandKey(this));
  }

  /** Whether both are the same command, secrets included. */
  equals(other: Command): boolean {
    return this === other || (this.key === other.key && hasSameSecrets(this, other));
  }

  /** The command as plain data, without the values of its secrets. */
  toJSON(): CommandDocument {
    return commandDocument(this);
  }

  /** One line for people; see {@link summarizeCommand}. */
  summary(limits?: SummaryLimits): string {
    return summarizeCommand(this, limits);
  }

  toString(): string {
    return this.summary();
  }

  /** What `console.log` prints: never the value of a secret. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Command(${this.summary()})`;
  }

  static #read(specOf: (issues: Issues) => object): Command {
    const issues = new Issues('');
    let current = 'command';
    let fields: CommandFields;
    try {
      fields = readCommandFields(specOf(issues), issues, (property) => (current = property));
      checkCommandText(fields, issues);
    } catch (error) {
      issues.add(current, 'cannot be read');
      issues.throwIfAny(error);
      throw error;
    }
    issues.throwIfAny();
    return new Command(fields);
  }
}

function hasSameSecrets({ secrets: ours }: Command, { secrets: theirs }: Command): boolean {
  const names = Object.keys(ours ?? {});
  return names.every((name) => ours?.[name] === theirs?.[name]);
}
