/** A clock that stands still until a test moves it. */
export class ManualClock {
  #nowMs: number;

  /** `startMs`: milliseconds since the epoch. */
  constructor(startMs = Date.UTC(2024, 0, 1)) {
    this.#nowMs = startMs;
  }

  readonly wallMs = (): number => this.#nowMs;

  advance(ms: number): void {
    this.#nowMs += ms;
  }
}
