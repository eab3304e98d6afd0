/**
 * The contract both backends meet: launch a command, hear facts about it, pull its output by cursor.
 *
 * A backend decides why and when a run stops; the runner above states wishes and reads results. Facts are pushed through
 * {@link LaunchListener}, always on the thread of the caller and never from inside a call to the backend; bytes are pulled.
 */
import type { Cleanup } from '../core/cleanup.js';
import type { BackendKind, Containment, LaunchSpec, StreamName } from '../core/launch-spec.js';
import type { RunState, StopCause } from '../core/outcome.js';
import type { OutputSegment } from '../core/output-slice.js';
import type { LimitName, LimitSupport } from '../core/resource-limits.js';
import type { SettledFacts } from '../core/settled-facts.js';

export type {
  BackendKind,
  Containment,
  EnvironmentDelta,
  LaunchSpec,
  OutputTarget,
  StdinSpec,
  StragglerPolicy,
  StreamName,
} from '../core/launch-spec.js';
export type { OutputSegment } from '../core/output-slice.js';
export type { LaunchFailure, SettledFacts, StreamFacts, Usage } from '../core/settled-facts.js';

/** Names a launch for as long as it is not released. Never reused within a process. */
export type LaunchId = number;

/** Who listens to a stream: nobody, a listener that may miss bytes, or one for whom the child waits at a full window. */
export type Flow = 'off' | 'drop' | 'block';

/** Hears facts about one launch. Every method may be called after `launch` has returned, never before. */
export interface LaunchListener {
  started(pid: number): void;
  /** Only for watched streams; coalesced. Arguments are the streams' ends: absolute byte positions. */
  output(stdoutEnd: number, stderrEnd: number): void;
  /** The pipe takes bytes again after `writeStdin` accepted fewer than offered. */
  stdinWritable(): void;
  /** The leader was stopped by its terminal (Ctrl+Z); deadlines stand still until `resume`. */
  suspended(): void;
  settled(facts: SettledFacts): void;
  /** After `settled`: an unconfirmed or kept cleanup reached its final form. */
  cleanedUp(cleanup: Cleanup): void;
}

/** Bytes copied from a stream. */
export interface OutputRead {
  /** Bytes copied into the buffer. */
  readonly count: number;
  /** Cursor for the next read. */
  readonly next: number;
  /** Bytes between the cursor given and the first byte copied that are no longer kept. */
  readonly dropped: number;
  /** The stream has ended and `next` is its end. */
  readonly end: boolean;
}

/** A bounded log of segments: pass `next` to the following call. `missed` segments were overwritten before being read. */
export interface OutputSegments {
  readonly segments: readonly OutputSegment[];
  readonly next: number;
  readonly missed: number;
}

export interface LaunchSnapshot {
  readonly state: RunState;
  readonly pid: number | undefined;
  readonly elapsedMs: number;
  readonly stdoutEnd: number;
  readonly stderrEnd: number;
}

/** What a containment level means here. */
export interface ContainmentLevel {
  readonly available: boolean;
  /** Why not, or what it is built on. */
  readonly detail: string;
  /** `false`: a process can leave the container, for example by `setsid`. */
  readonly escapeProof: boolean;
  /** What lives on when the host is killed hard (SIGKILL). */
  readonly hostCrash: 'nothing' | 'escaped' | 'all';
  /** For whom each resource limit holds, and by what. */
  readonly limits: Readonly<Record<LimitName, LimitSupport>>;
}

/** What a backend can do, readable before anything runs. Plain data. */
export interface BackendCapabilities {
  readonly backend: BackendKind;
  /** `engine`: deadlines hold while the event loop is blocked; `event-loop`: they do not. */
  readonly deadlines: 'engine' | 'event-loop';
  readonly containment: Readonly<Record<Containment, ContainmentLevel>>;
  /** The level used when none is asked for. */
  readonly defaultContainment: Containment;
  /** What the receipt of an ordinary run says. `unconfirmed`: nothing holds its processes together. */
  readonly cleanup: 'confirmed' | 'confirmed-group-only' | 'unconfirmed';
  /** `worker.terminate()` ends the commands of that worker. Without it they live on, because no code of the worker runs any more. */
  readonly endsWithWorker: boolean;
  /** A leader that inherits a terminal can be suspended and resumed. */
  readonly terminal: boolean;
  /** CPU times of the leader are reported. */
  readonly usage: boolean;
  /** How arrival order between stdout and stderr is known: by the reading thread, or as the event loop saw it. */
  readonly order: 'engine' | 'event-loop';
  /** Lossless `block` flow makes the child wait. */
  readonly blockFlow: boolean;
  /** A directory that does not exist and a missing executable are told apart by the launch itself. */
  readonly features: Readonly<Record<string, boolean | string>>;
}

/** Launches commands and owns what they start. One per JavaScript environment. */
export interface Backend {
  readonly kind: BackendKind;
  capabilities(): BackendCapabilities;
  /** Queues a launch and returns at once. Whatever the system refuses arrives as `settled` with ending `not-started`. */
  launch(spec: LaunchSpec, listener: LaunchListener): LaunchId;
  /**
   * Asks for a stop. Idempotent: the first cause stays; a second call may only harden the plan (`graceMs: 0` kills at once).
   * After `settled` it ends what a policy kept alive, and `cleanedUp` tells when that is done.
   */
  stop(id: LaunchId, cause: StopCause, graceMs: number): void;
  /** Bytes accepted, at most `chunk.length`; fewer: wait for `stdinWritable`. A closed or broken pipe accepts everything and drops it. */
  writeStdin(id: LaunchId, chunk: Uint8Array): number;
  /** Ends standard input once what was accepted has been written. */
  closeStdin(id: LaunchId): void;
  watch(id: LaunchId, stream: StreamName, flow: Flow): void;
  /** Copies what is kept from `cursor` on. Changes nothing, so any number of readers may look. */
  readOutput(id: LaunchId, stream: StreamName, cursor: number, into: Uint8Array): OutputRead;
  /** Tells that the listener of a stream in flow `block` has taken everything before `cursor`: the child may go on that far. */
  acknowledge(id: LaunchId, stream: StreamName, cursor: number): void;
  readSegments(id: LaunchId, from: number): OutputSegments;
  snapshot(id: LaunchId): LaunchSnapshot;
  /** Gives the terminal back to a suspended leader and lets it go on. */
  resume(id: LaunchId): void;
  /**
   * Launches and blocks the calling thread until the launch has settled and its listener has heard `settled`.
   * Output, segments and `release` work on the returned id as after {@link Backend.launch}.
   *
   * `endsOnSignal`: no handler of the host waits for SIGINT, SIGTERM or SIGHUP, so one that comes while the thread is blocked
   * ends everything that runs and then the host.
   */
  launchSync(spec: LaunchSpec, listener: LaunchListener, endsOnSignal: boolean): LaunchId;
  /** Keeps the event loop alive for this launch (the default) or not. */
  setRef(id: LaunchId, ref: boolean): void;
  /**
   * More is asked for than may run: starts then leave the processors to the event loop, which has more to do than to wait for
   * the next of them. Each runner calls it with `true`, then with `false`. A backend without it makes no difference.
   */
  setCrowded?(crowded: boolean): void;
  /** Frees the rings; the id is dead afterwards. A launch that has not settled is stopped first. */
  release(id: LaunchId): void;
  /** Stops everything with cause `host-exit`, blocking for at most `budgetMs`. The backend launches nothing afterwards. */
  closeSync(budgetMs: number): void;
}
