/**
 * The store over SQLite: its file, the queue in front of it, and what is asked of it. Whoever asks for records hears of a file that
 * cannot be opened, or fails; runs do not.
 */
import type { KeyObject } from 'node:crypto';
import { displayPath } from '../core/display-path.js';
import { CustodyError } from '../core/errors.js';
import type { AuditHealth, AuditStore, FullOutput, VerifyOptions } from './audit-store.js';
import { checkpointOf, EMPTY_CHAIN, type ChainEnd } from './chain.js';
import { openStoreDatabase, type OpenStore } from './open-database.js';
import { countRuns, findRuns, type AuditPage, type AuditQuery } from './query.js';
import { recordOf, recordsOf, rowsFrom } from './read-records.js';
import type { AuditEvent, AuditRecord } from './record.js';
import type { PruneOptions, PruneReport } from './retention.js';
import { driverName, type SqlDatabase } from './sqlite-driver.js';
import { statisticsOf, type AuditStatistics } from './statistics.js';
import { NEWER_STORE, reasonOf, StoreFile, type StoreFileParts } from './store-file.js';
import { StoreWriter } from './store-writer.js';
import { ChainCheck, readPublicKey, type Verification } from './verify.js';
import { MAX_QUEUED, WriteQueue } from './write-queue.js';
import type { WriterOptions } from './writer-thread.js';

/** Everything a store is made of. */
export interface StoreParts extends StoreFileParts {
  readonly isFailClosed: boolean;
  readonly onProblem: (problem: string) => void;
  readonly signingKey: KeyObject | undefined;
  /** `undefined`: everything is written in the host's thread. */
  readonly thread: WriterOptions | undefined;
}

/** Rows read at a time: the event loop turns in between. */
const READ_BATCH = 1_000;
/** Milliseconds that reading, pruning and signing wait for a writer. */
const PATIENT_BUSY_MS = 5_000;
/** Milliseconds after a failure in which a fail-closed store says no without another try. */
const RETRY_MS = 1_000;

export class SqliteStore implements AuditStore {
  readonly file: string;
  readonly #parts: StoreParts;
  readonly #file: StoreFile;
  readonly #writer: StoreWriter;
  readonly #queue: WriteQueue;
  #lateRecords = 0;
  #triedAtMs = -Infinity;
  #openProblem: string | undefined;
  #isClosed = false;

  constructor(parts: StoreParts) {
    this.file = parts.file;
    this.#parts = parts;
    this.#file = new StoreFile(parts);
    this.#writer = new StoreWriter(this.#file, parts.thread);
    this.#queue = new WriteQueue(this.#writer, parts.onProblem);
  }

  append(event: AuditEvent, fullOutput?: FullOutput): void {
    if (this.#isClosed) {
      this.#lateRecords += 1;
      return;
    }
    const { id, timestamp } = this.#file.ids.recordOf(event);
    this.#queue.push({ id, timestamp, event, fullOutput });
  }

  flush(): Promise<boolean> {
    return this.#queue.writeAllMeanwhile();
  }

  flushSync(): boolean {
    return this.#queue.writeAll();
  }

  async find(query: AuditQuery = {}): Promise<AuditPage> {
    return this.#read((database) => findRuns(database, query));
  }

  async count(query: AuditQuery = {}): Promise<number> {
    return this.#read((database) => countRuns(database, query));
  }

  async records(executionId: string): Promise<readonly AuditRecord[]> {
    return this.#read((database) => recordsOf(database, executionId));
  }

  async *export(): AsyncGenerator<readonly AuditRecord[], void, undefined> {
    for await (const rows of this.#allRows()) {
      const records = rows.flatMap((row) => recordOf(row) ?? []);
      if (records.length > 0) yield records;
    }
  }

  fullOutput(record: AuditRecord, stream: 'stdout' | 'stderr'): string | undefined {
    return this.#file.artifacts.textOf(record, stream);
  }

  async verify({ publicKey }: VerifyOptions = {}): Promise<Verification> {
    const check = new ChainCheck(publicKey === undefined ? undefined : readPublicKey(publicKey));
    let head = EMPTY_CHAIN;
    const rows = this.#allRows((end) => (head = end));
    for await (const some of rows) if (!some.every((row) => check.take(row))) break;
    return check.finish(head);
  }

