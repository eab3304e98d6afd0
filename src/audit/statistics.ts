/**
 * Counts over a whole store.
 */
import { statSync } from 'node:fs';
import type { SqlDatabase } from './sqlite-driver.js';

/** What a store holds. */
export interface AuditStatistics {
  /** Executions, those without an end included. */
  readonly executions: number;
  /** Executions without a record of their end. */
  readonly open: number;
  /** Executions that ended without success. */
  readonly failures: number;
  /** Records, those of the chain itself included. */
  readonly records: number;
  /** Bytes of the database and of its log. */
  readonly bytes: number;
  /** Times of the first and the last record, ISO 8601; `null` if there is none. */
  readonly oldest: string | null;
  readonly newest: string | null;
}

/** Counts what is in a database and on the disk. */
export function statisticsOf(database: SqlDatabase, file: string): AuditStatistics {
  const count = (condition: string, index: string): number =>
    Number(
      database.prepare(`SELECT count(*) AS total FROM entries AS e INDEXED BY ${index} WHERE ${condition}`).get()?.[
        'total'
      ],
    );
  const timeOf = (order: 'ASC' | 'DESC'): string | null => {
    const sql = `SELECT timestamp FROM entries INDEXED BY entries_time WHERE timestamp IS NOT NULL ORDER BY timestamp ${order} LIMIT 1`;
    const value = database.prepare(sql).get()?.['timestamp'];
    return typeof value === 'string' ? value : null;
  };
  const ended = count("e.kind = 'end'", 'entries_time');
  const open = count(
    `e.kind = 'start' AND NOT EXISTS (SELECT 1 FROM entries AS later INDEXED BY entries_execution
      WHERE later.execution_id = e.execution_id AND later.kind = 'end')`,
    'entries_time',
  );
  return {
    executions: ended + open,
    open,
    failures: count('e.failed = 1', 'entries_failed'),
    records: count('e.timestamp IS NOT NULL', 'entries_time'),
    bytes: [file, `${file}-wal`].reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0),
    oldest: timeOf('ASC'),
    newest: timeOf('DESC'),
  };
}
