import type { Clock, Timer } from '../../src/core/clock.js';

interface PendingCall {
  readonly atMs: number;
  readonly call: () => void;
  isReferenced: boolean;
}

/** A clock that stands still until a test moves it. Calls that become due are made in the order of their times. */
export class ManualClock implements Clock {
  #nowMs: number;
  readonly #pending = new Set<PendingCall>();

  /** `startMs`: milliseconds since the epoch. */
  constructor(startMs = Date.UTC(2024, 0, 1)) {
    this.#nowMs = startMs;
  }

  readonly wallMs = (): number => this.#nowMs;

  /** Calls to come; `referenced`: those that keep the event loop alive. */
  get timers(): { readonly all: number; readonly referenced: number } {
    return { all: this.#pending.size, referenced: [...this.#pending].filter((call) => call.isReferenced).length };
  }

  nowMs(): number {
    return this.#nowMs;
  }

  after(ms: number, call: () => void): Timer {
    const pending: PendingCall = { atMs: this.#nowMs + ms, call, isReferenced: true };
    this.#pending.add(pending);
    return {
      cancel: () => {
        this.#pending.delete(pending);
      },
      setRef: (ref) => {
        pending.isReferenced = ref;
      },
    };
  }

  advance(ms: number): void {
    const end = this.#nowMs + ms;
    for (;;) {
      const next = [...this.#pending].reduce<PendingCall | undefined>(
        (first, call) => (call.atMs <= end && call.atMs < (first?.atMs ?? Infinity) ? call : first),
        undefined,
      );
      if (next === undefined) break;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      this.#pending.delete(next);
      next.call();
    }
    this.#nowMs = end;
  }
}
