/**
 * Decides why and when a run stops and when it is settled: the twin of `native/core/lifecycle.*`, in milliseconds.
 *
 * Pure: no clock reads, no calls to the system. The caller feeds facts with the time they were seen and performs the
 * returned actions in order. Both twins are held to `test/conformance/lifecycle-vectors.json`.
 */
import type { RunState, StopCause } from '../../core/outcome.js';
import type { Action, ContainerFate, LifecyclePlan, Step, TimerKind } from './lifecycle-action.js';

export class Lifecycle {
  readonly #plan: LifecyclePlan;
  #openStreams: number;
  #phase: RunState = 'queued';
  #step: Step = 'none';
  #cause: StopCause | null = null;
  #container: ContainerFate = 'unknown';
  readonly #armed = new Set<TimerKind>();
  #spawned = false;
  #leaderExited = false;
  #forced = false;
  #hardSent = false;
  /** A stop came while draining: open streams are not waited for. */
  #hurried = false;
  #pendingGraceMs = 0;
  #deadline = 0;
  #lastActivity = 0;
  #suspendedAt: number | null = null;

  /** `openStreams`: how many output streams will report an end. */
  constructor(plan: LifecyclePlan, openStreams: number) {
    this.#plan = plan;
    this.#openStreams = openStreams;
  }

  get phase(): RunState {
    return this.#phase;
  }

  /** `null` unless a stop was asked for while the leader lived, or before it started. */
  get cause(): StopCause | null {
    return this.#cause;
  }

  /** `true` when the leader had to be killed; `false` when it ended by itself or within its grace period. */
  get forced(): boolean {
    return this.#forced;
  }

  get spawned(): boolean {
    return this.#spawned;
  }

  get container(): ContainerFate {
    return this.#container;
  }

