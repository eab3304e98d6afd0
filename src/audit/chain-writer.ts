/**
 * Appends to the chain of one database. The one place that writes entries.
 *
 * Several processes may write one store: the end of the chain is read inside the transaction that continues it, which holds the
 * lock for writing from its beginning, so that no two records ever follow the same one. A process that dies in between leaves
 * nothing: SQLite rolls the transaction back.
 */
import { canonicalText, EMPTY_CHAIN, hashOf, type ChainEnd } from './chain.js';
import { columnsOf, type AuditEvent, type StoredEvent } from './record.js';
import type { SqlDatabase, SqlStatement } from './sqlite-driver.js';

/** A record before it has its place in the chain. */
export interface NewRecord {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly event: AuditEvent;
}

const INSERT = `INSERT INTO entries
  (sequence, id, timestamp, event, previous_hash, hash, kind, execution_id, run_id, session_id, task_id, tool_call_id, command, failed)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const UPDATE_HEAD = `INSERT INTO head (only, sequence, hash) VALUES (1, ?, ?)
  ON CONFLICT (only) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash`;
const FIND = 'SELECT 1 AS found FROM entries INDEXED BY entries_time WHERE timestamp = ? AND id = ?';

export class ChainWriter {
  readonly #database: SqlDatabase;
  readonly #insert: SqlStatement;
  readonly #head: SqlStatement;
  readonly #updateHead: SqlStatement;
  #find: SqlStatement | undefined;

  constructor(database: SqlDatabase) {
    this.#database = database;
    this.#insert = database.prepare(INSERT);
    this.#head = database.prepare('SELECT sequence, hash FROM head');
    this.#updateHead = database.prepare(UPDATE_HEAD);
  }

  /** Does all of it or nothing, alone among all writers. */
  transaction<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const value = work();
      this.#database.exec('COMMIT');
      return value;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /** To be called inside of a transaction. Returns the new end. */
  append(records: readonly NewRecord[]): ChainEnd {
    const end = records.reduce((previous, record) => this.#appendOne(record, previous), this.end());
    this.#updateHead.run(end.sequence, end.hash);
    return end;
  }

  /** Whether a record is in the chain. Ids have no index; a record has its time in every try to write it. */
  has({ id, timestamp }: NewRecord): boolean {
    this.#find ??= this.#database.prepare(FIND);
    return this.#find.get(timestamp, id) !== undefined;
  }

  /** Where the chain ends. What stands in `head` and not the last entry: entries that were taken away stay missing. */
  end(): ChainEnd {
    const row = this.#head.get();
    return row === undefined ? EMPTY_CHAIN : { sequence: Number(row['sequence']), hash: String(row['hash']) };
  }

  #appendOne({ id, timestamp, event }: NewRecord, { sequence: last, hash: previousHash }: ChainEnd): ChainEnd {
    const sequence = last + 1;
    const text = canonicalText(event);
    const hash = hashOf({ sequence, id, timestamp, event: text, previousHash });
    const { kind, executionId, runId, sessionId, taskId, toolCallId, command, failed } = columnsOf(
      event as unknown as StoredEvent,
    );
    this.#insert.run(
      ...[sequence, id, timestamp, text, previousHash, hash, kind, executionId],
      ...[runId, sessionId, taskId, toolCallId, command, failed],
    );
    return { sequence, hash };
  }

  #rollBack(): void {
    try {
      this.#database.exec('ROLLBACK');
    } catch {
      // Some errors have ended the transaction already; what is told is the first one.
    }
  }
}
