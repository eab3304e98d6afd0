import type { Backend } from '../backend/backend.js';
import { readDefaults } from '../core/invocation.js';
import { RUN_LIMITS } from '../policy/limits.js';
import type { RunnerOptions } from './create-runner.js';
import { createObservers } from './observers.js';
import { ProcessRunner } from './process-runner.js';
import type { RunContext } from './run-context.js';
import { createRunIds } from './run-id.js';

/**
 * A runner on a backend that starts no processes: nothing has to be ended with the host, and there is no host environment.
 *
 * @throws {@link CommandValidationError} with code `VALIDATION_FAILED` for defaults that are not valid.
 */
export function runnerOnBackend(
  backend: Backend,
  { defaults, observers }: Pick<RunnerOptions, 'defaults' | 'observers'>,
): ProcessRunner {
  const context: RunContext = {
    selected: { backend, file: undefined, fallbackReason: undefined },
    defaultContainment: backend.capabilities().defaultContainment,
    host: { variables: {}, isCopy: false, ignoresCase: false },
    live: { enter: () => undefined, leave: () => undefined, decidesOnSignals: () => false },
    wallMs: Date.now,
    nextId: createRunIds(),
    observers: createObservers(observers),
  };
  return new ProcessRunner(() => context, readDefaults(defaults, RUN_LIMITS));
}
