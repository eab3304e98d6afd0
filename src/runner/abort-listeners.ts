/**
 * One listener per AbortSignal, however many runs share it: a signal that stands for a session is given to every run of it,
 * and Node takes more than ten listeners on one target for a leak.
 */

import { CommandValidationError } from '../core/errors.js';

/** Hears that its signal has aborted. */
export interface AbortTarget {
  aborted(): void;
}

class AbortListener {
  readonly #targets = new Set<AbortTarget>();

  add(signal: AbortSignal, target: AbortTarget): void {
    this.#targets.add(target);
    if (this.#targets.size > 1) return;
    try {
      signal.addEventListener('abort', this);
    } catch (error) {
      this.#targets.delete(target);
      throw new CommandValidationError([{ property: 'signal', message: 'cannot be listened to' }], error);
    }
  }

  remove(signal: AbortSignal, target: AbortTarget): void {
    if (!this.#targets.delete(target) || this.#targets.size > 0) return;
    try {
      signal.removeEventListener('abort', this);
    } catch {
      // A signal that is none of the platform's: whatever it tells from here on, no run listens.
    }
  }

  handleEvent(): void {
    for (const target of Array.from(this.#targets)) target.aborted();
  }
}

const listeners = new WeakMap<AbortSignal, AbortListener>();

/** @throws {@link CommandValidationError} for a signal whose `addEventListener` throws. */
export function listenForAbort(signal: AbortSignal | undefined, target: AbortTarget): void {
  if (signal === undefined) return;
  let listener = listeners.get(signal);
  if (listener === undefined) {
    listener = new AbortListener();
    listeners.set(signal, listener);
  }
  listener.add(signal, target);
}

/** Does nothing for a target that does not listen. */
export function stopListeningForAbort(signal: AbortSignal | undefined, target: AbortTarget): void {
  if (signal !== undefined) listeners.get(signal)?.remove(signal, target);
}
