/**
 * One timer on the event loop.
 *
 * When it is due it lets the loop poll once more before it fires: after a blocked loop, what came before the deadline is then
 * seen before it - an exit, output, the end of a command whose slot somebody waits for - and a drain limit does not cut off
 * bytes that are already there.
 */

/** `setTimeout` fires at once for more than this. */
export const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** What a timer calls when it is due. */
export interface TimerOwner<Kind> {
  timerDue(kind: Kind): void;
}

export class LoopTimer<Kind> {
  readonly #owner: TimerOwner<Kind>;
  readonly #kind: Kind;
  #timeout: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #at = 0;
  #ref: boolean;

  constructor(owner: TimerOwner<Kind>, kind: Kind, ref: boolean) {
    this.#owner = owner;
    this.#kind = kind;
    this.#ref = ref;
  }

  /** Fires once at `at`, never before it; `at` is an instant of `performance.now()`. Replaces an earlier instant. */
  arm(at: number): void {
    this.cancel();
    this.#at = at;
    const delayMs = Math.min(Math.max(Math.ceil(at - performance.now()), 0), LONGEST_TIMEOUT_MS);
    this.#timeout = setTimeout(this.#elapsed, delayMs);
    if (!this.#ref) this.#timeout.unref();
  }

  cancel(): void {
    clearTimeout(this.#timeout);
    clearImmediate(this.#immediate);
    this.#timeout = undefined;
    this.#immediate = undefined;
  }

  setRef(ref: boolean): void {
    this.#ref = ref;
    if (ref) this.#timeout?.ref();
    else this.#timeout?.unref();
  }

  readonly #elapsed = (): void => {
    // The loop's clock is cut to milliseconds, so it may be early by part of one.
    if (performance.now() < this.#at) {
      this.arm(this.#at);
      return;
    }
    this.#timeout = undefined;
    // Referenced in any case: for an unreferenced one the loop would not leave its poll.
    this.#immediate = setImmediate(this.#fire);
  };

  readonly #fire = (): void => {
    this.#immediate = undefined;
    this.#owner.timerDue(this.#kind);
  };
}
