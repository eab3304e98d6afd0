/**
 * What waits to be written, and when that is done: some milliseconds later and together, so that a run pays for a place in a list
 * and no more. Order is kept; memory is bounded; what does not fit is counted, and the count becomes a record.
 *
 * A store that another process is writing to, or that fails, is tried again later. Nothing here throws.
 */
import { remember, written, type Unwritten } from './exit-flush.js';
import type { NewRecord } from './chain-writer.js';
import { isBusy } from './sqlite-driver.js';

/** A record whose event is made (redacted, its files written) when it is its turn. */
export type QueuedRecord = () => NewRecord;

/** Writes records, all or none. `busyMs`: how long another writer may be waited for, which blocks. */
export type WriteRecords = (records: readonly NewRecord[], busyMs: number) => void;

/** What can be said of a queue. */
export interface QueueState {
  readonly queued: number;
  /** Records lost so far. */
  readonly lost: number;
  /** What the last try failed of, in words; `null` once one has done. */
  readonly problem: string | null;
}

/** Records that may wait; about 10 MB. */
export const MAX_QUEUED = 10_000;
/** Records written at a time: less than a millisecond or two of the event loop. */
const BATCH = 64;
/** Time in which records are collected. */
const COLLECT_MS = 50;
/** Time until the next try after a failure. */
const RETRY_MS = 1_000;
/** Of the event loop, for a writer in another process. Its own transactions take less. */
const BUSY_MS = 5;
/** The same where somebody waits for the end of the writing. */
const PATIENT_BUSY_MS = 5_000;

export class WriteQueue implements Unwritten {
  readonly #write: WriteRecords;
  readonly #droppedRecord: (count: number) => NewRecord;
  readonly #onProblem: (problem: string) => void;
  #records: QueuedRecord[] = [];
  /** The first of the queue, made already: a try that failed must not make files and events anew. */
  #made: NewRecord[] = [];
  /** Lost records that no record tells of yet. */
  #dropped = 0;
  #lost = 0;
  #problem: string | null = null;
  #isScheduled = false;

  constructor(write: WriteRecords, droppedRecord: (count: number) => NewRecord, onProblem: (problem: string) => void) {
    this.#write = write;
    this.#droppedRecord = droppedRecord;
    this.#onProblem = onProblem;
  }

  get state(): QueueState {
    return { queued: this.#length, lost: this.#lost, problem: this.#problem };
  }

  /** Takes a record. Does not write. */
  push(record: QueuedRecord): void {
    if (this.#length >= MAX_QUEUED) {
      this.#lose();
      return;
    }
    this.#records.push(record);
    if (this.#length === 1) remember(this);
    this.#schedule(COLLECT_MS);
  }

  /** Writes all that is there, now. Returns whether it could. */
  writeAll(): boolean {
    while (this.#length > 0 || this.#dropped > 0) if (!this.#writeSome(PATIENT_BUSY_MS)) return false;
    return true;
  }

  writeAtExit(): void {
    this.writeAll();
  }

  #lose(): void {
    this.#dropped += 1;
    this.#lost += 1;
  }

  get #length(): number {
    return this.#made.length + this.#records.length;
  }

  #schedule(ms: number): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setTimeout(this.#onTimer, ms).unref();
  }

  readonly #onTimer = (): void => {
    this.#isScheduled = false;
    const done = this.#writeSome(BUSY_MS);
    if (this.#length > 0) this.#schedule(done ? 0 : this.#problem === null ? COLLECT_MS : RETRY_MS);
  };

  /** Writes a batch. */
  #writeSome(busyMs: number): boolean {
    this.#make();
    const lost = this.#dropped;
    const batch = lost > 0 ? [...this.#made, this.#droppedRecord(lost)] : this.#made;
    try {
      if (batch.length > 0) this.#write(batch, busyMs);
    } catch (error) {
      this.#failed(error, busyMs);
      return false;
    }
    this.#made = [];
    this.#dropped -= lost;
    this.#problem = null;
    if (this.#length === 0) written(this);
    return true;
  }

  #make(): void {
    const room = BATCH - this.#made.length;
    for (const record of this.#records.splice(0, room)) {
      try {
        this.#made.push(record());
      } catch (error) {
        // A record that cannot be made must not stop the others; it is told like a lost one.
        this.#lose();
        this.#onProblem(error instanceof Error ? error.message : String(error));
      }
    }
  }

  #failed(error: unknown, busyMs: number): void {
    if (isBusy(error) && busyMs < PATIENT_BUSY_MS) return;
    const isNew = this.#problem === null;
    this.#problem = error instanceof Error ? error.message : String(error);
    if (isNew) this.#onProblem(this.#problem);
  }
}
