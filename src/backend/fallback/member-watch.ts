/**
 * Looks for the members of a container once its leader is gone, until there are none: often while they are being ended,
 * rarely while a policy keeps them alive. Node is told of no process but its own children, so looking is all there is.
 */
import type { Cleanup } from '../../core/cleanup.js';
import type { FallbackContainer } from './group-kill.js';
import type { ContainerFate } from './lifecycle-action.js';
import { KEPT_POLL_LONGEST_MS, MEMBER_POLL_FIRST_MS, MEMBER_POLL_LONGEST_MS } from './limits.js';
import { LoopTimer } from '../loop-timer.js';
import type { RunReceipt } from './run-receipt.js';

/** Hears what was seen. `containerOccupied` answers only {@link MemberWatch.look}; `containerEmpty` comes once. */
export interface MemberWatchOwner {
  containerEmpty(now: number): void;
  containerOccupied(now: number): void;
}

export class MemberWatch {
  readonly #container: FallbackContainer;
  readonly #receipt: RunReceipt;
  readonly #owner: MemberWatchOwner;
  readonly #timer: LoopTimer<'look'>;
  #waitMs = MEMBER_POLL_FIRST_MS;
  #longestMs = MEMBER_POLL_LONGEST_MS;
  #looking = false;
  #kills = false;

  constructor(container: FallbackContainer, receipt: RunReceipt, owner: MemberWatchOwner, ref: boolean) {
    this.#container = container;
    this.#receipt = receipt;
    this.#owner = owner;
    this.#timer = new LoopTimer(this, 'look', ref);
  }

  /** `true` once everybody was to be killed. */
  get hasKilled(): boolean {
    return this.#kills;
  }

  leaderExited(now: number): void {
    this.#container.leaderExited();
    this.#receipt.leaderExited(now);
  }

  signal(manner: 'soft' | 'hard', now: number): void {
    if (manner === 'hard') this.#kills = true;
    const sent = this.#container.signal(manner);
    if (sent === undefined) return;
    this.#receipt.signalSent(sent, this.#container.mechanism === 'group' ? 'group' : 'leader', now);
    // Members are about to go.
    this.#waitMs = MEMBER_POLL_FIRST_MS;
    this.#longestMs = MEMBER_POLL_LONGEST_MS;
    if (this.#looking) this.#lookLater();
  }

  /** Looks now, answers, and goes on looking while there are members. */
  look(): void {
    this.#looking = true;
    if (this.#tellIfEmpty()) return;
    this.#lookLater();
    this.#owner.containerOccupied(performance.now());
  }

  /** `true` while members are seen, the leader among them, or the system does not say. */
  isOccupied(): boolean {
    return this.#container.look() === 'occupied';
  }

  /** What is left lives on for now: look for its end rarely, and keep nobody waiting for it. */
  slowDown(): void {
    this.#longestMs = KEPT_POLL_LONGEST_MS;
    this.#timer.setRef(false);
  }

  stop(): void {
    this.#looking = false;
    this.#timer.cancel();
  }

  setRef(ref: boolean): void {
    this.#timer.setRef(ref);
  }

  writeReceipt(fate: ContainerFate, now: number): Cleanup {
    return this.#receipt.write(fate, this.#container, now);
  }

  timerDue(): void {
    if (!this.#looking || this.#tellIfEmpty()) return;
    if (this.#kills) this.#container.killNewcomers();
    this.#lookLater();
  }

  #tellIfEmpty(): boolean {
    if (this.isOccupied()) return false;
    this.stop();
    const now = performance.now();
    this.#receipt.containerEmpty(now);
    this.#owner.containerEmpty(now);
    return true;
  }

  #lookLater(): void {
    this.#timer.arm(performance.now() + this.#waitMs);
    this.#waitMs = Math.min(this.#waitMs * 2, this.#longestMs);
  }
}
