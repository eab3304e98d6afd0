/**
 * Takes records out of a store in a way that `verify()` can tell from tampering.
 *
 * By age the chain loses its beginning: all entries before the first one that is young enough. By run, records in its midst become
 * tombstones: sequence and hashes without anything of their content. Either way a record at the end of the chain says so.
 */
import { CommandValidationError } from '../core/errors.js';
import { isoTime } from '../core/iso-time.js';
import type { ArtifactFiles } from './artifact-files.js';
import type { ChainEnd } from './chain.js';
import type { ChainWriter, NewRecord } from './chain-writer.js';
import { EVENT_VERSION, type AuditRecord, type PrunedEvent } from './record.js';
import { recordOf } from './read-records.js';
import type { SqlDatabase } from './sqlite-driver.js';

/** What is to be removed: what is old, or one run. */
export type PruneOptions =
  | {
      /** Records older than this many days, 1 or more. */
      readonly olderThanDays: number;
      /** At most this many, the oldest. @defaultValue all */
      readonly maxRecords?: number | undefined;
    }
  | {
      /** The records whose `runId`, or whose execution, this is. */
      readonly runId: string;
    };

/** What was removed. */
export interface PruneReport {
  /** Records whose content is gone. */
  readonly removed: number;
}

/**
 * Gets records before they are removed, oldest first, in pieces. One that throws, or rejects, keeps them.
 *
 * @useDeclaredType
 */
export type ArchiveHook = (records: readonly AuditRecord[]) => void | Promise<void>;

const MS_PER_DAY = 86_400_000;
/** Entries that an archive is given at a time, and that are removed in one transaction. */
const PRUNE_BATCH = 1_000;
/** Old entries that go with a writing of new ones, so that a store keeps its size without anybody's doing. */
const PRUNED_WITH_WRITES = 200;
/** A number of stretches that one record can list. */
const MAX_TOMBSTONES = 10_000;

/** A store that is open for writing. */
interface Writable {
  readonly database: SqlDatabase;
  readonly writer: ChainWriter;
}

/** Prunes one store. */
export class StorePruning {
  readonly #artifacts: Pick<ArtifactFiles, 'removeOf'>;
  readonly #archive: ArchiveHook | undefined;
  readonly #toRecord: (event: PrunedEvent) => NewRecord;

  constructor(
    artifacts: Pick<ArtifactFiles, 'removeOf'>,
    archive: ArchiveHook | undefined,
    toRecord: (event: PrunedEvent) => NewRecord,
  ) {
    this.#artifacts = artifacts;
    this.#archive = archive;
    this.#toRecord = toRecord;
  }

