/**
 * The runner: its functions, its scopes and its end. How a call becomes a run is `launcher.ts`.
 */
import type { InvocationDefaults } from '../core/invocation.js';
import type { Gate } from './gate.js';
import { healthOf } from './health.js';
import { Launcher } from './launcher.js';
import { probeGuardian, withProbe } from './probe-capabilities.js';
import type { RunContext } from './run-context.js';
import { RunGroup, throwUnconfirmed } from './run-group.js';
import type {
  CustodyRunner,
  RunFunction,
  RunnerActivity,
  RunnerCapabilities,
  RunnerHealth,
  RunSyncFunction,
  Scope,
  StartFunction,
} from './runner.js';
import { ProcessScope } from './scope.js';
import type { Shells } from './shells/shells.js';

export class ProcessRunner implements CustodyRunner {
  readonly run: RunFunction;
  readonly start: StartFunction;
  readonly runSync: RunSyncFunction;
  readonly scope: () => Scope;
  readonly activity: () => RunnerActivity;
  readonly health: () => RunnerHealth;
  readonly capabilities: () => RunnerCapabilities;
  readonly probeCapabilities: () => Promise<RunnerCapabilities>;
  readonly shells: Shells;
  readonly #launcher: Launcher;
  readonly #scopes = new Set<ProcessScope>();
  #closing: Promise<void> | undefined;
  #probing: Promise<RunnerCapabilities> | undefined;
  #probed: RunnerCapabilities | undefined;

  /** `context` is asked for when the backend is first needed; `gate` and `shells` are those in it. */
  constructor(context: () => RunContext, defaults: InvocationDefaults, gate: Gate, shells: Shells) {
    this.shells = shells;
    const launcher = new Launcher(context, defaults, new RunGroup());
    this.#launcher = launcher;
    // Which form of output a call gets is known by its types alone; `never` lets the interface say so.
    this.run = (command: unknown, second?: unknown, third?: unknown) =>
      launcher.run(command, second, third) as Promise<never>;
    this.start = (command: unknown, second?: unknown, third?: unknown) =>
      launcher.start(command, second, third) as never;
    this.runSync = (command: unknown, second?: unknown, third?: unknown) =>
      launcher.runSync(command, second, third) as never;
    this.scope = () => this.#openScope();
    this.activity = () => gate.activity();
    this.health = () =>
      healthOf(this.capabilities(), gate.activity(), context().observers, this.#closing !== undefined);
    this.capabilities = () => this.#probed ?? capabilitiesOf(context());
    this.probeCapabilities = () => (this.#probing ??= this.#probe());
  }

  close(): Promise<void> {
    this.#closing ??= this.#close('the runner is closed');
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #probe(): Promise<RunnerCapabilities> {
    try {
      const found = this.capabilities();
      // The fallback has nothing to try.
      this.#probed =
        found.file === undefined ? { ...found, probed: true } : withProbe(found, await probeGuardian(this, found.file));
      return this.#probed;
    } catch (error) {
      this.#probing = undefined; // nothing was learned, so it may be tried again
      throw error;
    }
  }

  #openScope(): Scope {
    const scope = new ProcessScope(this.#launcher, (closed) => this.#scopes.delete(closed));
    // A scope of a closed runner is closed from the start.
    if (this.#closing === undefined) this.#scopes.add(scope);
    else void scope.dispose();
    return scope;
  }

  async #close(reason: string): Promise<void> {
    const scopes = Array.from(this.#scopes, (scope) => scope.close(reason));
    throwUnconfirmed(await Promise.allSettled([this.#launcher.group.close(reason), ...scopes]));
  }
}

function capabilitiesOf({ selected }: RunContext): RunnerCapabilities {
  const { backend, file, fallbackReason } = selected;
  return {
    ...backend.capabilities(),
    ...(file === undefined ? {} : { file }),
    ...(fallbackReason === undefined ? {} : { fallbackReason }),
    probed: false,
  };
}
