/**
 * The store over SQLite: its file, the queue in front of it, and what is asked of it.
 *
 * The file is opened by the first thing that needs it. One that cannot be opened, or fails, is closed and tried again by the next;
 * whoever asks for records hears of it, runs do not.
 */
import { randomBytes, type KeyObject } from 'node:crypto';
import { dirname, join } from 'node:path';
import { displayPath } from '../core/display-path.js';
import { CustodyError } from '../core/errors.js';
import { isoTime } from '../core/iso-time.js';
import { ArtifactFiles } from './artifact-files.js';
import type { AuditHealth, AuditStore, FullOutput, VerifyOptions } from './audit-store.js';
import { checkpointOf, EMPTY_CHAIN, type ChainEnd } from './chain.js';
import type { NewRecord } from './chain-writer.js';
import type { EventRedaction } from './event-redaction.js';
import { openStoreDatabase, type OpenStore } from './open-database.js';
import { countRuns, findRuns, type AuditPage, type AuditQuery } from './query.js';
import { recordOf, recordsOf, rowsFrom } from './read-records.js';
import { EVENT_VERSION, type AuditEvent, type AuditRecord } from './record.js';
import { StorePruning, type ArchiveHook, type PruneOptions, type PruneReport } from './retention.js';
import { driverName, isBusy, type OpenDatabase, type SqlDatabase } from './sqlite-driver.js';
import { statisticsOf, type AuditStatistics } from './statistics.js';
import { ChainCheck, readPublicKey, type Verification } from './verify.js';
import { MAX_QUEUED, WriteQueue } from './write-queue.js';

/** Everything a store is made of. */
export interface StoreParts {
  readonly file: string;
  readonly isFailClosed: boolean;
  readonly onProblem: (problem: string) => void;
  readonly redaction: EventRedaction;
  readonly retentionDays: number | undefined;
  readonly archive: ArchiveHook | undefined;
  readonly signingKey: KeyObject | undefined;
  readonly open: OpenDatabase;
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
  readonly #queue: WriteQueue;
  readonly #artifacts: ArtifactFiles;
  readonly #pruning: StorePruning;
  #opened: OpenStore | undefined;
  readonly #idPrefix = createIdPrefix();
  #ids = 0;
  #lateRecords = 0;
  #triedAtMs = -Infinity;
  #openProblem: string | undefined;
  #isClosed = false;

  constructor(parts: StoreParts) {
    this.file = parts.file;
    this.#parts = parts;
    this.#artifacts = new ArtifactFiles(join(dirname(parts.file), 'output'));
    this.#pruning = new StorePruning(this.#artifacts, parts.archive, this.#recordOf);
    this.#queue = new WriteQueue(this.#write, this.#droppedRecord, parts.onProblem);
  }

