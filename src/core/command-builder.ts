/**
 * Puts a {@link Command} together, step by step. A builder goes on being useful after `build()`: what has been built does not change.
 */
import type { Command } from './command.js';
import type { OutputTarget } from './launch-spec.js';
import type { ResourceLimits } from './resource-limits.js';
import type { CommandSpec, EnvMode, StdinOption } from './run-options.js';
import { isFileText, Issues } from './validate.js';

/** What becomes of the output of a command. */
export interface OutputChoice {
  readonly stdout?: OutputTarget | undefined;
  readonly stderr?: OutputTarget | undefined;
  readonly maxOutputBytes?: number | undefined;
}

type Draft = { -readonly [Name in keyof CommandSpec]: CommandSpec[Name] };

/** Made by {@link Command.create}. Everything but the file is checked by {@link CommandBuilder.build}, all of it at once. */
export class CommandBuilder {
  readonly #build: (spec: CommandSpec) => Command;
  readonly #draft: Draft;
  readonly #args: string[] = [];
  readonly #env = new Map<string, string | undefined | null>();
  readonly #secrets = new Map<string, string>();

  /** @internal */
  constructor(file: string, build: (spec: CommandSpec) => Command) {
    this.#build = build;
    this.#draft = { file: checkedFile(file) };
  }

  /** Replaces the file. @throws {@link CommandValidationError} as {@link Command.create} does. */
  withExecutable(file: string): this {
    this.#draft.file = checkedFile(file);
    return this;
  }

  /** Appends arguments. */
  withArguments(...args: readonly string[]): this {
    for (const arg of args) this.#args.push(arg);
    return this;
  }

  /** Sets a variable, or removes it from what is inherited with `undefined` or `null`. The last word on a name counts. */
  withEnvironment(name: string, value: string | undefined | null): this {
    this.#env.set(name, value);
    return this;
  }

  /** What the variables are put on top of; see {@link CommandOptions.envMode}. */
  withEnvironmentMode(mode: EnvMode): this {
    this.#draft.envMode = mode;
    return this;
  }

  /** Sets a variable whose value is secret. */
  withSecret(name: string, value: string): this {
    this.#secrets.set(name, value);
    return this;
  }

  /** Where the command runs; see {@link CommandOptions.cwd}. */
  withWorkingDirectory(cwd: string): this {
    this.#draft.cwd = cwd;
    return this;
  }

  /** `timeoutMs`: milliseconds. */
  withTimeout(timeoutMs: number): this {
    this.#draft.timeoutMs = timeoutMs;
    return this;
  }

  /** Where standard input comes from; see {@link CommandOptions.stdin}. */
  withStdin(stdin: StdinOption): this {
    this.#draft.stdin = stdin;
    return this;
  }

  /** Text or bytes for standard input. */
  withInput(input: string | Uint8Array): this {
    this.#draft.input = input;
    return this;
  }

  /** What becomes of both streams. Replaces what was said before, properties that are not given included. */
  withOutput({ stdout, stderr, maxOutputBytes }: OutputChoice): this {
    Object.assign(this.#draft, { stdout, stderr, maxOutputBytes });
    return this;
  }

  /** Adds limits; the last word on each counts. */
  withResourceLimits(limits: ResourceLimits): this {
    this.#draft.limits = { ...this.#draft.limits, ...limits };
    return this;
  }

  /** `shell`: see `CommandOptions.shell`. @defaultValue the default shell of the system */
  withShell(shell: boolean | string = true, options: { readonly strict?: boolean } = {}): this {
    this.#draft.shell = shell;
    this.#draft.strictShell = options.strict;
    return this;
  }

  /** @throws {@link CommandValidationError} with code `VALIDATION_FAILED`, naming everything that is wrong. */
  build(): Command {
    return this.#build({
      ...this.#draft,
      args: this.#args,
      env: Object.fromEntries(this.#env),
      secrets: Object.fromEntries(this.#secrets),
    });
  }
}

function checkedFile(file: unknown): string {
  const issues = new Issues('');
  if (isFileText(file, 'file', issues)) return file;
  issues.throwIfAny();
  return '';
}
