/** What a run has started, a process or a thread, as far as its run has to know. */
import type { Readable, Writable } from 'node:stream';
import type { ExitStatus } from '../../core/outcome.js';
import type { LaunchFailure, LaunchSpec } from '../backend.js';
import type { FallbackContainer } from './group-kill.js';
import type { LaunchContext } from './spawn-plan.js';

/** What goes on for one run. */
export interface Leader {
  readonly pid: number | undefined;
  readonly resolvedFile: string;
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** What holds the leader and everything it starts. */
  readonly container: FallbackContainer;
  ref(): void;
  unref(): void;
}

/** Hears of the leader it asked for. */
export interface LeaderOwner {
  /** There is none, for this reason. */
  leaderFailed(failure: LaunchFailure): void;
  /** Never before the leader was returned. */
  leaderExited(status: ExitStatus): void;
}

/** Starts a leader; `undefined`: it has told its owner why there is none, or will. */
export type StartLeader = (spec: LaunchSpec, context: LaunchContext, owner: LeaderOwner) => Leader | undefined;
