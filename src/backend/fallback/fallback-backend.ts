/**
 * The backend that needs nothing but Node: the contract of `backend.ts` over `node:child_process`.
 *
 * It keeps the ids and decides who may start; each run looks after itself. What it promises less than the native backend is in
 * `fallback-capabilities.ts`: deadlines wait for the event loop, and nobody ends the groups when the host is killed hard.
 */
import type {
  Backend,
  BackendCapabilities,
  Flow,
  LaunchFailure,
  LaunchId,
  LaunchListener,
  LaunchSnapshot,
  LaunchSpec,
  OutputRead,
  OutputSegments,
  StreamName,
} from '../backend.js';
import type { StopCause } from '../../core/outcome.js';
import { namesOf } from '../../core/resource-limits.js';
import type { SettledFacts } from '../../core/settled-facts.js';
import { FALLBACK_CAPABILITIES } from './fallback-capabilities.js';
import { FallbackRun } from './fallback-run.js';
import { FinishedLaunch, type LaunchRemains } from './finished-launch.js';
import type { StartLeader } from './leader.js';
import { BLOCKED_POLL_MS } from './limits.js';
import { NOT_CAPTURED, NOTHING_TO_CLEAN, notStarted, unwatched } from './run-facts.js';
import { startProcess } from './start-process.js';
import { contextOf, type LaunchContext } from './spawn-plan.js';
import { findSyncWorker, SyncChannel } from './sync-channel.js';
import { spawnAndWait } from './sync-spawn.js';

/** How a backend is made. */
export interface FallbackOptions {
  /** The built worker for synchronous launches; `undefined`: there is none. */
  readonly syncWorker: URL | undefined;
  /** What starts the leaders of its runs. @defaultValue processes */
  readonly start?: StartLeader;
}

/** Makes a backend over `node:child_process`. Nothing is started or registered before the first launch. */
export function createFallbackBackend(options: FallbackOptions = { syncWorker: findSyncWorker() }): Backend {
  return new FallbackBackend(options);
}

/** Shared by all backends of this JavaScript environment, so that an id names one launch. */
let lastId: LaunchId = 0;

const ENDED_READ: OutputRead = Object.freeze({ count: 0, next: 0, dropped: 0, end: true });

/** The answer about a launch whose id is dead. */
const DEAD_SNAPSHOT: LaunchSnapshot = Object.freeze({
  state: 'settled',
  pid: undefined,
  elapsedMs: 0,
  stdoutEnd: 0,
  stderrEnd: 0,
});

export class FallbackBackend implements Backend {
  readonly kind = 'fallback';
  readonly #runs = new Map<LaunchId, FallbackRun>();
  readonly #finished = new Map<LaunchId, FinishedLaunch>();
  /** Runs that may have living processes, released or not. */
  readonly #custody = new Set<FallbackRun>();
  readonly #syncWorker: URL | undefined;
  readonly #start: StartLeader;
  #syncChannel: SyncChannel | undefined;
  #closed = false;

  constructor({ syncWorker, start = startProcess }: FallbackOptions) {
    this.#syncWorker = syncWorker;
    this.#start = start;
  }

  capabilities(): BackendCapabilities {
    return FALLBACK_CAPABILITIES;
  }

