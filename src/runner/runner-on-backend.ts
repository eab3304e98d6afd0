import type { Backend } from '../backend/backend.js';
import { readDefaults } from '../core/invocation.js';
import { RUN_LIMITS } from '../policy/limits.js';
import type { RunnerOptions } from './create-runner.js';
import { Gate } from './gate.js';
import { readGateLimits } from './gate-limits.js';
import { createObservers } from './observers.js';
import { ProcessRunner } from './process-runner.js';
import type { RunContext } from './run-context.js';
import { createRunIds } from './run-id.js';
import { ShellLocator } from './shells/shell-locator.js';
import { SystemShells } from './shells/shells.js';
import { systemClock } from './system-clock.js';

/** Where nothing runs no shell is looked for. */
const NO_FILES = { filesFor: () => [], isExecutable: () => false, now: () => 0 };

/**
 * A runner on a backend that starts no processes: nothing has to be ended with the host, and there is no host environment.
 *
 * @throws {@link CommandValidationError} with code `VALIDATION_FAILED` for defaults that are not valid.
 */
export function runnerOnBackend(backend: Backend, options: Omit<RunnerOptions, 'native'>): ProcessRunner {
  const gate = new Gate(readGateLimits(options));
  const shells = options.shells ?? new SystemShells(new ShellLocator(NO_FILES), false, undefined);
  const context: RunContext = {
    selected: { backend, file: undefined, fallbackReason: undefined },
    defaultContainment: backend.capabilities().defaultContainment,
    host: { variables: {}, isCopy: false, ignoresCase: false },
    live: { enter: () => undefined, leave: () => undefined, decidesOnSignals: () => false },
    gate,
    shells,
    root: undefined,
    lengthLimits: () => undefined,
    // Nothing runs, so nothing runs as root.
    effectiveUid: () => 1,
    clock: systemClock,
    wallMs: Date.now,
    nextId: createRunIds(),
    observers: createObservers(options.observers),
  };
  return new ProcessRunner(() => context, readDefaults(options.defaults, RUN_LIMITS), gate, shells);
}