  /**
   * Removes what is asked for. `open` is called again after each wait. Returns how many entries went.
   *
   * @throws `CommandValidationError` with code `VALIDATION_FAILED` for options that are not valid; what the archive throws.
   */
  async prune(open: () => Writable, options: PruneOptions): Promise<number> {
    if ('runId' in options) return this.#pruneRun(open, options.runId);
    const { olderThanDays, maxRecords = Infinity } = options;
    if (!(olderThanDays >= 1)) {
      throw new CommandValidationError([{ property: 'olderThanDays', message: 'must be a number from 1' }]);
    }
    const before = daysAgo(olderThanDays);
    let removed = 0;
    while (removed < maxRecords) {
      const { records, last } = oldEntries(open().database, before, Math.min(PRUNE_BATCH, maxRecords - removed));
      if (last === undefined) break;
      if (records.length > 0) await this.#archive?.(records);
      removed += removeThrough(open(), last, this.#toRecord);
      this.#artifacts.removeOf(records);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return removed;
  }

  /**
   * Removes a few old entries, without an archive: where there are many, or some that are a day too old. Each removal adds an entry,
   * so it is not done for every one that grows old.
   */
  pruneSome(store: Writable, days: number): void {
    const before = daysAgo(days);
    const first = store.database.prepare('SELECT timestamp FROM entries ORDER BY sequence LIMIT 1').get();
    if (first === undefined || String(first['timestamp']) >= before) return;
    const { records, last } = oldEntries(store.database, before, PRUNED_WITH_WRITES);
    const isOverdue = String(first['timestamp']) < daysAgo(days + 1);
    if (last === undefined || !(isOverdue || records.length === PRUNED_WITH_WRITES)) return;
    removeThrough(store, last, this.#toRecord);
    this.#artifacts.removeOf(records);
  }

  async #pruneRun(open: () => Writable, runId: string): Promise<number> {
    const records = recordsOfRun(open().database, runId);
    if (records.length === 0) return 0;
    await this.#archive?.(records);
    const sequences = records.map(({ sequence }) => sequence);
    const removed = emptyEntries(open(), sequences, this.#toRecord);
    this.#artifacts.removeOf(records);
    return removed;
  }
}

function daysAgo(days: number): string {
  return isoTime(Date.now() - days * MS_PER_DAY);
}

/** Entries at the beginning of the chain. */
interface OldEntries {
  /** Those with content, for an archive. */
  readonly records: readonly AuditRecord[];
  /** The sequence of the last of them, tombstones included; `undefined` if there are none. */
  readonly last: number | undefined;
}

/** The oldest entries, as far as they are older than a time, at most so many. */
function oldEntries(database: SqlDatabase, before: string, limit: number): OldEntries {
  const rows = database.prepare('SELECT * FROM entries ORDER BY sequence LIMIT ?').all(limit);
  // Up to the first one that stays: what is left must be a chain. A tombstone is as old as its neighbours.
  const firstYoung = rows.findIndex(({ timestamp }) => typeof timestamp === 'string' && timestamp >= before);
  const old = firstYoung === -1 ? rows : rows.slice(0, firstYoung);
  const last = old.at(-1)?.['sequence'];
  return { records: old.flatMap((row) => recordOf(row) ?? []), last: last === undefined ? undefined : Number(last) };
}

/** The records of one run, by its `runId` or by the id of the execution; those of the chain itself are of none. */
function recordsOfRun(database: SqlDatabase, runId: string): readonly AuditRecord[] {
  const byRun = database.prepare('SELECT * FROM entries INDEXED BY entries_run WHERE run_id = ?').all(runId);
  const executions = new Set([runId, ...byRun.map((row) => String(row['execution_id']))]);
  const byExecution = database.prepare('SELECT * FROM entries INDEXED BY entries_execution WHERE execution_id = ?');
  const records = new Map<number, AuditRecord>();
  for (const execution of executions) {
    for (const row of [...byRun, ...byExecution.all(execution)]) {
      const record = recordOf(row);
      if (record !== undefined) records.set(record.sequence, record);
    }
  }
  return [...records.values()].sort((a, b) => a.sequence - b.sequence).slice(0, MAX_TOMBSTONES);
}

/** Removes the beginning of the chain up to a sequence, unless somebody else has done so. Returns how many entries went. */
function removeThrough(
  { database, writer }: Writable,
  last: number,
  toRecord: (event: PrunedEvent) => NewRecord,
): number {
  return writer.transaction(() => {
    const through = database.prepare('SELECT sequence, hash FROM entries WHERE sequence = ?').get(last);
    if (through === undefined) return 0;
    const counted = database.prepare('SELECT count(*) AS total FROM entries WHERE sequence <= ?').get(last);
    const count = Number(counted?.['total']);
    database.prepare('DELETE FROM entries WHERE sequence <= ?').run(last);
    const end: ChainEnd = { sequence: last, hash: String(through['hash']) };
    writer.append([toRecord({ ...prunedEvent('older than the retention', count), through: end })]);
    return count;
  });
}

/** Empties entries. Returns how many there were. */
function emptyEntries(
  { database, writer }: Writable,
  sequences: readonly number[],
  toRecord: (event: PrunedEvent) => NewRecord,
): number {
  return writer.transaction(() => {
    const empty =
      database.prepare(`UPDATE entries SET id = NULL, timestamp = NULL, event = NULL, kind = NULL, execution_id = NULL,
      run_id = NULL, session_id = NULL, task_id = NULL, tool_call_id = NULL, command = NULL, failed = NULL
      WHERE sequence = ? AND event IS NOT NULL`);
    const isThere = database.prepare('SELECT 1 AS there FROM entries WHERE sequence = ? AND event IS NOT NULL');
    const present = sequences.filter((sequence) => isThere.get(sequence) !== undefined);
    if (present.length === 0) return 0;
    for (const sequence of present) empty.run(sequence);
    const event = { ...prunedEvent('asked for', present.length), tombstones: stretchesOf(present) };
    writer.append([toRecord(event)]);
    return present.length;
  });
}

function prunedEvent(reason: string, count: number): PrunedEvent {
  return { version: EVENT_VERSION, eventType: 'records_pruned', reason, count, through: null, tombstones: [] };
}

/** Sorted numbers as stretches without a gap. */
function stretchesOf(numbers: readonly number[]): readonly (readonly [number, number])[] {
  const stretches: [number, number][] = [];
  for (const number of numbers) {
    const last = stretches.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else stretches.push([number, number]);
  }
  return stretches;
}
