/**
 * Rows of the table as records.
 */
import { parseEvent, type AuditRecord } from './record.js';
import type { SqlDatabase, SqlRow } from './sqlite-driver.js';

/** The record of a row; `undefined` for a tombstone, and for a row that somebody has spoilt. */
export function recordOf(row: SqlRow): AuditRecord | undefined {
  const { sequence, id, timestamp, event: text, previous_hash: previousHash, hash } = row;
  const event = typeof text === 'string' ? parseEvent(text) : undefined;
  if (event === undefined || typeof id !== 'string' || typeof timestamp !== 'string') return undefined;
  return {
    sequence: Number(sequence),
    id,
    timestamp,
    event,
    previousHash: String(previousHash),
    hash: String(hash),
  };
}

/** The records of one execution, in the order they were written. */
export function recordsOf(database: SqlDatabase, executionId: string): readonly AuditRecord[] {
  const sql = 'SELECT * FROM entries INDEXED BY entries_execution WHERE execution_id = ? ORDER BY sequence';
  return database
    .prepare(sql)
    .all(executionId)
    .flatMap((row) => recordOf(row) ?? []);
}

/** Rows from a place on, in the order of the chain. */
export function rowsFrom(database: SqlDatabase, sequence: number, limit: number): readonly SqlRow[] {
  return database.prepare('SELECT * FROM entries WHERE sequence >= ? ORDER BY sequence LIMIT ?').all(sequence, limit);
}
