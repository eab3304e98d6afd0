/**
 * Commands in containers: the client of docker or podman is the command of a local runner, and the container is ended and confirmed
 * gone whatever ended the client.
 *
 * A client that is killed leaves its container running. So whenever the client did not end by itself the container is removed by its
 * name, and then looked for: only an engine that does not know it any more confirms the cleanup.
 */
import { randomUUID } from 'node:crypto';
import type { Invocation } from '../core/invocation.js';
import type { Outcome } from '../core/outcome.js';
import type { CommandSpec } from '../core/run-options.js';
import type { RunResult } from '../core/run-result.js';
import type { Runner } from '../runner/runner.js';
import { translatedRunner, type FarEnd, type Translation } from '../targets/translated-runner.js';
import { dockerArguments, variablesOf } from './docker-arguments.js';
import { clientError } from './docker-errors.js';
import { checkDockerOptions, type DockerOptions } from './docker-options.js';
import { LaunchFiles } from './launch-files.js';

export type { DockerOptions } from './docker-options.js';

type AnyResult = RunResult<string | Uint8Array>;

const REMOVAL_MS = 10_000;

/**
 * A runner whose commands run in containers, one for each, which is removed afterwards. `local` runs the client: its deadlines, output and
 * cleanup hold. A command has the variables of the image and those it is given, never the host's.
 *
 * @throws `CommandValidationError` with code `VALIDATION_FAILED`, naming every option that is wrong.
 */
export function dockerRunner(local: Runner, options: DockerOptions): Runner {
  checkDockerOptions(options);
  const engine = new Engine(local, options);
  return translatedRunner(local, (invocation) => engine.translate(invocation));
}

class Engine {
  readonly #local: Runner;
  readonly #options: DockerOptions;
  readonly #file: string;

  constructor(local: Runner, options: DockerOptions) {
    this.#local = local;
    this.#options = options;
    this.#file = options.engine ?? 'docker';
  }

  translate(invocation: Readonly<Invocation>): Translation {
    const name = `custody-${randomUUID()}`;
    const variables = variablesOf(invocation);
    const files = new LaunchFiles(variables.lines);
    try {
      const launch = { name, cidFile: files.cid, environmentFile: files.environment, variables };
      const args = dockerArguments(invocation, this.#options, launch);
      return {
        command: this.#client(args, { ...variables.byName, ...secretsOf(invocation) }),
        finish: (result) => this.#finish(result, name, files),
        release: () => {
          files.remove();
        },
      };
    } catch (error) {
      files.remove();
      throw error;
    }
  }

  /** What goes through the client's environment is given as secrets, so that it is redacted wherever it is shown. */
  #client(args: readonly string[], secrets: Readonly<Record<string, string>> = {}): CommandSpec {
    return { file: this.#file, args, env: this.#options.clientEnv, secrets };
  }

  async #finish(result: AnyResult, name: string, files: LaunchFiles): Promise<FarEnd> {
    const isMade = files.containerId() !== undefined;
    const error = clientError(result, isMade);
    const outcome: Outcome | undefined = error === undefined ? undefined : { kind: 'not-started', error };
    // A client that ended by itself has waited for its container and had it removed.
    if (
      result.outcome.kind === 'not-started' ||
      (result.outcome.kind === 'exited' && !(isMade && error !== undefined))
    ) {
      return { outcome };
    }
    const isGone = await this.#isRemoved(name);
    const cleanup = isGone ? 'confirmed' : 'unconfirmed';
    return isGone
      ? { outcome, cleanup }
      : { outcome, cleanup, warnings: [`the container ${name} may still be running`] };
  }

  /** Kills and removes the container, and asks whether it is gone. */
  async #isRemoved(name: string): Promise<boolean> {
    const options = { timeoutMs: this.#options.removalMs ?? REMOVAL_MS, graceMs: 0, nested: true } as const;
    await this.#local.run(this.#client(['rm', '--force', '--volumes', name]), options);
    const left = await this.#local.run(this.#client(['ps', '--all', '--quiet', '--filter', `name=^${name}$`]), options);
    return left.success && left.stdout.trim() === '';
  }
}

function secretsOf({ secretLayers }: Readonly<Invocation>): Readonly<Record<string, string>> {
  return Object.fromEntries(secretLayers.flatMap(({ set }) => set));
}
