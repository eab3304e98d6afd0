/**
 * One run on this event loop: feeds its {@link Lifecycle} with what happens and performs the actions it decides on.
 *
 * What is started, a process or a thread, is the business of its {@link StartLeader}. It decides nothing about stopping itself. Deadlines are those of the event loop; the spawn happens in a microtask after
 * `launch`, so that a stop asked for in the same turn starts nothing.
 */
import type {
  Flow,
  LaunchFailure,
  LaunchListener,
  LaunchSnapshot,
  LaunchSpec,
  OutputRead,
  OutputSegments,
  SettledFacts,
  StreamName,
} from '../backend.js';
import type { ExitStatus, StopCause } from '../../core/outcome.js';
import type { RingContents } from '../../core/byte-ring.js';
import { FactPost } from './fact-post.js';
import type { Leader, LeaderOwner, StartLeader } from './leader.js';
import type { Action, TimerKind } from './lifecycle-action.js';
import { Lifecycle } from './lifecycle.js';
import { LoopTimer } from '../loop-timer.js';
import { MemberWatch } from './member-watch.js';
import { OutputStream } from './output-stream.js';
import { NOT_CAPTURED, NOTHING_TO_CLEAN, planOf, unwatched } from './run-facts.js';
import { RunReceipt } from './run-receipt.js';
import { SegmentLog } from './segment-log.js';
import type { LaunchContext } from './spawn-plan.js';
import { StdinFeed } from './stdin-feed.js';

/** Hears when a run has let go of its processes. */
export interface RunOwner {
  containerReleased(run: FallbackRun): void;
}

export class FallbackRun implements LeaderOwner {
  readonly #spec: LaunchSpec;
  readonly #context: LaunchContext;
  readonly #owner: RunOwner;
  readonly #start: StartLeader;
  readonly #post: FactPost;
  readonly #lifecycle: Lifecycle;
  readonly #stdin: StdinFeed;
  readonly #streams = new Map<StreamName, OutputStream>();
  readonly #segments = new SegmentLog();
  readonly #timers = new Map<TimerKind, LoopTimer<TimerKind>>();
  #startedAt = performance.now();
  #startedAtMs = Date.now();
  #settledAt: number | undefined;
  #leader: Leader | undefined;
  #members: MemberWatch | undefined;
  #failure: LaunchFailure | null = null;
  #status: ExitStatus | null = null;
  #outputFact: NodeJS.Immediate | undefined;
  #ref = true;

  constructor(spec: LaunchSpec, context: LaunchContext, listener: LaunchListener, owner: RunOwner, start: StartLeader) {
    this.#spec = spec;
    this.#context = context;
    this.#owner = owner;
    this.#start = start;
    this.#post = new FactPost(listener);
    this.#stdin = new StdinFeed(spec.stdin, this);
    for (const name of ['stdout', 'stderr'] as const) {
      if (spec[name] === 'capture') this.#streams.set(name, new OutputStream(name, spec, this));
    }
    this.#lifecycle = new Lifecycle(planOf(spec), this.#streams.size);
  }

