/**
 * One run's way through the gate: it gets a slot at once, or waits for one within a limit, and gives back whatever it holds
 * exactly once. It is part of what every run costs: no closure and no promise unless the run has to wait.
 *
 * It also decides about a second launch: where the system was short of processes, descriptors or memory, the run keeps its
 * slot, the gate admits nobody, and the launch is tried again a few times, with longer pauses each time.
 */
import type { Cleanup } from '../core/cleanup.js';
import type { Clock, Timer } from '../core/clock.js';
import type { Invocation } from '../core/invocation.js';
import { ringSizeOf } from '../core/retention.js';
import { gateFailure, type LaunchFailure } from '../core/settled-facts.js';
import { LAUNCH_RETRY_DELAYS_MS } from '../policy/limits.js';
import type { Gate } from './gate.js';
import type { QueueLinks } from './wait-queue.js';

/** Whose turn it is. */
export interface TurnOwner {
  /** There is a place: the command may be launched, or launched again. */
  turnCame(): void;
  /** There will be none: waited too long, no room in the queue, or the time budget ended first. */
  turnMissed(why: 'timeout' | LaunchFailure): void;
}

export class Turn implements QueueLinks<Turn> {
  before: Turn | undefined;
  after: Turn | undefined;
  readonly ringBytes: number;
  readonly target: string | undefined;
  /** Milliseconds spent in the queue. */
  queuedMs = 0;
  /** Launches that were tried. */
  launches = 0;
  readonly #gate: Gate;
  readonly #clock: Clock;
  readonly #owner: TurnOwner;
  #place: 'none' | 'queue' | 'slot' | 'aside' = 'none';
  #queuedAtMs = 0;
  #timer: Timer | undefined;
  #pauses = false;
  #isQuarantined = false;
  #keptBytes = 0;

  constructor(gate: Gate, clock: Clock, owner: TurnOwner, invocation: Readonly<Invocation>) {
    this.#gate = gate;
    this.#clock = clock;
    this.#owner = owner;
    this.target = invocation.target;
    this.ringBytes = ringBytesOf(invocation);
  }

  /**
   * Takes a place; `true` if there was one at once. Otherwise the owner is told, perhaps before this returns. `budgetMs`: what
   * a time budget leaves, `undefined` if there is none.
   *
   * @throws {@link CommandValidationError} as {@link Gate.assertFits} does.
   */
  take({ nested, queueTimeoutMs, timeoutMs }: Readonly<Invocation>, budgetMs: number | undefined): boolean {
    if (nested) return this.#takeNested();
    if (this.#gate.enter(this)) {
      this.#place = 'slot';
      return true;
    }
    this.#wait(queueTimeoutMs ?? timeoutMs, budgetMs ?? Infinity);
    return false;
  }

  /** Takes a place for a run that blocks the thread: it neither waits nor is refused. */
  takeSync(): void {
    this.#gate.enterAside(this, false);
    this.#place = 'aside';
  }

  /** For the gate: this is out of the queue and has a slot. */
  admitted(): void {
    this.#place = 'slot';
    this.#endWait();
    this.#owner.turnCame();
  }

  /** `true`: the launch is tried again, and the owner told when. */
  retries(): boolean {
    const delayMs = LAUNCH_RETRY_DELAYS_MS[this.launches - 1];
    if (delayMs === undefined) return false;
    this.#gate.pause();
    this.#pauses = true;
    this.#timer = this.#clock.after(delayMs, () => {
      this.#timer = undefined;
      this.#owner.turnCame();
      // After the launch, so that those who wait do not take what it needs.
      this.#endPause();
    });
    return true;
  }

  /** Whether waiting keeps the event loop alive. */
  setRef(ref: boolean): void {
    this.#timer?.setRef(ref);
  }

  /** Has a run counted for as long as its processes may be alive, whether or not it holds a slot. */
  cleanup({ status }: Cleanup): void {
    const isQuarantined = status === 'unconfirmed';
    if (isQuarantined === this.#isQuarantined) return;
    this.#isQuarantined = isQuarantined;
    this.#gate.quarantine(isQuarantined ? 1 : -1);
  }

  /** Has output counted that the run keeps after it has settled. */
  keep(bytes: number): void {
    this.#keptBytes = bytes;
    this.#gate.keep(bytes);
  }

  /** Nothing of the run is kept any more. */
  released(): void {
    if (this.#keptBytes === 0) return;
    this.#gate.keep(-this.#keptBytes);
    this.#keptBytes = 0;
  }

  /** Gives back whatever is held. Idempotent. */
  end(): void {
    const place = this.#place;
    this.#place = 'none';
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#endPause();
    switch (place) {
      case 'none':
        break;
      case 'queue':
        this.#endWait();
        this.#gate.withdraw(this);
        break;
      case 'slot':
        this.#gate.leave(this);
        break;
      case 'aside':
        this.#gate.leaveAside(this);
        break;
    }
  }

  #takeNested(): boolean {
    if (this.#gate.enterAside(this, true)) {
      this.#place = 'aside';
      return true;
    }
    const { maxConcurrent } = this.#gate.limits;
    this.#owner.turnMissed(gateFailure(`${maxConcurrent} nested commands are under way, and no more may be`));
    return false;
  }

  #wait(queueTimeoutMs: number, budgetMs: number): void {
    const { maxConcurrent, maxQueued } = this.#gate.limits;
    this.#gate.assertFits(this);
    if (queueTimeoutMs === 0) {
      this.#owner.turnMissed(gateFailure(`none of ${maxConcurrent} slots was free`));
    } else if (!this.#gate.join(this)) {
      this.#owner.turnMissed(gateFailure(`${maxQueued} commands wait for a slot, and no more may`));
    } else {
      this.#place = 'queue';
      this.#queuedAtMs = this.#clock.nowMs();
      const late = gateFailure(`none of ${maxConcurrent} slots became free within ${queueTimeoutMs} ms`);
      const why = budgetMs <= queueTimeoutMs ? 'timeout' : late;
      this.#timer = this.#clock.after(Math.min(queueTimeoutMs, budgetMs), () => {
        this.#owner.turnMissed(why);
      });
    }
  }

  #endWait(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.queuedMs = this.#clock.nowMs() - this.#queuedAtMs;
  }

  #endPause(): void {
    if (!this.#pauses) return;
    this.#pauses = false;
    this.#gate.resume();
  }
}

/** What the rings of a run may hold, both streams together. */
function ringBytesOf(invocation: Readonly<Invocation>): number {
  const { stdout, stderr, stdio, containment } = invocation;
  if (containment === 'none') return 0;
  const streams = (stdout === 'capture' ? 1 : 0) + (stderr === 'capture' && stdio === 'separate' ? 1 : 0);
  return streams * ringSizeOf(invocation).ringBytes;
}
