/**
 * Where the batches of one store go: to the thread that writes, or into the file from here.
 *
 * The thread is a saving and nothing depends on it. It is started when a store has written enough for that to pay; until it is
 * ready, where it cannot be, and after it has failed, batches are written here.
 */
import type { BatchReport, TakenRecord } from './batch.js';
import type { StoreFile } from './store-file.js';
import type { BatchTarget } from './write-queue.js';
import { EVENT_VERSION } from './record.js';
import { findWriterWorker, WriterThread, type WriterOptions } from './writer-thread.js';

/** Records after which a thread pays: its start takes as long as they do. */
const THREAD_AFTER = 100;

/** What is known of a batch whose thread ended, or was given up. It may be in the chain. */
const NO_WORD: BatchReport = {
  failure: { reason: 'the thread that writes has ended', isBusy: true },
  unmade: [],
  problems: [],
};

export class StoreWriter implements BatchTarget {
  readonly #file: StoreFile;
  #threadOptions: WriterOptions | undefined;
  #thread: WriterThread | undefined;
  #writtenHere = 0;
  /** Ids of records that may be in the chain although nobody said so. */
  readonly #doubtful = new Set<string>();
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
    const report = this.#file.write(records, busyMs, this.#doubtful);
    if (report.failure === null) this.#writtenHere += records.length;
    this.#note(records, report);
    return report;
  }

  droppedRecord(count: number): TakenRecord {
    const reason = 'the store could not be written';
    return this.#file.ids.recordOf({ version: EVENT_VERSION, eventType: 'records_dropped', count, reason });
  }

  post(records: readonly TakenRecord[], onReport: (report: BatchReport) => void): boolean {
    if (this.#thread === undefined) this.#startIfItPays();
    // The thread does not look for what is doubtful.
    if (this.#thread?.isReady !== true || this.#doubtful.size > 0) return false;
    this.#thread.post(records, (report = NO_WORD) => {
      this.#note(records, report);
      if (report.failure?.isBusy === false || report === NO_WORD) this.#giveUp();
      onReport(report);
    });
    return true;
  }

  wait(limitMs: number): void {
    this.#thread?.wait(limitMs);
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

  /** A commit that failed may have reached the file all the same. One that had to wait for another writer has not begun. */
  #note(records: readonly TakenRecord[], report: BatchReport): void {
    const { failure, unmade } = report;
    if (failure === null) for (const { id } of records) this.#doubtful.delete(id);
    else if (!failure.isBusy || report === NO_WORD) for (const { id } of records) this.#doubtful.add(id);
    for (const { id } of unmade) this.#doubtful.delete(id);
  }

  /** The store failed there, or the thread has ended. Whether it fails here is what counts; when it does not, another thread may do. */
  #giveUp(): void {
    void this.#thread?.close();
    this.#thread = undefined;
    this.#writtenHere = 0;
  }
}
