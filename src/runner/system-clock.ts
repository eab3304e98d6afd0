/** Time as this JavaScript environment has it. */
import type { Clock, Timer } from '../core/clock.js';

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after: (ms, call) => new LoopTimer(ms, call),
};

class LoopTimer implements Timer {
  readonly #timeout: NodeJS.Timeout;

  constructor(ms: number, call: () => void) {
    this.#timeout = setTimeout(call, ms);
  }

  cancel(): void {
    clearTimeout(this.#timeout);
  }

  setRef(ref: boolean): void {
    if (ref) this.#timeout.ref();
    else this.#timeout.unref();
  }
}
