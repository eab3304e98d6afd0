/**
 * One listener per AbortSignal, however many runs share it: a signal that stands for a session is given to every run of it,
 * and Node takes more than ten listeners on one target for a leak.
 */

/** Hears that its signal has aborted. */
export interface AbortTarget {
  aborted(): void;
}

class AbortListener {
  readonly #targets = new Set<AbortTarget>();

  add(signal: AbortSignal, target: AbortTarget): void {
    if (this.#targets.size === 0) signal.addEventListener('abort', this);
    this.#targets.add(target);
  }

  remove(signal: AbortSignal, target: AbortTarget): void {
    if (this.#targets.delete(target) && this.#targets.size === 0) signal.removeEventListener('abort', this);
  }

  handleEvent(): void {
    for (const target of Array.from(this.#targets)) target.aborted();
  }
}

const listeners = new WeakMap<AbortSignal, AbortListener>();

export function listenForAbort(signal: AbortSignal, target: AbortTarget): void {
  let listener = listeners.get(signal);
  if (listener === undefined) {
    listener = new AbortListener();
    listeners.set(signal, listener);
  }
  listener.add(signal, target);
}

/** Does nothing for a target that does not listen. */
export function stopListeningForAbort(signal: AbortSignal, target: AbortTarget): void {
  listeners.get(signal)?.remove(signal, target);
}
