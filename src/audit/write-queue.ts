/**
 * What waits to be written, and when that is done: some milliseconds later and together, so that a run pays for a place in a list
 * and no more. Order is kept; memory is bounded; what does not fit is counted, and the count becomes a record.
 *
 * Batches go to the thread that writes where there is one, one at a time; whoever cannot wait for a turn of the event loop waits for
 * that batch and writes the rest itself. What the thread cannot do is tried here as well, so whether a store fails is decided here.
 * Such a store, or one that another process is writing to, is tried again later. Nothing here throws.
 */
import { remember, written, type Unwritten } from './exit-flush.js';
import type { BatchReport, TakenRecord } from './batch.js';

/** Where batches go. */
export interface BatchTarget {
  /** Writes records, all or none. `busyMs`: how long another writer may be waited for, which blocks. */
  write(records: readonly TakenRecord[], busyMs: number): BatchReport;
  /** A record that tells how many were lost. */
  droppedRecord(count: number): TakenRecord;
  /** Hands records to the thread; `false` where there is none that could take them. */
  post(records: readonly TakenRecord[], onReport: (report: BatchReport) => void): boolean;
  /** Sleeps until the thread has reported what it was handed, or is given up. */
  wait(limitMs: number): void;
}

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
/** Records written at a time: some milliseconds of the event loop. */
const BATCH = 64;
/** Records handed over at a time: less than a millisecond or two of the event loop. */
const POSTED_BATCH = 256;
/** Time in which records are collected: what a batch costs is shared by those of this time. */
const COLLECT_MS = 200;
/** Time until the next try after a failure. */
const RETRY_MS = 1_000;
/** Of the event loop, for a writer in another process. Its own transactions take less. */
const BUSY_MS = 5;
/** The same where somebody waits for the end of the writing. */
const PATIENT_BUSY_MS = 5_000;
/** For the thread, which has a batch at most to write. */
const THREAD_LIMIT_MS = 5_000;
const STAY_MS = 60_000;

/** Records on their way: from the queue, and perhaps one that tells of lost ones. */
interface Batch {
  readonly records: readonly TakenRecord[];
  readonly fromQueue: number;
}

export class WriteQueue implements Unwritten {
  readonly #target: BatchTarget;
  readonly #onProblem: (problem: string) => void;
  #records: TakenRecord[] = [];
  /** Records that have left the queue. */
  #left = 0;
  /** Lost records that no record tells of yet. */
  #dropped = 0;
  /** The record that is on its way to tell of them. */
  #lossTold: { readonly count: number; readonly record: TakenRecord } | undefined;
  #lost = 0;
  #problem: string | null = null;
  #isScheduled = false;
  /** Settles with whether the batch that the thread has was written. */
  #posted: Promise<boolean> | undefined;

  constructor(target: BatchTarget, onProblem: (problem: string) => void) {
    this.#target = target;
    this.#onProblem = onProblem;
  }

  get state(): QueueState {
    return { queued: this.#records.length, lost: this.#lost, problem: this.#problem };
  }

  /** Takes a record. Does not write. */
  push(record: TakenRecord): void {
    if (this.#records.length >= MAX_QUEUED) {
      this.#lose();
      return;
    }
    this.#records.push(record);
    if (this.#records.length === 1) remember(this);
    this.#schedule(COLLECT_MS);
  }

  /** Writes all that is there, now. Returns whether it could. */
  writeAll(): boolean {
    this.#target.wait(THREAD_LIMIT_MS);
    while (this.#hasWork) if (!this.#writeSome(PATIENT_BUSY_MS)) return false;
    return true;
  }

  /** The same, while the event loop turns: by the thread as far as it can. */
  async writeAllMeanwhile(): Promise<boolean> {
    const until = this.#left + this.#records.length;
    while (this.#left < until) {
      if (this.#posted === undefined && !this.#post()) return this.writeAll();
      // The thread keeps nobody alive; whoever waits for it stays.
      const stay = setInterval(() => undefined, STAY_MS);
      const isWritten = await this.#posted;
      clearInterval(stay);
      if (isWritten === false) return this.writeAll();
    }
    return this.#dropped === 0 || this.writeAll();
  }

  writeAtExit(): void {
    this.writeAll();
  }

  #lose(): void {
    this.#dropped += 1;
    this.#lost += 1;
  }

  get #hasWork(): boolean {
    return this.#records.length > 0 || this.#dropped > 0;
  }

  #schedule(ms: number): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setTimeout(this.#onTimer, ms).unref();
  }

  readonly #onTimer = (): void => {
    this.#isScheduled = false;
    // The report of a batch that is on its way makes the next one leave.
    if (this.#posted !== undefined || this.#post()) return;
    this.#goOn(this.#writeSome(BUSY_MS));
  };

  #goOn(isWritten: boolean): void {
    if (this.#records.length === 0) return;
    this.#schedule(isWritten ? 0 : this.#problem === null ? COLLECT_MS : RETRY_MS);
  }

  /** Hands a batch to the thread. After a failure the next try is made here. */
  #post(): boolean {
    if (this.#problem !== null || this.#records.length === 0) return false;
    const batch = this.#next(POSTED_BATCH);
    const { promise, resolve } = withResolvers<boolean>();
    const isPosted = this.#target.post(batch.records, (report) => {
      this.#posted = undefined;
      const isWritten = this.#settle(batch, report);
      this.#goOn(isWritten);
      resolve(isWritten);
    });
    if (isPosted) this.#posted = promise;
    return isPosted;
  }

  /** Writes a batch here. */
  #writeSome(busyMs: number): boolean {
    const batch = this.#next(BATCH);
    if (batch.records.length === 0) return true;
    const report = this.#target.write(batch.records, busyMs);
    const isWritten = this.#settle(batch, report);
    const { failure } = report;
    if (failure === null) this.#problem = null;
    else if (!failure.isBusy || busyMs >= PATIENT_BUSY_MS) this.#failed(failure.reason);
    return isWritten;
  }

  #next(limit: number): Batch {
    const records = this.#records.slice(0, limit);
    const fromQueue = records.length;
    // The same one with each try: it may be there already.
    if (this.#dropped > 0)
      this.#lossTold ??= { count: this.#dropped, record: this.#target.droppedRecord(this.#dropped) };
    const told = this.#lossTold;
    return { records: told === undefined ? records : [...records, told.record], fromQueue };
  }

  /** Returns whether the batch is written. */
  #settle({ fromQueue }: Batch, { failure, unmade, problems }: BatchReport): boolean {
    const isWritten = failure === null;
    if (isWritten) this.#records.splice(0, fromQueue);
    else if (unmade.length > 0) {
      const gone = new Set(unmade.map(({ id }) => id));
      this.#records = this.#records.filter(({ id }) => !gone.has(id));
    }
    this.#left += isWritten ? fromQueue : unmade.length;
    if (isWritten) {
      this.#dropped -= this.#lossTold?.count ?? 0;
      this.#lossTold = undefined;
    }
    for (const { reason } of unmade) {
      // A record that cannot be made must not stop the others; it is told like a lost one.
      this.#lose();
      this.#onProblem(reason);
    }
    for (const problem of problems) this.#onProblem(problem);
    if (this.#records.length === 0) written(this);
    return isWritten;
  }

  #failed(problem: string): void {
    const isNew = this.#problem === null;
    this.#problem = problem;
    if (isNew) this.#onProblem(problem);
  }
}

function withResolvers<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}
