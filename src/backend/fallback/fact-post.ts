/**
 * Delivers facts to a listener one by one, each in a microtask of its own: never from inside a call to the backend, in
 * order, and a listener that throws loses nothing but that one call.
 */
import type { LaunchListener } from '../backend.js';

/** One call to a listener. */
export type Fact = (listener: LaunchListener) => void;

export class FactPost {
  #listener: LaunchListener | undefined;
  readonly #facts: Fact[] = [];

  constructor(listener: LaunchListener) {
    this.#listener = listener;
  }

  send(fact: Fact): void {
    if (this.#listener === undefined) return;
    this.#facts.push(fact);
    queueMicrotask(this.#deliver);
  }

  /** Nothing is heard any more, not even what was sent. */
  close(): void {
    this.#listener = undefined;
  }

  readonly #deliver = (): void => {
    const fact = this.#facts.shift();
    if (fact !== undefined && this.#listener !== undefined) fact(this.#listener);
  };
}
