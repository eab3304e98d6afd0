/**
 * Puts a runner together from the real world: backend, environment of the host, clock. The one file of this room that reads
 * `process.env` and `process.platform`.
 */
import type { NativeMode } from '../backend/backend-selector.js';
import { workerThreads } from '../backend/lazy-builtins.js';
import { BuiltinBackend } from '../backend/builtins/builtin-backend.js';
import { readBuiltins } from '../backend/builtins/read-builtins.js';
import type { BuiltinModules } from '../backend/builtins/start-builtin.js';
import { closeBackendsSync, selectBackend } from '../backend/select.js';
import { CommandValidationError } from '../core/errors.js';
import { readDefaults } from '../core/invocation.js';
import type { LengthLimits } from '../core/length-budget.js';
import type { RunObserver } from '../core/observer.js';
import type { RunOptions } from '../core/run-options.js';
import { Issues, isText } from '../core/validate.js';
import type { HostEnvironment } from '../policy/env-policy.js';
import { HOST_EXIT_BUDGET_MS, RUN_LIMITS } from '../policy/limits.js';
import { PRESETS, type Preset, type PresetOptions } from '../policy/presets.js';
import { Gate } from './gate.js';
import { readGateLimits, type GateOptions } from './gate-limits.js';
import { HostSignals } from './host-signals.js';
import { createObservers } from './observers.js';
import { ParameterFiles, type ParameterFileFunction } from './parameter-file.js';
import { Root } from './root.js';
import { locatorHost } from './shells/locator-host.js';
import { ShellLocator } from './shells/shell-locator.js';
import { SystemShells, type Shells } from './shells/shells.js';
import { lengthLimitsOf } from './system-limits.js';
import { ProcessRunner } from './process-runner.js';
import type { RunContext } from './run-context.js';
import { createRunIds } from './run-id.js';
import type { CustodyRunner } from './runner.js';
import { systemClock } from './system-clock.js';

/** Options of {@link createRunner}. */
export interface RunnerOptions extends GateOptions {
  /**
   * Which backend serves. `auto`: native, else the fallback; `require`: native or an error; `off`: the fallback.
   *
   * @defaultValue what the environment variable `CUSTODY_NATIVE` says, else `'auto'`
   */
  readonly native?: NativeMode | undefined;
  /**
   * What to start from. `agent`, for commands that somebody else chose: a minimal environment with `CI=true`, 512 MiB of
   * memory, LF as line end, and what looks like a secret is redacted. `compat`: as `node:child_process` does it. `defaults` win over it.
   *
   * @defaultValue `'default'`
   */
  readonly preset?: Preset | undefined;
  /** Options for every run of this runner; those of a call win, and variables of `env` are put on top of each other. */
  readonly defaults?: RunOptions | undefined;
  /** Hear about every run of this runner, those of its scopes included; see {@link RunObserver}. */
  readonly observers?: readonly RunObserver[] | undefined;
  /**
   * A directory that working directories must be in: a command without one runs there, a relative one is below it, and one that is
   * really elsewhere is refused unless the call says `allowOutsideRoot`.
   *
   * @defaultValue what the environment variable `CUSTODY_ROOT` says, else none
   */
  readonly root?: string | undefined;
  /**
   * Modules that are run in a thread of this process, by the names under which they are called as commands; each is a `file:` URL
   * or an absolute path, and exports a {@link BuiltinHandler} named `run`. Everything that holds for a command holds for them, in a
   * weaker boundary: `result.backend` and `result.cleanup.mechanism` are `'worker'`, and `result.containment` is `'none'`.
   */
  readonly builtins?: Readonly<Record<string, URL | string>> | undefined;
  /** The shells to use for commands with the option `shell`. @defaultValue those of the system */
  readonly shells?: Shells | undefined;
}

const NATIVE_MODES: readonly NativeMode[] = ['auto', 'require', 'off'];

const nextId = createRunIds();

const live = new HostSignals(() => {
  closeBackendsSync(HOST_EXIT_BUDGET_MS);
  parameterFiles.removeAllSync();
});