  launch(spec: LaunchSpec, listener: LaunchListener): LaunchId {
    const id = this.#nextId();
    const run = new FallbackRun(spec, contextOf(spec), listener, this, this.#start);
    this.#runs.set(id, run);
    const refusal = this.#refusalOf(spec);
    if (refusal !== undefined) {
      run.refuse(refusal);
      return id;
    }
    this.#custody.add(run);
    run.begin();
    return id;
  }

  launchSync(spec: LaunchSpec, listener: LaunchListener): LaunchId {
    const id = this.#nextId();
    const refusal = this.#refusalOf(spec);
    const remains =
      refusal === undefined
        ? this.#runSync(id, spec)
        : { facts: notStarted(refusal, spec), stdout: undefined, stderr: undefined, segments: [], missed: 0 };
    this.#finished.set(id, new FinishedLaunch(remains));
    if (remains.facts.pid !== undefined) listener.started(remains.facts.pid);
    listener.settled(remains.facts);
    return id;
  }

  stop(id: LaunchId, cause: StopCause, graceMs: number): void {
    this.#runs.get(id)?.stop(cause, graceMs);
    if (this.#finished.has(id)) this.#syncChannel?.stop(id, cause, graceMs);
  }

  writeStdin(id: LaunchId, chunk: Uint8Array): number {
    return this.#runs.get(id)?.writeStdin(chunk) ?? chunk.length;
  }

  closeStdin(id: LaunchId): void {
    this.#runs.get(id)?.closeStdin();
  }

  watch(id: LaunchId, stream: StreamName, flow: Flow): void {
    this.#runs.get(id)?.watch(stream, flow);
  }

  readOutput(id: LaunchId, stream: StreamName, cursor: number, into: Uint8Array): OutputRead {
    return (this.#runs.get(id) ?? this.#finished.get(id))?.readOutput(stream, cursor, into) ?? ENDED_READ;
  }

  acknowledge(id: LaunchId, stream: StreamName, cursor: number): void {
    this.#runs.get(id)?.acknowledge(stream, cursor);
  }

  readSegments(id: LaunchId, from: number): OutputSegments {
    const launch = this.#runs.get(id) ?? this.#finished.get(id);
    return launch?.readSegments(from) ?? { segments: [], next: from, missed: 0 };
  }

  snapshot(id: LaunchId): LaunchSnapshot {
    return (this.#runs.get(id) ?? this.#finished.get(id))?.snapshot() ?? DEAD_SNAPSHOT;
  }

  resume(): void {
    // No leader is ever suspended by a terminal here; see `terminal` of the capabilities.
  }

  setRef(id: LaunchId, ref: boolean): void {
    this.#runs.get(id)?.setRef(ref);
  }

  release(id: LaunchId): void {
    this.#runs.get(id)?.release();
    this.#runs.delete(id);
    if (this.#finished.delete(id)) this.#syncChannel?.release(id);
  }

  closeSync(budgetMs: number): void {
    const endsAt = performance.now() + budgetMs;
    this.#closed = true;
    const held = [...this.#custody];
    for (const run of held) run.stopForHostExit();
    this.#syncChannel?.close(budgetMs);
    this.#syncChannel = undefined;
    // Nothing wakes this thread when a process dies, so it looks in between.
    const pause = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    while (performance.now() < endsAt && held.some((run) => run.isOccupied()))
      Atomics.wait(pause, 0, 0, BLOCKED_POLL_MS);
  }

  containerReleased(run: FallbackRun): void {
    this.#custody.delete(run);
  }

  /** Everything a settled launch keeps; for the worker, whose host reads on in its own thread. */
  remainsOf(id: LaunchId, facts: SettledFacts): LaunchRemains {
    const run = this.#runs.get(id);
    const { segments, missed } = this.readSegments(id, 0);
    return { facts, stdout: run?.contentsOf('stdout'), stderr: run?.contentsOf('stderr'), segments, missed };
  }

  #nextId(): LaunchId {
    lastId += 1;
    return lastId;
  }

  #refusalOf(spec: LaunchSpec): LaunchFailure | undefined {
    if (this.#closed) return { operation: 'closing', errno: '', subject: 'none' };
    if (spec.containmentRequired && !FALLBACK_CAPABILITIES.containment[spec.containment].available) {
      return { operation: 'containment', errno: '', subject: 'none' };
    }
    if (spec.strictLimits && namesOf(spec.limits).length > 0) {
      return { operation: 'limits', errno: '', subject: 'none' };
    }
    return undefined;
  }

  #runSync(id: LaunchId, spec: LaunchSpec): LaunchRemains {
    const context = contextOf(spec);
    const channel = this.#openSyncChannel();
    if (channel === undefined) return spawnAndWait(spec, context);
    const remains = channel.launch(id, portable(spec, context));
    if (remains !== undefined) return remains;
    channel.close(0);
    this.#syncChannel = undefined;
    return { facts: lost(spec), stdout: undefined, stderr: undefined, segments: [], missed: 0 };
  }

  #openSyncChannel(): SyncChannel | undefined {
    if (this.#syncChannel !== undefined || this.#syncWorker === undefined) return this.#syncChannel;
    try {
      this.#syncChannel = new SyncChannel(this.#syncWorker);
    } catch {
      // Node's permission model refuses workers; `spawnSync` is what is left.
      return undefined;
    }
    return this.#syncChannel;
  }
}

/** A spec that means the same in another thread: environment and directory are the host's as they are now. */
function portable(spec: LaunchSpec, { environment, directory }: LaunchContext): LaunchSpec {
  const set = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...spec, cwd: directory, environment: { base: 'empty', set, unset: [] } };
}

/** The facts of a launch that the worker gave no answer about. */
function lost(spec: LaunchSpec): SettledFacts {
  const stream = { ...NOT_CAPTURED, complete: false };
  return {
    ending: 'lost',
    status: null,
    stop: null,
    failure: null,
    pid: undefined,
    resolvedFile: '',
    startedAtMs: Date.now(),
    durationMs: 0,
    stdout: spec.stdout === 'capture' ? stream : NOT_CAPTURED,
    stderr: spec.stderr === 'capture' ? stream : NOT_CAPTURED,
    cleanup: { ...NOTHING_TO_CLEAN, status: 'unconfirmed', mechanism: 'group' },
    ...unwatched(spec),
  };
}