  spawnBegan(): Action[] {
    if (this.#phase === 'queued') this.#phase = 'spawning';
    return [];
  }

  spawnOk(now: number): Action[] {
    const out: Action[] = [{ kind: 'emit-started' }];
    this.#phase = 'running';
    this.#spawned = true;
    this.#lastActivity = now;
    this.#deadline = now + this.#plan.timeoutMs;
    if (this.#cause !== null) {
      this.#beginStopping(out, this.#cause, this.#pendingGraceMs, now);
      return out;
    }
    this.#arm(out, 'deadline', this.#deadline);
    if (this.#plan.idleMs > 0) this.#arm(out, 'idle', now + this.#plan.idleMs);
    return out;
  }

  /** Started without custody, as asked: nothing is left to decide. */
  spawnDetached(): Action[] {
    const out: Action[] = [{ kind: 'emit-started' }];
    this.#phase = 'settled';
    this.#container = 'detached';
    this.#spawned = true;
    this.#cutStreams(out);
    out.push({ kind: 'emit-settled' });
    return out;
  }

  spawnFailed(): Action[] {
    this.#phase = 'settled';
    return [{ kind: 'release-container' }, { kind: 'emit-settled' }];
  }

  streamEnded(): Action[] {
    const out: Action[] = [];
    if (this.#openStreams > 0) this.#openStreams -= 1;
    if (this.#phase !== 'settled') this.#settleIfDone(out);
    return out;
  }

  leaderHasExited(): Action[] {
    if (this.#leaderExited) return [];
    this.#leaderExited = true;
    // An unconfirmed run whose leader died after all, or a detached one.
    if (this.#phase === 'settled') return [{ kind: 'reap-leader' }];
    const out: Action[] = [{ kind: 'close-stdin' }];
    this.#cancel(out, 'deadline');
    this.#cancel(out, 'idle');
    this.#suspendedAt = null;
    if (this.#phase === 'stopping' && !this.#hardSent) {
      // The rest of the container still has the grace period.
      out.push({ kind: 'probe-container' });
      return out;
    }
    this.#forced = this.#hardSent;
    this.#phase = 'draining';
    out.push({ kind: 'reap-leader' });
    return out;
  }

  containerEmpty(now: number): Action[] {
    const out: Action[] = [];
    if (this.#phase === 'settled') {
      if (this.#container === 'detached') out.push({ kind: 'release-container' }); // it was only waited for
      if (this.#container !== 'unconfirmed' && !this.#keepsCustody) return out;
      this.#container = 'empty';
      this.#cancel(out, 'step');
      out.push({ kind: 'release-container' }, { kind: 'emit-cleaned-up' });
      return out;
    }
    if (!this.#leaderExited || this.#container === 'empty') return out;
    this.#cancel(out, 'step');
    this.#step = 'none';
    if (this.#phase === 'stopping') {
      // Seen empty while the leader is unreaped; reaping looks once more, and that answer counts.
      this.#phase = 'draining';
      out.push({ kind: 'reap-leader' });
      return out;
    }
    this.#container = 'empty';
    this.#armDrainIfOpen(out, now);
    this.#settleIfDone(out);
    return out;
  }

  containerOccupied(now: number): Action[] {
    const out: Action[] = [];
    if (this.#phase !== 'draining' || this.#container !== 'unknown' || this.#step !== 'none') return out;
    if (this.#cause !== null) {
      // A stopped run spares nobody, whatever the policy.
      this.#killContainer(out, now);
      return out;
    }
    if (this.#plan.stragglers === 'kill') {
      this.#step = 'straggler-wait';
      this.#arm(out, 'step', now + this.#plan.stragglerGraceMs);
      return out;
    }
    this.#container = 'kept';
    this.#armDrainIfOpen(out, now);
    this.#settleIfDone(out);
    return out;
  }

  /** `readingPaused`: a stream waits for its listener, who uses up neither the drain limit nor the idle limit. */
  timerFired(timer: TimerKind, now: number, readingPaused = false): Action[] {
    const out: Action[] = [];
    if (!this.#armed.delete(timer)) return out;
    switch (timer) {
      case 'deadline':
        this.#beginStopping(out, 'timeout', this.#plan.graceMs, now);
        break;
      case 'idle':
        if (readingPaused) this.#lastActivity = now; // it is the listener who is slow, not the command
        if (this.#lastActivity + this.#plan.idleMs <= now) this.#beginStopping(out, 'idle', this.#plan.graceMs, now);
        else this.#arm(out, 'idle', this.#lastActivity + this.#plan.idleMs);
        break;
      case 'step':
        this.#stepElapsed(out, now);
        break;
      case 'drain':
        if (readingPaused) {
          this.#arm(out, 'drain', now + Math.max(this.#plan.drainMs, 1));
        } else {
          this.#cutStreams(out);
          this.#settleIfDone(out);
        }
        break;
    }
    return out;
  }

  /** `graceMs` 0 kills at once. A second request may only harden the plan. */
  stopRequested(cause: StopCause, graceMs: number, now: number): Action[] {
    const out: Action[] = [];
    switch (this.#phase) {
      case 'queued':
        this.#cause = cause;
        return this.spawnFailed();
      case 'spawning':
        this.#pendingGraceMs = this.#cause === null ? graceMs : Math.min(this.#pendingGraceMs, graceMs);
        this.#cause ??= cause;
        break;
      case 'running':
        this.#beginStopping(out, cause, graceMs, now);
        break;
      case 'stopping':
        if (graceMs === 0 && !this.#hardSent) this.#killContainer(out, now);
        break;
      case 'draining':
        this.#stopDraining(out, now);
        break;
      case 'settled':
        if (this.#keepsCustody && this.#step !== 'cleanup') this.#killContainer(out, now);
        break;
    }
    return out;
  }

  suspended(now: number): Action[] {
    const out: Action[] = [];
    if (this.#phase !== 'running' || this.#suspendedAt !== null) return out;
    this.#suspendedAt = now;
    this.#cancel(out, 'deadline');
    this.#cancel(out, 'idle');
    return out;
  }

  resumed(now: number): Action[] {
    const out: Action[] = [];
    if (this.#suspendedAt === null) return out;
    const stoodStill = now - this.#suspendedAt;
    this.#suspendedAt = null;
    if (this.#phase !== 'running') return out;
    this.#deadline += stoodStill;
    this.#lastActivity += stoodStill;
    this.#arm(out, 'deadline', this.#deadline);
    if (this.#plan.idleMs > 0) this.#arm(out, 'idle', this.#lastActivity + this.#plan.idleMs);
    return out;
  }

  /** Output arrived: the idle limit starts anew. */
  activity(now: number): void {
    this.#lastActivity = now;
  }

  /** Members were left alive by policy and are still ours to end. */
  get #keepsCustody(): boolean {
    return this.#container === 'kept' && this.#plan.stragglers === 'report';
  }

  #arm(out: Action[], timer: TimerKind, at: number): void {
    this.#armed.add(timer);
    out.push({ kind: 'arm-timer', timer, at });
  }

  #cancel(out: Action[], timer: TimerKind): void {
    if (this.#armed.delete(timer)) out.push({ kind: 'cancel-timer', timer });
  }

  #beginStopping(out: Action[], cause: StopCause, graceMs: number, now: number): void {
    this.#cause = cause;
    this.#phase = 'stopping';
    this.#cancel(out, 'deadline');
    this.#cancel(out, 'idle');
    out.push({ kind: 'release-flow' });
    if (graceMs > 0) {
      this.#step = 'grace';
      out.push({ kind: 'signal-soft' });
      this.#arm(out, 'step', now + graceMs);
    } else this.#killContainer(out, now);
  }

  #killContainer(out: Action[], now: number): void {
    this.#step = 'cleanup';
    this.#hardSent = true;
    out.push({ kind: 'signal-hard' });
    this.#arm(out, 'step', now + this.#plan.cleanupBudgetMs);
    if (this.#phase === 'stopping' && this.#leaderExited) {
      this.#phase = 'draining';
      out.push({ kind: 'reap-leader' });
    }
  }

  /** The leader is gone, so the outcome stands; what is left to do is to wait for nobody any more. */
  #stopDraining(out: Action[], now: number): void {
    this.#hurried = true;
    out.push({ kind: 'release-flow' });
    if (this.#keepsCustody) {
      this.#container = 'unknown';
      this.#cancel(out, 'drain');
    }
    if (this.#container !== 'unknown') {
      this.#cutStreams(out);
      this.#settleIfDone(out);
    } else if (this.#step !== 'cleanup') this.#killContainer(out, now);
  }

  #armDrainIfOpen(out: Action[], now: number): void {
    if (this.#hurried) this.#cutStreams(out);
    else if (this.#openStreams > 0 && !this.#armed.has('drain')) this.#arm(out, 'drain', now + this.#plan.drainMs);
  }

  #cutStreams(out: Action[]): void {
    if (this.#openStreams === 0) return;
    this.#openStreams = 0;
    out.push({ kind: 'close-readers' });
  }

  #stepElapsed(out: Action[], now: number): void {
    switch (this.#step) {
      case 'grace':
      case 'straggler-grace':
        this.#killContainer(out, now);
        break;
      case 'none':
        break;
      case 'straggler-wait':
        this.#step = 'straggler-grace';
        out.push({ kind: 'signal-soft' });
        this.#arm(out, 'step', now + this.#plan.stragglerGraceMs);
        break;
      case 'cleanup':
        this.#giveUpOnContainer(out);
        break;
    }
  }

  #giveUpOnContainer(out: Action[]): void {
    this.#container = 'unconfirmed';
    if (this.#phase === 'settled') {
      // What a policy had kept would not die either.
      out.push({ kind: 'emit-cleaned-up' });
      return;
    }
    if (!this.#leaderExited) this.#forced = true;
    this.#cancel(out, 'drain');
    this.#cutStreams(out);
    this.#phase = 'settled';
    out.push({ kind: 'emit-settled' });
  }

  #settleIfDone(out: Action[]): void {
    if (this.#phase !== 'draining' || this.#openStreams > 0 || this.#container === 'unknown') return;
    this.#cancel(out, 'step');
    this.#cancel(out, 'drain');
    this.#phase = 'settled';
    if (!this.#keepsCustody) out.push({ kind: 'release-container' });
    out.push({ kind: 'emit-settled' });
  }
}