const parameterFiles = new ParameterFiles(live);

/** See {@link ParameterFileFunction}. */
export const withParameterFile: ParameterFileFunction = parameterFiles.use;

const isWindows = process.platform === 'win32';

let isWorker: boolean | undefined;

/** The environment of the host. A worker has a copy of it, which the operating system's own does not follow. */
const host: HostEnvironment = {
  get variables() {
    return process.env;
  },
  get isCopy() {
    return (isWorker ??= !workerThreads().isMainThread);
  },
  ignoresCase: isWindows,
};

const systemShells = new SystemShells(
  new ShellLocator(locatorHost(host, isWindows)),
  isWindows,
  isWindows ? (process.env['SystemRoot'] ?? 'C:\\Windows') : undefined,
);

/**
 * A runner with defaults and a backend of one's choice. Nothing is loaded before it is used.
 *
 * @throws {@link CommandValidationError} with code `VALIDATION_FAILED` for options that are not valid.
 */
export function createRunner(options: RunnerOptions = {}): CustodyRunner {
  const { native, preset = 'default', defaults, shells = systemShells } = options;
  if (native !== undefined) checkMode(native, 'native');
  const base = optionsOf(preset);
  const limits = readGateLimits({ ...options, maxConcurrent: options.maxConcurrent ?? base.maxConcurrent });
  const gate = new Gate(limits, (crowded) => context?.selected.backend.setCrowded?.(crowded));
  const observers = createObservers(options.observers);
  const builtins = readBuiltins(options.builtins);
  const root = options.root === undefined ? undefined : rootAt(options.root, 'root');
  let context: RunContext | undefined;
  return new ProcessRunner(
    () => (context ??= createContext(native, builtins, { gate, observers, shells, root: root ?? rootOfHost() })),
    readDefaults(defaults, RUN_LIMITS, readDefaults(base.defaults, RUN_LIMITS)),
    gate,
    shells,
  );
}

function createContext(
  native: NativeMode | undefined,
  builtins: BuiltinModules | undefined,
  own: Pick<RunContext, 'gate' | 'observers' | 'shells' | 'root'>,
): RunContext {
  const chosen = selectBackend(native ?? modeOfHost());
  const selected =
    builtins === undefined ? chosen : { ...chosen, backend: new BuiltinBackend(chosen.backend, builtins) };
  const { defaultContainment } = selected.backend.capabilities();
  const lengthLimits = (): LengthLimits | undefined => lengthLimitsOf(process.platform);
  return {
    selected,
    defaultContainment,
    host,
    live,
    clock: systemClock,
    lengthLimits,
    effectiveUid: process.geteuid,
    wallMs: Date.now,
    nextId,
    ...own,
  };
}

function optionsOf(preset: Preset): PresetOptions {
  if (Object.hasOwn(PRESETS, preset)) return PRESETS[preset];
  const message = `must be ${Object.keys(PRESETS)
    .map((name) => `'${name}'`)
    .join(', ')}`;
  throw new CommandValidationError([{ property: 'preset', message }]);
}

function rootOfHost(): Root | undefined {
  const path = process.env['CUSTODY_ROOT'];
  return path === undefined || path === '' ? undefined : rootAt(path, 'CUSTODY_ROOT');
}

function rootAt(path: unknown, property: string): Root {
  const issues = new Issues('');
  if (isText(path, property, issues)) return new Root(path, property, isWindows ? 'win32' : 'posix');
  issues.throwIfAny();
  throw new CommandValidationError([{ property, message: 'is not valid' }]);
}

function modeOfHost(): NativeMode {
  const value = process.env['CUSTODY_NATIVE'];
  return value === undefined || value === '' ? 'auto' : checkMode(value, 'CUSTODY_NATIVE');
}

function checkMode(value: string, property: string): NativeMode {
  const mode = NATIVE_MODES.find((known) => known === value);
  if (mode === undefined)
    throw new CommandValidationError([{ property, message: "must be 'auto', 'require' or 'off'" }]);
  return mode;
}
