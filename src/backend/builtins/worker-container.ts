/** Holds the thread of one built-in: asks it to end by the signal of its call, and terminates it, whatever it does. */
import type { Worker } from 'node:worker_threads';
import type { FallbackContainer } from '../fallback/group-kill.js';
import { ABORT } from './builtin-protocol.js';

export class WorkerContainer implements FallbackContainer {
  readonly mechanism = 'worker';
  /** The thread is gone. Nobody watched for processes that its code may have started. */
  readonly statusWhenEmpty = 'confirmed-group-only';
  readonly #worker: Worker;
  #isGone = false;

  constructor(worker: Worker) {
    this.#worker = worker;
  }

  leaderExited(): void {
    this.#isGone = true;
  }

  look(): 'empty' | 'occupied' {
    return this.#isGone ? 'empty' : 'occupied';
  }

  signal(manner: 'soft' | 'hard'): string | undefined {
    if (this.#isGone) return undefined;
    if (manner === 'soft') {
      this.#worker.postMessage(ABORT);
      return 'abort';
    }
    void this.#worker.terminate();
    return 'terminate';
  }

  killNewcomers(): void {
    // A thread is one.
  }

  killed(): never[] {
    return [];
  }

  survivors(): never[] {
    return [];
  }
}
