/** The parts of a run's facts that are the same for every run, and the durations its lifecycle needs. */
import type { Cleanup } from '../../core/cleanup.js';
import { namesOf } from '../../core/resource-limits.js';
import type { LaunchFailure, LaunchSpec, SettledFacts, StreamFacts, Usage } from '../backend.js';
import type { LifecyclePlan } from './lifecycle-action.js';

/** Node reports no resource usage of a child. */
export const UNKNOWN_USAGE: Usage = Object.freeze({
  userMs: null,
  systemMs: null,
  peakRssBytes: null,
  processes: null,
  scope: 'leader',
});

/** The counts of a stream that was not captured. */
export const NOT_CAPTURED: StreamFacts = Object.freeze({ totalBytes: 0, keptBytes: 0, heldBy: [], complete: true });

/** The receipt of a launch that created no process. */
export const NOTHING_TO_CLEAN: Cleanup = Object.freeze({
  status: 'not-needed',
  mechanism: 'none',
  leaderReaped: false,
  steps: [],
  killed: [],
  survivors: [],
  elapsedMs: 0,
});

/** The facts of a launch that came to nothing. */
export function notStarted(failure: LaunchFailure, spec: LaunchSpec): SettledFacts {
  return {
    ending: 'not-started',
    status: null,
    stop: null,
    failure,
    pid: undefined,
    resolvedFile: '',
    startedAtMs: Date.now(),
    durationMs: 0,
    stdout: NOT_CAPTURED,
    stderr: NOT_CAPTURED,
    usage: UNKNOWN_USAGE,
    cleanup: NOTHING_TO_CLEAN,
    ...unlimited(spec),
  };
}

/** Nothing here holds a limit. */
export function unlimited(spec: LaunchSpec): Pick<SettledFacts, 'breach' | 'unenforcedLimits'> {
  return { breach: null, unenforcedLimits: namesOf(spec.limits) };
}

export function planOf(spec: LaunchSpec): LifecyclePlan {
  return {
    timeoutMs: spec.timeoutMs,
    idleMs: spec.idleTimeoutMs,
    graceMs: spec.graceMs,
    drainMs: spec.drainMs,
    stragglerGraceMs: spec.stragglerGraceMs,
    cleanupBudgetMs: spec.cleanupBudgetMs,
    stragglers: spec.stragglers,
  };
}
