/**
 * Decides which runs of a runner may go on at a time, and counts them.
 *
 * A run holds a slot from its launch until it has settled, and with it the bytes of its rings; what its handle keeps after that
 * counts until it lets go. Who finds no slot waits, first
 * in, first out: the first in the queue is never passed by one that needs less, so that all get their turn. Places beside the
 * slots are for runs that must not wait (nested ones, `runSync`). What waits and for how long is `turn.ts`.
 */
import { CommandValidationError } from '../core/errors.js';
import type { RunnerActivity, TargetActivity } from './runner.js';
import type { Turn } from './turn.js';
import { WaitQueue } from './wait-queue.js';

/** How much may go on at a time. */
export interface GateLimits {
  /** Slots, and as many places for nested runs. */
  readonly maxConcurrent: number;
  /** Runs that may wait; infinite if there is no limit. */
  readonly maxQueued: number;
  /** Bytes of the rings of all runs that hold a slot. */
  readonly maxLiveBufferBytes: number;
}

/** A runner with at most this many slots leaves the event loop its turn however many commands wait (`npm run bench`: burst). */
const UNCROWDED_SLOTS = 16;

export class Gate {
  readonly limits: GateLimits;
  readonly #setCrowded: (crowded: boolean) => void;
  readonly #queue = new WaitQueue<Turn>();
  readonly #targets = new Map<string, { executing: number; queued: number }>();
  #slots = 0;
  #aside = 0;
  #ringBytes = 0;
  #keptBytes = 0;
  #quarantined = 0;
  #pauses = 0;
  #isAdmitting = false;

  /** `setCrowded`: hears when commands begin to wait beside many that run, and when none waits any more. */
  constructor(limits: GateLimits, setCrowded: (crowded: boolean) => void = () => undefined) {
    this.limits = limits;
    this.#setCrowded = limits.maxConcurrent > UNCROWDED_SLOTS ? setCrowded : () => undefined;
  }

  /** Takes a slot if one is free and nobody waits for it. */
  enter(turn: Turn): boolean {
    if (this.#queue.length > 0 || !this.#hasRoom(turn)) return false;
    this.#slots += 1;
    this.#begin(turn);
    return true;
  }

  /** Takes a place beside the slots. `isLimited`: only if fewer than `maxConcurrent` are taken. */
  enterAside(turn: Turn, isLimited: boolean): boolean {
    if (isLimited && this.#aside >= this.limits.maxConcurrent) return false;
    this.#aside += 1;
    this.#begin(turn);
    return true;
  }

  /** @throws {@link CommandValidationError} if no slot will ever do: the rings are larger than all that is allowed. */
  assertFits({ ringBytes }: Turn): void {
    const { maxLiveBufferBytes } = this.limits;
    if (ringBytes <= maxLiveBufferBytes) return;
    const message = `asks for buffers of ${ringBytes} bytes, more than maxLiveBufferBytes of the runner (${maxLiveBufferBytes})`;
    throw new CommandValidationError([{ property: 'maxOutputBytes', message }]);
  }

  /** Waits for a slot, if there is room in the queue. */
  join(turn: Turn): boolean {
    if (this.#queue.length >= this.limits.maxQueued) return false;
    this.#queue.add(turn);
    if (this.#queue.length === 1) this.#setCrowded(true);
    if (turn.target !== undefined) this.#targetOf(turn.target).queued += 1;
    return true;
  }

  /** Gives up a place in the queue. Those behind may fit where this one did not. */
  withdraw(turn: Turn): void {
    this.#unqueue(turn);
    this.#admit();
  }

  leave(turn: Turn): void {
    this.#slots -= 1;
    this.#end(turn);
    this.#admit();
  }

  leaveAside(turn: Turn): void {
    this.#aside -= 1;
    this.#end(turn);
    this.#admit();
  }

  /** Admits nobody until {@link Gate.resume} was called as often: the system is short of something. */
  pause(): void {
    this.#pauses += 1;
  }

  resume(): void {
    this.#pauses -= 1;
    this.#admit();
  }

  /** Counts output that a run which has settled keeps for its handle; negative once that has let go. */
  keep(bytes: number): void {
    this.#keptBytes += bytes;
    if (bytes < 0) this.#admit();
  }

  /** Counts a run whose processes may still be alive, or one that no longer has any. */
  quarantine(change: 1 | -1): void {
    this.#quarantined += change;
  }

  activity(): RunnerActivity {
    const executing = this.#slots + this.#aside;
    return {
      state: executing > 0 ? 'executing' : 'ready',
      executing,
      queued: this.#queue.length,
      quarantined: this.#quarantined,
      bufferBytes: this.#ringBytes,
      keptBytes: this.#keptBytes,
      targets: Object.fromEntries(Array.from(this.#targets, ([name, counts]) => [name, activityOf(counts)])),
    };
  }

  #hasRoom({ ringBytes }: Turn): boolean {
    const { maxConcurrent, maxLiveBufferBytes } = this.limits;
    // Handles may keep output for ever: that slows others down to one at a time and stops nobody.
    const others = this.#ringBytes === 0 ? 0 : this.#ringBytes + this.#keptBytes;
    return this.#slots < maxConcurrent && others + ringBytes <= maxLiveBufferBytes && this.#pauses === 0;
  }

  /** Lets in who is first for as long as there is room. */
  #admit(): void {
    // Whom it lets in may be gone again at once and call this: the loop that is under way goes on for it.
    if (this.#isAdmitting) return;
    this.#isAdmitting = true;
    for (;;) {
      const turn = this.#queue.first;
      if (turn === undefined || !this.#hasRoom(turn)) break;
      this.#unqueue(turn);
      this.#slots += 1;
      this.#begin(turn);
      turn.admitted();
    }
    this.#isAdmitting = false;
  }

  #begin({ ringBytes, target }: Turn): void {
    this.#ringBytes += ringBytes;
    if (target !== undefined) this.#targetOf(target).executing += 1;
  }

  #end({ ringBytes, target }: Turn): void {
    this.#ringBytes -= ringBytes;
    if (target === undefined) return;
    this.#targetOf(target).executing -= 1;
    this.#forgetIfReady(target);
  }

  #unqueue(turn: Turn): void {
    this.#queue.remove(turn);
    if (this.#queue.length === 0) this.#setCrowded(false);
    if (turn.target === undefined) return;
    this.#targetOf(turn.target).queued -= 1;
    this.#forgetIfReady(turn.target);
  }

  #targetOf(name: string): { executing: number; queued: number } {
    let counts = this.#targets.get(name);
    if (counts === undefined) {
      counts = { executing: 0, queued: 0 };
      this.#targets.set(name, counts);
    }
    return counts;
  }

  /** Targets have any names, so only those in use are kept. */
  #forgetIfReady(name: string): void {
    const { executing, queued } = this.#targetOf(name);
    if (executing === 0 && queued === 0) this.#targets.delete(name);
  }
}

function activityOf({ executing, queued }: { executing: number; queued: number }): TargetActivity {
  return { state: executing > 0 ? 'executing' : 'ready', executing, queued };
}
