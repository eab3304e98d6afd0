/** Random runs: payloads and the ways in which they end, the same ones for the same seed. */
import { payloadKinds, type PayloadKind } from './stage.js';

/** What random runs are made of; the storm is small, because several may run at once. */
export const mixedKinds: readonly PayloadKind[] = payloadKinds.map((kind) =>
  kind.name === 'storm' ? { ...kind, args: ['16'] } : kind,
);

/** Numbers from 0 to below `limit`, the same ones for the same seed. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  // xorshift32: Marsaglia, "Xorshift RNGs", 2003.
  below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }
}

/** How a random run is to end. */
export interface Ending {
  readonly end?: string;
  readonly options: object;
  readonly flood?: boolean;
  /** Ask for the end at once and not only when the payload is ready. */
  readonly early?: boolean;
}

export function endingOf(kind: PayloadKind, dice: Dice): Ending {
  if (kind.leaves === true) return dice.pick([{ options: {} }, { end: 'stop', early: true, options: {} }]);
  return dice.pick<Ending>([
    { end: 'stop', options: { graceMs: dice.below(60) } },
    { end: 'kill', options: {} },
    { end: 'abort', options: { graceMs: 20 } },
    { end: 'dispose', options: { graceMs: 20 } },
    { end: 'stop', early: true, options: { graceMs: 20 } },
    { early: true, options: { timeoutMs: 1 + dice.below(300), graceMs: 20 } },
    { early: true, flood: true, options: { maxOutputBytes: 1024, onOverflow: 'kill' } },
  ]);
}
