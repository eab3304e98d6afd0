/**
 * Where the batches of one store go: to the thread that writes, or into the file from here.
 *
 * The thread is a saving and nothing depends on it. It is started when a store has written enough for that to pay; until it is
 * ready, where it cannot be, and after it has failed, batches are written here.
 */
import type { BatchReport, TakenRecord } from './batch.js';
import { reasonOf, type StoreFile } from './store-file.js';
import type { BatchTarget } from './write-queue.js';
import { EVENT_VERSION } from './record.js';
import { findWriterWorker, WriterThread, type WriterOptions } from './writer-thread.js';

/** Records after which a thread pays: its start takes as long as they do. */
const THREAD_AFTER = 100;

export class StoreWriter implements BatchTarget {
  readonly #file: StoreFile;
  #threadOptions: WriterOptions | undefined;
  #thread: WriterThread | undefined;
  #writtenHere = 0;
  #closing: Promise<void> | undefined;

  /** Without options there is never a thread. */
  constructor(file: StoreFile, threadOptions: WriterOptions | undefined) {
    this.#file = file;
    this.#threadOptions = threadOptions;
  }

  /** Which thread the next batch goes to. */
  get place(): 'host' | 'thread' {
    return this.#thread?.isRunning === true ? 'thread' : 'host';
  }

  write(records: readonly TakenRecord[], busyMs: number): BatchReport {
    const report = this.#file.write(records, busyMs);
    if (report.failure === null) this.#writtenHere += records.length;
    return report;
  }

  droppedRecord(count: number): TakenRecord {
    const reason = 'the store could not be written';
    return this.#file.ids.recordOf({ version: EVENT_VERSION, eventType: 'records_dropped', count, reason });
  }

  post(records: readonly TakenRecord[], onReport: (report: BatchReport) => void): boolean {
    if (this.#thread === undefined) this.#startIfItPays();
    if (this.#thread?.isReady !== true) return false;
    this.#thread.post(records, (report) => {
      if (report?.failure?.isBusy === false) this.#giveUp();
      onReport(report ?? this.#fateOf(records));
    });
    return true;
  }

  wait(limitMs: number): boolean {
    return this.#thread?.wait(limitMs) ?? true;
  }

  /** Ends the thread; what comes later is written here. */
  close(): Promise<void> {
    this.#closing ??= this.#thread?.close() ?? Promise.resolve();
    return this.#closing;
  }

  #startIfItPays(): void {
    if (this.#threadOptions === undefined || this.#closing !== undefined || this.#writtenHere < THREAD_AFTER) return;
    try {
      const entry = findWriterWorker();
      if (entry !== undefined) this.#thread = new WriterThread(entry, this.#threadOptions);
    } catch {
      // This process may have no threads.
    }
    // It was not built, or cannot be had: no need to look again.
    if (this.#thread === undefined) this.#threadOptions = undefined;
  }

  /** The store failed there. Whether it fails here is what counts; when it does not, another thread may do. */
  #giveUp(): void {
    void this.#thread?.close();
    this.#thread = undefined;
    this.#writtenHere = 0;
  }

  /** What became of a batch whose thread ended without a word. */
  #fateOf(records: readonly TakenRecord[]): BatchReport {
    const unknown = (reason: string): BatchReport => ({ failure: { reason, isBusy: true }, unmade: [], problems: [] });
    try {
      const recent = this.#file.recentIds();
      if (records.some(({ id }) => recent.has(id))) return { failure: null, unmade: [], problems: [] };
      return unknown('the thread that writes has ended');
    } catch (error) {
      return unknown(reasonOf(error));
    }
  }
}
