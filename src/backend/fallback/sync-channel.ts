/**
 * Runs launches in a worker while this thread sleeps, so that a synchronous run has pipes, deadlines and a stop plan like any
 * other. The worker is started with the first such launch, is kept, and does not keep the host alive.
 */
import type { MessagePort, Worker } from 'node:worker_threads';
import { findBuiltFile } from '../built-file.js';
import { workerThreads } from '../lazy-builtins.js';
import type { LaunchId, LaunchSpec } from '../backend.js';
import type { StopCause } from '../../core/outcome.js';
import type { LaunchRemains } from './finished-launch.js';
import { SYNC_MARGIN_MS } from './limits.js';
import { ANSWERED, type SyncAnswer, type SyncRequest, type SyncWorkerData } from './sync-protocol.js';

/** The file of the worker, `undefined` if there is none. */
export function findSyncWorker(): URL | undefined {
  return findBuiltFile('backend/fallback/sync-worker.js');
}

/** The longest a launch can take by its own limits. */
function longestMs(spec: LaunchSpec): number {
  const { timeoutMs, graceMs, drainMs, stragglerGraceMs, cleanupBudgetMs } = spec;
  return timeoutMs + graceMs + drainMs + 2 * stragglerGraceMs + cleanupBudgetMs;
}

export class SyncChannel {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #flags = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #number = 0;
  #broken = false;

  /** Throws when this process may have no workers. */
  constructor(file: URL) {
    const threads = workerThreads();
    const { port1, port2 } = new threads.MessageChannel();
    const workerData: SyncWorkerData = { port: port2, flags: this.#flags };
    // Neither the flags nor the environment of the host are the worker's business: launches bring their own.
    this.#worker = new threads.Worker(file, {
      workerData,
      transferList: [port2],
      execArgv: [],
      env: threads.SHARE_ENV,
    });
    this.#worker.on('error', () => {
      this.#broken = true;
    });
    this.#worker.unref();
    this.#port = port1;
    this.#port.unref();
  }

  /** `undefined` when no answer came although every limit of the launch has passed. */
  launch(id: LaunchId, spec: LaunchSpec): LaunchRemains | undefined {
    if (!this.#ask({ kind: 'launch', number: this.#next(), id, spec }, longestMs(spec) + SYNC_MARGIN_MS))
      return undefined;
    const answer = workerThreads().receiveMessageOnPort(this.#port) as { readonly message: SyncAnswer } | undefined;
    return answer?.message.remains;
  }

  stop(id: LaunchId, cause: StopCause, graceMs: number): void {
    this.#send({ kind: 'stop', id, cause, graceMs });
  }

  release(id: LaunchId): void {
    this.#send({ kind: 'release', id });
  }

  /** Ends what the worker still holds, and the worker. */
  close(budgetMs: number): void {
    this.#ask({ kind: 'close', number: this.#next(), budgetMs }, budgetMs);
    this.#port.close();
    void this.#worker.terminate();
  }

  #next(): number {
    this.#number += 1;
    return this.#number;
  }

  #send(request: SyncRequest): void {
    if (!this.#broken) this.#port.postMessage(request);
  }

  /** `true` when the worker has answered in time. */
  #ask(request: SyncRequest & { readonly number: number }, limitMs: number): boolean {
    if (this.#broken) return false;
    this.#send(request);
    Atomics.wait(this.#flags, ANSWERED, request.number - 1, limitMs);
    this.#broken = Atomics.load(this.#flags, ANSWERED) !== request.number;
    return !this.#broken;
  }
}
