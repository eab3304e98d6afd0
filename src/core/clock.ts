/**
 * Monotonic time and timers, as far as the facade needs them: what waits for its turn, and budgets. Deadlines of running
 * commands are the backend's. Given from outside, so that tests decide how late it is.
 */

/** A source of monotonic time. */
export interface Clock {
  /** Monotonic milliseconds, from an origin of its own. */
  nowMs(): number;
  /** Makes one call, `ms` milliseconds from now. */
  after(ms: number, call: () => void): Timer;
}

/** One call to come. */
export interface Timer {
  /** Takes the call back. Does nothing once it was made. */
  cancel(): void;
  /** Whether the call keeps the event loop alive, which is the default. */
  setRef(ref: boolean): void;
}
