/**
 * The teardown receipt: what was done to end the processes of a run, and whether they are known to be gone.
 *
 * A status is never stronger than what was verified: a signal that was sent is a step, not a confirmation.
 */
import type { StragglerPolicy } from './launch-spec.js';

/**
 * - `confirmed`: nothing of the run is alive, escapees included.
 * - `confirmed-group-only`: the leader is reaped and its process group is empty; a process that left the group was not watched for. Of a
 *   built-in (mechanism `worker`): its thread has ended; a process that it started was not watched for.
 * - `unconfirmed`: something may be alive; see `survivors`.
 * - `kept`: the straggler policy `report` or `leave` let the named processes live.
 * - `not-needed`: no process was created.
 */
export type CleanupStatus = 'confirmed' | 'confirmed-group-only' | 'unconfirmed' | 'kept' | 'not-needed';

/** What held the processes of the run. `worker`: there was none but the host, in which a built-in ran in a thread of its own. */
export type CleanupMechanism =
  'job' | 'shim' | 'shim+cgroup' | 'namespace' | 'sweep' | 'group' | 'child-only' | 'worker' | 'none';

/** One signal that was sent. `atMs`: milliseconds since the leader started. */
export interface StopStep {
  readonly signal: string;
  readonly scope: 'leader' | 'group' | 'tree';
  readonly atMs: number;
}

/** A process, as it was named when it was seen. A pid is information only, never an authority to signal. */
export interface ProcessName {
  readonly pid: number;
  readonly name: string;
}

/** A process of the run that was still alive when cleanup ended. */
export interface Survivor extends ProcessName {
  /** Kernel state letter on Linux (`R`, `S`, `D`, `T`, ...), or `?`. */
  readonly state: string;
  readonly why: 'permission' | 'uninterruptible' | 'frozen' | 'deadline' | 'unknown';
}

/** The teardown receipt of a run. */
export interface Cleanup {
  readonly status: CleanupStatus;
  readonly mechanism: CleanupMechanism;
  readonly leaderReaped: boolean;
  readonly steps: readonly StopStep[];
  /** Stragglers that were ended after the leader was gone. */
  readonly killed: readonly ProcessName[];
  readonly survivors: readonly Survivor[];
  /** Milliseconds from the leader's exit, or from the first stop step if that came first, to the end of cleanup. */
  readonly elapsedMs: number;
}

/** Whether nothing will be added to this receipt. Stragglers that were let go are nobody's concern any more. */
export function isFinalCleanup(cleanup: Cleanup, stragglers: StragglerPolicy): boolean {
  // Nothing holds the processes together, so nothing more will be learned of them.
  if (cleanup.mechanism === 'child-only') return true;
  switch (cleanup.status) {
    case 'confirmed':
    case 'confirmed-group-only':
    case 'not-needed':
      return true;
    case 'kept':
      return stragglers === 'leave';
    case 'unconfirmed':
      return false;
  }
}