  /** Starts in a microtask, unless it has been stopped by then. */
  begin(): void {
    queueMicrotask(this.#begin);
  }

  /** Settles without a spawn, because of what the backend itself found. */
  refuse(failure: LaunchFailure): void {
    this.#lifecycle.spawnBegan();
    this.leaderFailed(failure);
  }

  stop(cause: StopCause, graceMs: number): void {
    this.#perform(this.#lifecycle.stopRequested(cause, graceMs, performance.now()));
  }

  /** Kills whatever this run still holds, without waiting. What its policy lets go is let go. */
  stopForHostExit(): void {
    this.stop('host-exit', 0);
    const isLeft = this.#lifecycle.container === 'kept' && this.#spec.stragglers === 'leave';
    if (!isLeft && this.#members?.hasKilled === false) this.#members.signal('hard', performance.now());
  }

  /** `true` while processes of this run are seen to be alive, or the system does not say. */
  isOccupied(): boolean {
    return this.#members?.isOccupied() === true;
  }

  writeStdin(chunk: Uint8Array): number {
    return this.#stdin.write(chunk);
  }

  closeStdin(): void {
    this.#stdin.end();
  }

  watch(name: StreamName, flow: Flow): void {
    this.#streams.get(name)?.watch(flow);
  }

  readOutput(name: StreamName, cursor: number, into: Uint8Array): OutputRead {
    return this.#streams.get(name)?.read(cursor, into) ?? { count: 0, next: 0, dropped: 0, end: true };
  }

  acknowledge(name: StreamName, cursor: number): void {
    this.#streams.get(name)?.acknowledge(cursor);
  }

  readSegments(from: number): OutputSegments {
    return this.#segments.read(from);
  }

  contentsOf(name: StreamName): RingContents | undefined {
    return this.#streams.get(name)?.contents();
  }

  snapshot(): LaunchSnapshot {
    return {
      state: this.#lifecycle.phase,
      pid: this.#leader?.pid,
      elapsedMs: (this.#settledAt ?? performance.now()) - this.#startedAt,
      stdoutEnd: this.#streams.get('stdout')?.end ?? 0,
      stderrEnd: this.#streams.get('stderr')?.end ?? 0,
    };
  }

  setRef(ref: boolean): void {
    this.#ref = ref;
    this.#applyRef();
  }

  /** Nobody hears of this run any more; if it has not settled it is killed. Kept processes stay in custody. */
  release(): void {
    this.#post.close();
    if (this.#lifecycle.phase !== 'settled') this.stop('cancelled', 0);
  }

  timerDue(kind: TimerKind): void {
    const isPaused = [...this.#streams.values()].some((stream) => stream.isPaused);
    this.#perform(this.#lifecycle.timerFired(kind, performance.now(), isPaused));
  }

  bytesArrived(stream: OutputStream, offset: number, length: number): void {
    this.#lifecycle.activity(performance.now());
    this.#segments.append(stream.name, offset, length, Date.now());
    const limit = this.#spec.outputLimitBytes;
    if (limit > 0 && stream.end > limit && this.#lifecycle.phase === 'running') {
      this.stop('output-limit', this.#spec.graceMs);
    }
    this.#outputChanged(stream);
  }

  streamEnded(stream: OutputStream): void {
    this.#outputChanged(stream);
    this.#perform(this.#lifecycle.streamEnded());
  }

  stdinWritable(): void {
    this.#post.send((to) => to.stdinWritable());
  }

  containerEmpty(now: number): void {
    this.#perform(this.#lifecycle.containerEmpty(now));
  }

  containerOccupied(now: number): void {
    this.#perform(this.#lifecycle.containerOccupied(now));
  }

  readonly #begin = (): void => {
    if (this.#lifecycle.phase !== 'queued') return;
    this.#lifecycle.spawnBegan();
    this.#startedAt = performance.now(); // before the call, which returns when the command may have run for a while
    this.#startedAtMs = Date.now();
    const leader = this.#start(this.#spec, this.#context, this);
    if (leader !== undefined) this.#adopt(leader);
  };

  #adopt(leader: Leader): void {
    this.#leader = leader;
    this.#members = new MemberWatch(leader.container, new RunReceipt(this.#startedAt), this, this.#ref);
    if (leader.stdin !== null) this.#stdin.attach(leader.stdin);
    if (leader.stdout !== null) this.#streams.get('stdout')?.attach(leader.stdout);
    if (leader.stderr !== null) this.#streams.get('stderr')?.attach(leader.stderr);
    if (!this.#ref) this.#applyRef();
    this.#perform(this.#lifecycle.spawnOk(this.#startedAt));
  }

  leaderFailed(failure: LaunchFailure): void {
    if (this.#lifecycle.phase !== 'spawning') return;
    this.#failure = failure;
    this.#perform(this.#lifecycle.spawnFailed());
  }

  leaderExited(status: ExitStatus): void {
    this.#status = status;
    this.#members?.leaderExited(performance.now());
    this.#perform(this.#lifecycle.leaderHasExited());
  }

  #perform(actions: readonly Action[]): void {
    for (const action of actions) this.#performOne(action);
  }

  #performOne(action: Action): void {
    switch (action.kind) {
      case 'arm-timer':
        this.#timer(action.timer).arm(action.at);
        break;
      case 'cancel-timer':
        this.#timers.get(action.timer)?.cancel();
        break;
      case 'signal-soft':
      case 'signal-hard':
        this.#members?.signal(action.kind === 'signal-soft' ? 'soft' : 'hard', performance.now());
        break;
      case 'probe-container':
      case 'reap-leader':
        // Node has reaped the leader already. Both come last in their lists, so the answer may come from inside the look.
        this.#members?.look();
        break;
      case 'close-stdin':
        this.#stdin.close();
        break;
      case 'release-flow':
        for (const stream of this.#streams.values()) stream.releaseFlow();
        break;
      case 'close-readers':
        for (const stream of this.#streams.values()) stream.close();
        break;
      case 'release-container':
        this.#members?.stop();
        this.#owner.containerReleased(this);
        break;
      case 'emit-started':
        this.#post.send((to) => to.started(this.#leader?.pid ?? 0));
        break;
      case 'emit-settled':
        this.#tellSettled();
        break;
      case 'emit-cleaned-up':
        this.#tellCleanedUp();
        break;
    }
  }

  #timer(kind: TimerKind): LoopTimer<TimerKind> {
    let timer = this.#timers.get(kind);
    if (timer === undefined) {
      timer = new LoopTimer<TimerKind>(this, kind, this.#keepsLoopAlive());
      this.#timers.set(kind, timer);
    }
    return timer;
  }

  #keepsLoopAlive(): boolean {
    return this.#ref && this.#settledAt === undefined;
  }

  #applyRef(): void {
    const ref = this.#keepsLoopAlive();
    for (const timer of this.#timers.values()) timer.setRef(ref);
    for (const stream of this.#streams.values()) stream.setRef(ref);
    this.#stdin.setRef(ref);
    this.#members?.setRef(ref);
    if (ref) this.#leader?.ref();
    else this.#leader?.unref();
  }

  #outputChanged(stream: OutputStream): void {
    if (stream.isWatched) this.#outputFact ??= setImmediate(this.#tellOutput);
  }

  readonly #tellOutput = (): void => {
    this.#outputFact = undefined;
    const { stdoutEnd, stderrEnd } = this.snapshot();
    this.#post.send((to) => to.output(stdoutEnd, stderrEnd));
  };

  #tellSettled(): void {
    const now = performance.now();
    this.#settledAt = now;
    this.#stdin.close();
    for (const stream of this.#streams.values()) stream.seal();
    if (this.#outputFact !== undefined) {
      clearImmediate(this.#outputFact);
      this.#tellOutput();
    }
    const facts = this.#facts(now);
    this.#members?.slowDown();
    this.#applyRef();
    this.#post.send((to) => to.settled(facts));
  }

  #tellCleanedUp(): void {
    const cleanup = this.#members?.writeReceipt(this.#lifecycle.container, performance.now());
    if (cleanup !== undefined) this.#post.send((to) => to.cleanedUp(cleanup));
  }

  #facts(now: number): SettledFacts {
    const { cause, forced, spawned, container } = this.#lifecycle;
    return {
      ending: !spawned ? 'not-started' : this.#status === null ? 'lost' : 'ended',
      status: this.#status,
      stop: cause === null ? null : { cause, manner: forced ? 'forced' : 'graceful' },
      failure: this.#failure,
      pid: this.#leader?.pid,
      resolvedFile: this.#leader?.resolvedFile ?? '',
      startedAtMs: this.#startedAtMs,
      durationMs: spawned ? now - this.#startedAt : 0,
      stdout: this.#streams.get('stdout')?.facts() ?? NOT_CAPTURED,
      stderr: this.#streams.get('stderr')?.facts() ?? NOT_CAPTURED,
      cleanup: this.#members?.writeReceipt(container, now) ?? NOTHING_TO_CLEAN,
      ...unwatched(this.#spec),
    };
  }
}
