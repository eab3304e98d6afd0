/**
 * Writes what is still queued when the process ends: by itself, by `process.exit`, or by an exception nobody caught. One listener
 * for all stores, and none before there is something to write.
 *
 * A signal that ends the process by default action runs no JavaScript; what was queued in the last moments is lost then.
 */

/** Something with records that are not written yet. */
export interface Unwritten {
  /** Writes now, as far as it can be done. Does not throw. */
  writeAtExit(): void;
}

const unwritten = new Set<Unwritten>();
let isListening = false;

/** Remembers a queue until {@link written}. */
export function remember(queue: Unwritten): void {
  unwritten.add(queue);
  if (isListening) return;
  isListening = true;
  process.on('exit', () => {
    for (const one of unwritten) one.writeAtExit();
  });
}

/** Forgets a queue that is empty. */
export function written(queue: Unwritten): void {
  unwritten.delete(queue);
}