  async prune(options: PruneOptions): Promise<PruneReport> {
    await this.flush();
    const removed = await this.#file.pruning.prune(() => this.#open(PATIENT_BUSY_MS), options);
    // The log still has what was removed.
    if (removed > 0) this.#open(PATIENT_BUSY_MS).database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    return { removed };
  }

  async checkpoint(): Promise<void> {
    const { signingKey } = this.#parts;
    if (signingKey === undefined) {
      throw new CustodyError('VALIDATION_FAILED', 'a checkpoint needs the option signingKey', {
        operation: 'checkpoint',
      });
    }
    await this.flush();
    const { writer } = this.#open(PATIENT_BUSY_MS);
    writer.transaction(() => {
      const end = writer.end();
      if (end.sequence >= 0) writer.append([this.#file.ids.recordOf(checkpointOf(end, signingKey))]);
    });
  }

  async statistics(): Promise<AuditStatistics> {
    return this.#read((database) => statisticsOf(database, this.file));
  }

  health(): AuditHealth {
    if (this.#parts.isFailClosed && !this.#isClosed) this.#tryToOpen();
    const { queued, lost: lostInQueue, problem } = this.#queue.state;
    const reason = problem ?? this.#openProblem;
    const lost = lostInQueue + this.#lateRecords;
    const problems = [
      ...(reason === undefined ? [] : [`the audit store cannot be written: ${reason}`]),
      ...(lost === 0 ? [] : [`${lost} audit records were lost`]),
    ];
    const isFull = queued >= MAX_QUEUED;
    const why = this.#isClosed ? 'the audit store is closed' : isFull ? 'too many audit records wait' : problems[0];
    return {
      status: this.#isClosed ? 'closed' : problems.length > 0 ? 'degraded' : 'ok',
      file: this.file,
      driver: driverName() ?? null,
      writes: this.#writer.place,
      queued,
      dropped: lost,
      problems,
      refusal: this.#parts.isFailClosed && why !== undefined ? why : null,
    };
  }

  async close(): Promise<void> {
    const flushed = this.#isClosed ? undefined : this.flush();
    this.#isClosed = true;
    await flushed;
    await this.#writer.close();
    this.#file.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Opens the file if it is not. */
  #open(busyMs: number): OpenStore {
    const opened = this.#file.open(busyMs);
    this.#openProblem = undefined;
    return opened;
  }

  #tryToOpen(): void {
    const isFine = this.#queue.state.problem === null && this.#openProblem === undefined;
    if (this.#file.isOpen && isFine) return;
    const nowMs = performance.now();
    if (nowMs - this.#triedAtMs < RETRY_MS) return;
    this.#triedAtMs = nowMs;
    try {
      const { isWritable } = this.#open(PATIENT_BUSY_MS);
      if (!isWritable) this.#openProblem = NEWER_STORE;
      else this.flushSync();
    } catch (error) {
      this.#openProblem = reasonOf(error);
    }
  }

  async #read<T>(question: (database: SqlDatabase) => T): Promise<T> {
    await this.flush();
    try {
      return question(this.#open(PATIENT_BUSY_MS).database);
    } catch (error) {
      throw unreadable(this.file, error);
    }
  }

  /** All rows as they are now, whoever writes meanwhile. `onHead` is told what the store says of its end. */
  async *#allRows(onHead?: (head: ChainEnd) => void): AsyncGenerator<ReturnType<typeof rowsFrom>> {
    await this.flush();
    const { database, writer } = this.#openForReading();
    try {
      database.exec('BEGIN');
      onHead?.(writer.end());
      let next = Number.MIN_SAFE_INTEGER;
      for (;;) {
        const rows = rowsFrom(database, next, READ_BATCH);
        if (rows.length > 0) yield rows;
        if (rows.length < READ_BATCH) return;
        next = Number(rows.at(-1)?.['sequence']) + 1;
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      database.close();
    }
  }

  #openForReading(): OpenStore {
    try {
      return openStoreDatabase(this.file, this.#parts.open);
    } catch (error) {
      throw unreadable(this.file, error);
    }
  }
}

function unreadable(file: string, error: unknown): CustodyError {
  if (error instanceof CustodyError) return error;
  const message = `the audit store ${displayPath(file)} cannot be read: ${reasonOf(error)}`;
  return new CustodyError('UNKNOWN', message, { operation: 'read-store', cause: error });
}
