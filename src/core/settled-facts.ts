/**
 * What a backend reports of a run that has settled: raw facts, from which `run-result.ts` derives the result.
 */
import type { Cleanup, ProcessName } from './cleanup.js';
import type { ExitStatus, StopCause, StopManner } from './outcome.js';
import { NONE_UNENFORCED, type LimitBreach, type LimitName } from './resource-limits.js';

/** Why nothing was started. */
export interface LaunchFailure {
  /**
   * The call that failed: `resolve`, `chdir`, `exec`, `pipe`, `open-stdin`, `spawn`, `containment`, `limits`, `closing`; of
   * the facade: `queue`, `observe`, `launch`, `length`, `shell-length`, `eligibility`, `network`.
   */
  readonly operation: string;
  /** Errno name such as `ENOENT`, or `''` where there is none. */
  readonly errno: string;
  /** What ENOENT and EACCES are about. */
  readonly subject: 'executable' | 'cwd' | 'interpreter' | 'stdin' | 'none';
  /** The failure in words, where the facade refused. */
  readonly detail?: string | undefined;
}

/** The gate of the runner let nothing through. */
export function gateFailure(detail: string): LaunchFailure {
  return { operation: 'queue', errno: '', subject: 'none', detail };
}

/** An observer that has to hear of every run cannot. */
export function observerFailure(detail: string): LaunchFailure {
  return { operation: 'observe', errno: '', subject: 'none', detail };
}

const SHORTAGES: ReadonlySet<string> = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM']);

/** Whether nothing was started because the system was short of something that others may give back. */
export function isShortage({ failure, stop }: SettledFacts): boolean {
  return failure !== null && stop === null && SHORTAGES.has(failure.errno);
}

/** CPU time and memory, `null` where unknown. */
export interface Usage {
  readonly userMs: number | null;
  readonly systemMs: number | null;
  readonly peakRssBytes: number | null;
  readonly processes: number | null;
  readonly scope: 'leader' | 'tree';
}

/** What became of one output stream. Zero counts for a stream that was not captured. */
export interface StreamFacts {
  readonly totalBytes: number;
  readonly keptBytes: number;
  /** Processes that still held the pipe when the drain limit passed. */
  readonly heldBy: readonly ProcessName[];
  /** `false` when reading was cut off before end of stream. */
  readonly complete: boolean;
}

/** Everything a backend knows of a run that has settled. */
export interface SettledFacts {
  /** `detached`: started with containment `none`, and not waited for. */
  readonly ending: 'ended' | 'not-started' | 'lost' | 'detached';
  /** `null` unless `ending` is `ended`. */
  readonly status: ExitStatus | null;
  /** The first stop that was asked for while the leader lived (or before it started), and how it ended. */
  readonly stop: { readonly cause: StopCause; readonly manner: StopManner } | null;
  /** Set when `ending` is `not-started` and the system refused; `null` if it was stopped before the spawn. */
  readonly failure: LaunchFailure | null;
  readonly pid: number | undefined;
  /** The path that was executed, `''` if it was not found. */
  readonly resolvedFile: string;
  /** Wall-clock time of the start in milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** Monotonic milliseconds from start to settled. */
  readonly durationMs: number;
  readonly stdout: StreamFacts;
  readonly stderr: StreamFacts;
  readonly usage: Usage;
  readonly cleanup: Cleanup;
  /** The first limit that was exceeded, whether or not the run was stopped for it. */
  readonly breach: LimitBreach | null;
  /** Limits that were asked for and that nothing held. */
  readonly unenforcedLimits: readonly LimitName[];
}

/** Whether a stream may have broken off in the middle of something: others went on writing, or the command was ended. */
export function isCutOff({ ending, status, stop }: SettledFacts, stream: StreamFacts): boolean {
  return !stream.complete || ending !== 'ended' || stop !== null || status === null || !('code' in status);
}

const NOTHING_WRITTEN: StreamFacts = { totalBytes: 0, keptBytes: 0, heldBy: [], complete: true };
const NOTHING_USED: Usage = { userMs: null, systemMs: null, peakRssBytes: null, processes: null, scope: 'leader' };
const NOTHING_TO_CLEAN: Cleanup = {
  status: 'not-needed',
  mechanism: 'none',
  leaderReaped: false,
  steps: [],
  killed: [],
  survivors: [],
  elapsedMs: 0,
};

/** The facts of a run that no backend has started: it was stopped, or refused. `atMs`: milliseconds since the epoch. */
export function notLaunched(atMs: number, why: StopCause | LaunchFailure): SettledFacts {
  const isStop = typeof why === 'string';
  return {
    ending: 'not-started',
    status: null,
    stop: isStop ? { cause: why, manner: 'graceful' } : null,
    failure: isStop ? null : why,
    pid: undefined,
    resolvedFile: '',
    startedAtMs: atMs,
    durationMs: 0,
    stdout: NOTHING_WRITTEN,
    stderr: NOTHING_WRITTEN,
    usage: NOTHING_USED,
    cleanup: NOTHING_TO_CLEAN,
    breach: null,
    unenforcedLimits: NONE_UNENFORCED,
  };
}

/** The failure of a launch that threw. */
export function launchFailure(error: unknown): LaunchFailure {
  const detail = error instanceof Error ? error.message : String(error);
  return { operation: 'launch', errno: '', subject: 'none', detail };
}