  append(event: AuditEvent, fullOutput?: FullOutput): void {
    if (this.#isClosed) {
      this.#lateRecords += 1;
      return;
    }
    const id = this.#nextId();
    const timestamp = isoTime(Date.now());
    const { redaction } = this.#parts;
    this.#queue.push(() => {
      const redacted = redaction.event(event);
      if (fullOutput === undefined) return { id, timestamp, event: redacted };
      return { id, timestamp, event: this.#artifacts.attach(redacted, fullOutput, (text) => redaction.text(text)) };
    });
  }

  flush(): Promise<boolean> {
    return Promise.resolve(this.flushSync());
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
    return this.#artifacts.textOf(record, stream);
  }

  async verify({ publicKey }: VerifyOptions = {}): Promise<Verification> {
    const check = new ChainCheck(publicKey === undefined ? undefined : readPublicKey(publicKey));
    let head = EMPTY_CHAIN;
    const rows = this.#allRows((end) => (head = end));
    for await (const some of rows) if (!some.every((row) => check.take(row))) break;
    return check.finish(head);
  }

  async prune(options: PruneOptions): Promise<PruneReport> {
    this.flushSync();
    const removed = await this.#pruning.prune(() => this.#open(PATIENT_BUSY_MS), options);
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
    this.flushSync();
    const { writer } = this.#open(PATIENT_BUSY_MS);
    writer.transaction(() => {
      const end = writer.end();
      if (end.sequence >= 0) writer.append([this.#recordOf(checkpointOf(end, signingKey))]);
    });
    return Promise.resolve();
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
      queued,
      dropped: lost,
      problems,
      refusal: this.#parts.isFailClosed && why !== undefined ? why : null,
    };
  }

  close(): Promise<void> {
    if (!this.#isClosed) this.flushSync();
    this.#isClosed = true;
    this.#closeFile();
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  readonly #write = (records: readonly NewRecord[], busyMs: number): void => {
    try {
      const { writer, isWritable } = this.#open(busyMs);
      if (!isWritable) {
        throw new CustodyError('UNKNOWN', 'a newer custody wrote it; this one only reads it', { operation: 'write' });
      }
      writer.transaction(() => writer.append(records));
    } catch (error) {
      if (!isBusy(error)) this.#closeFile();
      throw error;
    }
    this.#pruneSome();
  };

  /** What retention asks for, a little at a time. An archive may take its time, so with one only `prune` removes. */
  #pruneSome(): void {
    const { retentionDays, archive, onProblem } = this.#parts;
    if (retentionDays === undefined || archive !== undefined || this.#opened === undefined) return;
    try {
      this.#pruning.pruneSome(this.#opened, retentionDays);
    } catch (error) {
      if (!isBusy(error)) onProblem(reasonOf(error));
    }
  }

  /** Opens the file if it is not. */
  #open(busyMs: number): OpenStore {
    this.#opened ??= openStoreDatabase(this.file, this.#parts.open);
    this.#openProblem = undefined;
    this.#opened.setBusyTimeout(busyMs);
    return this.#opened;
  }

  #closeFile(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    try {
      opened?.database.close();
    } catch {
      // It is given up anyway.
    }
  }

  #tryToOpen(): void {
    if (this.#opened !== undefined && this.#queue.state.problem === null) return;
    const nowMs = performance.now();
    if (nowMs - this.#triedAtMs < RETRY_MS) return;
    this.#triedAtMs = nowMs;
    try {
      const { isWritable } = this.#open(PATIENT_BUSY_MS);
      if (!isWritable) this.#openProblem = 'a newer custody wrote it; this one only reads it';
      else this.flushSync();
    } catch (error) {
      this.#openProblem = reasonOf(error);
    }
  }

  async #read<T>(question: (database: SqlDatabase) => T): Promise<T> {
    this.flushSync();
    try {
      return await Promise.resolve(question(this.#open(PATIENT_BUSY_MS).database));
    } catch (error) {
      throw unreadable(this.file, error);
    }
  }

  /** All rows as they are now, whoever writes meanwhile. `onHead` is told what the store says of its end. */
  async *#allRows(onHead?: (head: ChainEnd) => void): AsyncGenerator<ReturnType<typeof rowsFrom>> {
    this.flushSync();
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

  readonly #recordOf = (event: AuditEvent): NewRecord => ({
    id: this.#nextId(),
    timestamp: isoTime(Date.now()),
    event,
  });

  readonly #droppedRecord = (count: number): NewRecord =>
    this.#recordOf({
      version: EVENT_VERSION,
      eventType: 'records_dropped',
      count,
      reason: 'the store could not be written',
    });

  #nextId(): string {
    this.#ids += 1;
    return this.#idPrefix + this.#ids.toString(RADIX);
  }
}

const RADIX = 36;
const ID_BYTES = 8;

/** Unique among all writers of all stores. */
function createIdPrefix(): string {
  return `rec-${randomBytes(ID_BYTES).toString('hex')}-`;
}

function unreadable(file: string, error: unknown): CustodyError {
  if (error instanceof CustodyError) return error;
  const message = `the audit store ${displayPath(file)} cannot be read: ${reasonOf(error)}`;
  return new CustodyError('UNKNOWN', message, { operation: 'read-store', cause: error });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
