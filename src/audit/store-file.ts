/**
 * The file of a store as one thread has it: opened by the first thing that needs it, closed when it fails, and tried again by the
 * next. Batches become records here: redacted, with their files, and in the chain.
 */
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CustodyError } from '../core/errors.js';
import { ArtifactFiles } from './artifact-files.js';
import type { BatchReport, TakenRecord } from './batch.js';
import type { ChainWriter, NewRecord } from './chain-writer.js';
import type { EventRedaction } from './event-redaction.js';
import { openStoreDatabase, type OpenStore } from './open-database.js';
import { RecordIds } from './record-ids.js';
import { StorePruning, type ArchiveHook } from './retention.js';
import { isBusy, type OpenDatabase } from './sqlite-driver.js';

/** What a file is opened with. */
export interface StoreFileParts {
  readonly file: string;
  readonly redaction: EventRedaction;
  readonly retentionDays: number | undefined;
  readonly archive: ArchiveHook | undefined;
  readonly open: OpenDatabase;
  /** Whether somebody else writes what this one was given. Asked while no other can. */
  readonly isGivenUp?: (() => boolean) | undefined;
}

const NOTHING: ReadonlySet<string> = new Set();

export class StoreFile {
  readonly artifacts: ArtifactFiles;
  readonly pruning: StorePruning;
  readonly ids = new RecordIds();
  readonly #parts: StoreFileParts;
  #opened: OpenStore | undefined;
  /** Which file `#opened` is. */
  #identity: string | undefined;
  /** To be told with the next batch. */
  #problems: string[] = [];
  /** Records of a batch that failed: the next try must not make them and their files anew. */
  #made = new Map<string, NewRecord>();

  constructor(parts: StoreFileParts) {
    this.#parts = parts;
    this.artifacts = new ArtifactFiles(join(dirname(parts.file), 'output'));
    this.pruning = new StorePruning(this.artifacts, parts.archive, this.ids.recordOf);
  }

  get isOpen(): boolean {
    return this.#opened !== undefined;
  }

  /**
   * The open file. `busyMs`: how long another writer may be waited for, which blocks.
   *
   * @throws what the file system or the driver throws.
   */
  open(busyMs: number): OpenStore {
    if (this.#opened !== undefined && this.#identity !== identityOf(this.#parts.file)) {
      // On POSIX it can be removed or replaced while it is open, and what is written into it then is in no file.
      this.#problems.push(REPLACED);
      this.close();
    }
    if (this.#opened === undefined) {
      this.#opened = openStoreDatabase(this.#parts.file, this.#parts.open);
      this.#identity = identityOf(this.#parts.file);
    }
    this.#opened.setBusyTimeout(busyMs);
    return this.#opened;
  }

  /** Writes records, all or none. Those of which it is doubtful whether they are there are looked for first. Does not throw. */
  write(records: readonly TakenRecord[], busyMs: number, doubtful = NOTHING): BatchReport {
    const unmade = this.#make(records);
    try {
      const { writer, isWritable } = this.open(busyMs);
      if (!isWritable) throw newerStore();
      if (this.#made.size > 0) writer.transaction(() => this.#append(writer, doubtful));
    } catch (error) {
      if (!isBusy(error)) this.close();
      return { failure: { reason: reasonOf(error), isBusy: isBusy(error) }, unmade, problems: [] };
    }
    this.#made.clear();
    const problems = [...this.#problems.splice(0), ...this.#pruneSome()];
    return { failure: null, unmade, problems };
  }

  close(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    try {
      opened?.database.close();
    } catch {
      // It is given up anyway.
    }
  }

  /** Inside of a transaction nobody else writes: what is not there yet will not come from elsewhere. */
  #append(writer: ChainWriter, doubtful: ReadonlySet<string>): void {
    if (this.#parts.isGivenUp?.() === true) throw new Error('the batch was given up');
    const made = [...this.#made.values()];
    const missing = doubtful.size === 0 ? made : made.filter((one) => !doubtful.has(one.id) || !writer.has(one));
    if (missing.length > 0) writer.append(missing);
  }

  /** Makes what is not made yet. Returns those that cannot be: they must not stop the others. */
  #make(records: readonly TakenRecord[]): BatchReport['unmade'] {
    const before = this.#made;
    const unmade: { id: string; reason: string }[] = [];
    this.#made = new Map();
    for (const record of records) {
      try {
        this.#made.set(record.id, before.get(record.id) ?? this.#recordOf(record));
      } catch (error) {
        unmade.push({ id: record.id, reason: reasonOf(error) });
      }
    }
    return unmade;
  }

  #recordOf({ id, timestamp, event, fullOutput }: TakenRecord): NewRecord {
    const { redaction } = this.#parts;
    const redacted = redaction.event(event);
    if (fullOutput === undefined) return { id, timestamp, event: redacted };
    return { id, timestamp, event: this.artifacts.attach(redacted, fullOutput, (text) => redaction.text(text)) };
  }

  /** What retention asks for, a little at a time. An archive may take its time, so with one only `prune` removes. */
  #pruneSome(): readonly string[] {
    const { retentionDays, archive } = this.#parts;
    if (retentionDays === undefined || archive !== undefined || this.#opened === undefined) return [];
    try {
      this.pruning.pruneSome(this.#opened, retentionDays);
      return [];
    } catch (error) {
      return isBusy(error) ? [] : [reasonOf(error)];
    }
  }
}

/**
 * What becomes of records when somebody has taken the file away. SQLite does not put the log into a file that has moved, and
 * whoever opens the name anew removes it.
 */
const REPLACED =
  'the file was removed or replaced while it was open, and what its log still held is lost; records go to the file of that name from now on';

/** Which file has that name now; `undefined` if none has. */
function identityOf(file: string): string | undefined {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}

/** Why nothing is written into a file that this custody can read. */
export const NEWER_STORE = 'a newer custody wrote it; this one only reads it';

function newerStore(): CustodyError {
  return new CustodyError('UNKNOWN', NEWER_STORE, { operation: 'write' });
}

/** What was thrown, in words. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
