/** The parts of a run's facts that are the same for every run, and the durations its lifecycle needs. */
import type { Cleanup } from '../../core/cleanup.js';
import { namesOf } from '../../core/resource-limits.js';
import type { LaunchFailure, LaunchSpec, SettledFacts, StreamFacts, Usage } from '../backend.js';
import type { LifecyclePlan } from './lifecycle-action.js';

/** Node reports no resource usage of a child. */
const UNKNOWN_USAGE: Usage = Object.freeze({
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
    cleanup: NOTHING_TO_CLEAN,
    ...unwatched(spec),
  };
}

/** Node measures nothing of a child and holds no limit. */
export function unwatched(spec: LaunchSpec): Pick<SettledFacts, 'usage' | 'breach' | 'unenforcedLimits'> {
  return { usage: UNKNOWN_USAGE, breach: null, unenforcedLimits: namesOf(spec.limits) };
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
