/** Time as this JavaScript environment has it. */
import type { Clock, Timer } from '../core/clock.js';

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after: (ms, call) => new LoopTimer(ms, call),
};

/**
 * When it is due it lets the loop poll once more before it fires: after a blocked loop, the end of another command is then seen before
 * the wait for its place is given up.
 */
class LoopTimer implements Timer {
  readonly #timeout: NodeJS.Timeout;
  readonly #call: () => void;
  #immediate: NodeJS.Immediate | undefined;

  constructor(ms: number, call: () => void) {
    this.#call = call;
    this.#timeout = setTimeout(this.#elapsed, ms);
  }

  cancel(): void {
    clearTimeout(this.#timeout);
    clearImmediate(this.#immediate);
  }

  setRef(ref: boolean): void {
    if (ref) this.#timeout.ref();
    else this.#timeout.unref();
  }

  readonly #elapsed = (): void => {
    // Referenced in any case: for an unreferenced one the loop would not leave its poll.
    this.#immediate = setImmediate(this.#call);
  };
}
