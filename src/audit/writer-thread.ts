/**
 * The thread that writes a store, as the host has it. It takes one batch at a time and keeps nobody alive.
 *
 * The host can wait for it, also while the process exits: a thread goes on while the main one sleeps.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import {
  CLOSE,
  FLAGS,
  GIVEN_UP,
  READY,
  REPORTED,
  type BatchReport,
  type TakenRecord,
  type WriterData,
} from './batch.js';

/** Where the built thread lies, seen from an entry, from the command line's, and from the sources. */
const PLACES = ['./audit/writer-worker.js', '../audit/writer-worker.js', '../../dist/audit/writer-worker.js'];
/** Time for the thread to close the file. */
const CLOSE_MS = 5_000;

/** What the thread has to know of a store. */
export type WriterOptions = Pick<WriterData, 'file' | 'redactPatterns' | 'retentionDays'>;

/** The file of the thread; `undefined` if it was not built, or is not part of the bundle that this code is in. */
export function findWriterWorker(): URL | undefined {
  if (typeof (import.meta.url as unknown) !== 'string') return undefined;
  return PLACES.map((place) => new URL(place, import.meta.url)).find((url) => existsSync(fileURLToPath(url)));
}

/** Hears what became of a batch; of `undefined` where the thread has ended and nobody knows. */
type OnReport = (report: BatchReport | undefined) => void;

export class WriterThread {
  readonly #flags = new Int32Array(new SharedArrayBuffer(FLAGS * Int32Array.BYTES_PER_ELEMENT));
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #ended: Promise<void>;
  #number = 0;
  #isReady = false;
  #onReport: OnReport | undefined;

  /** @throws where this process may have no threads. */
  constructor(entry: URL, options: WriterOptions) {
    const { port1, port2 } = new MessageChannel();
    const workerData: WriterData = { ...options, port: port2, flags: this.#flags };
    // The flags of the host are none of its business.
    this.#worker = new Worker(entry, { workerData, transferList: [port2], execArgv: [], name: 'custody-audit' });
    this.#port = port1;
    this.#port.on('message', this.#onMessage);
    // An error is followed by the end.
    this.#worker.on('error', () => (this.#isReady = false));
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#isReady = false;
        this.#report(undefined);
        resolve();
      });
    });
    this.#port.unref();
    this.#worker.unref();
  }

  /** Whether it has started and not ended. */
  get isRunning(): boolean {
    return this.#isReady;
  }

  /** Whether it can be given a batch. */
  get isReady(): boolean {
    return this.#isReady && this.#onReport === undefined;
  }

  /** Hands over a batch. To be called only while it is ready. */
  post(records: readonly TakenRecord[], onReport: OnReport): void {
    this.#number += 1;
    this.#onReport = onReport;
    this.#port.postMessage(JSON.stringify({ number: this.#number, records }));
  }

  /**
   * Sleeps until the batch has been reported. A thread that does not is given up, and the report is `undefined`: by then the batch
   * is in the chain, or it never will be once somebody else has written.
   */
  wait(limitMs: number): void {
    if (this.#onReport === undefined) return;
    Atomics.wait(this.#flags, REPORTED, this.#number - 1, limitMs);
    const received = receiveMessageOnPort(this.#port) as { readonly message: BatchReport } | undefined;
    if (received === undefined) this.#giveUp();
    this.#report(received?.message);
  }

  /** Lets it close the file. Resolves when it has ended. */
  async close(): Promise<void> {
    this.#isReady = false;
    this.#port.postMessage(CLOSE);
    this.#worker.ref();
    const limit = setTimeout(() => void this.#worker.terminate(), CLOSE_MS);
    await this.#ended;
    clearTimeout(limit);
  }

  #giveUp(): void {
    this.#isReady = false;
    Atomics.store(this.#flags, GIVEN_UP, 1);
    void this.#worker.terminate();
  }

  readonly #onMessage = (message: BatchReport | typeof READY): void => {
    if (message === READY) this.#isReady = true;
    else this.#report(message);
  };

  #report(report: BatchReport | undefined): void {
    const onReport = this.#onReport;
    this.#onReport = undefined;
    onReport?.(report);
  }
}
