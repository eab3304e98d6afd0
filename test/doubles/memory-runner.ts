/** A runner on a {@link MemoryBackend}, and what a test may look at. */
import { readDefaults } from '../../src/core/invocation.js';
import type { RunObserver } from '../../src/core/observer.js';
import type { RunOptions } from '../../src/core/run-options.js';
import type { HostEnvironment } from '../../src/policy/env-policy.js';
import { RUN_LIMITS } from '../../src/policy/limits.js';
import { Gate } from '../../src/runner/gate.js';
import { readGateLimits, type GateOptions } from '../../src/runner/gate-limits.js';
import { createObservers } from '../../src/runner/observers.js';
import { ProcessRunner } from '../../src/runner/process-runner.js';
import { ShellLocator } from '../../src/runner/shells/shell-locator.js';
import { SystemShells } from '../../src/runner/shells/shells.js';
import { MemoryBackend } from './memory-backend.js';

export interface MemoryScene {
  readonly runner: ProcessRunner;
  readonly backend: MemoryBackend;
  /** Runs that count as live. */
  readonly liveRuns: () => number;
}

const noFiles = { filesFor: () => [], isExecutable: () => false, now: () => 0 };

export function createMemoryScene(
  options: {
    defaults?: RunOptions;
    host?: HostEnvironment;
    gate?: GateOptions;
    observers?: readonly RunObserver[];
  } = {},
): MemoryScene {
  const backend = new MemoryBackend();
  const gate = new Gate(readGateLimits(options.gate ?? {}), (crowded) => {
    backend.setCrowded(crowded);
  });
  let live = 0;
  let ids = 0;
  const shells = new SystemShells(new ShellLocator(noFiles), false, undefined);
  const context = {
    selected: { backend, file: '/addon.node', fallbackReason: undefined },
    defaultContainment: backend.capabilities().defaultContainment,
    host: options.host ?? { variables: {}, isCopy: false, ignoresCase: false },
    live: {
      enter: () => {
        live += 1;
      },
      leave: () => {
        live -= 1;
      },
      decidesOnSignals: () => true,
    },
    observers: createObservers(options.observers),
    gate,
    clock: backend.clock,
    shells,
    root: undefined,
    lengthLimits: () => undefined,
    effectiveUid: () => 1,
    wallMs: backend.clock.wallMs,
    nextId: () => {
      ids += 1;
      return `exec-${String(ids)}`;
    },
  };
  const runner = new ProcessRunner(() => context, readDefaults(options.defaults, RUN_LIMITS), gate, shells);
  return { runner, backend, liveRuns: () => live };
}
