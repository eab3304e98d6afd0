/**
 * Feeds what a handle's owner writes: in order, each chunk as fast as the backend takes it.
 */
import type { RunAttachment } from './run-attachment.js';
import type { RunStreams } from './run-streams.js';

/**
 * Chunks after which the event loop gets its turn. A command that reads no more accepts everything at once, and a writer that
 * waits for nothing else would keep the news of its end from ever coming.
 */
const CHUNKS_PER_TURN = 16;

interface PendingChunk {
  rest: Uint8Array;
  readonly accepted: () => void;
}

export class StdinWriter implements RunAttachment {
  readonly #streams: RunStreams;
  #queue: PendingChunk[] = [];
  #isEnded = false;
  #acceptedAtOnce = 0;

  constructor(streams: RunStreams) {
    this.#streams = streams;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Resolves when the backend has accepted all of `chunk`. */
  write(chunk: Uint8Array): Promise<void> {
    const accepted = this.#queue.length === 0 ? this.#streams.writeStdin(chunk) : 0;
    if (accepted >= chunk.length) {
      this.#acceptedAtOnce += 1;
      return this.#acceptedAtOnce % CHUNKS_PER_TURN === 0 ? nextTurn() : Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#queue.push({ rest: chunk.subarray(accepted), accepted: resolve });
    });
  }

  /** Ends the input after everything that was written. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (this.#queue.length === 0) this.#streams.closeStdin();
  }

  launched(): void {
    if (this.#queue.length > 0) this.stdinWritable();
    else if (this.#isEnded) this.#streams.closeStdin();
  }

  stdinWritable(): void {
    let done = 0;
    for (const pending of this.#queue) {
      const accepted = this.#streams.writeStdin(pending.rest);
      if (accepted < pending.rest.length) {
        pending.rest = pending.rest.subarray(accepted);
        break;
      }
      pending.accepted();
      done += 1;
    }
    if (done === 0) return;
    this.#queue = this.#queue.slice(done);
    if (this.#queue.length === 0 && this.#isEnded) this.#streams.closeStdin();
  }

  /** Nobody reads any more: what is left is dropped, and nobody is kept waiting for it. */
  settled(): void {
    const queue = this.#queue;
    this.#queue = [];
    for (const pending of queue) pending.accepted();
  }
}

/** The promise of `node:timers/promises`, without that module. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
