/**
 * The tables of a store and how they came to be.
 *
 * Migrations are only ever added, never changed, and only add: so an older custody can read what a newer one wrote. It does not
 * write there (`user_version` tells), because it would leave out what it does not know.
 *
 * `entries` holds the chain. What its columns say beside `event` is copied from the event, for the indexes; `verify()` compares
 * the two. `head` repeats the last entry, so that entries missing at the end are noticed too.
 */
import { CustodyError } from '../core/errors.js';
import type { SqlDatabase } from './sqlite-driver.js';

/** `application_id` of a store, the letters `cust`: other SQLite files are refused. */
export const APPLICATION_ID = 0x63_75_73_74;

const MIGRATIONS: readonly string[] = [
  `CREATE TABLE entries (
    sequence INTEGER PRIMARY KEY,
    id TEXT,
    timestamp TEXT,
    event TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    kind TEXT,
    execution_id TEXT,
    run_id TEXT,
    session_id TEXT,
    task_id TEXT,
    tool_call_id TEXT,
    command TEXT,
    failed INTEGER
  ) STRICT;
  CREATE INDEX entries_time ON entries (timestamp, sequence, kind, command);
  CREATE INDEX entries_execution ON entries (execution_id, kind) WHERE execution_id IS NOT NULL;
  CREATE INDEX entries_run ON entries (run_id, timestamp, sequence) WHERE run_id IS NOT NULL;
  CREATE INDEX entries_session ON entries (session_id, timestamp, sequence) WHERE session_id IS NOT NULL;
  CREATE INDEX entries_task ON entries (task_id, timestamp, sequence) WHERE task_id IS NOT NULL;
  CREATE INDEX entries_tool_call ON entries (tool_call_id, timestamp, sequence) WHERE tool_call_id IS NOT NULL;
  CREATE INDEX entries_command ON entries (command, timestamp, sequence) WHERE command IS NOT NULL;
  CREATE INDEX entries_failed ON entries (timestamp, sequence) WHERE failed = 1;
  CREATE TABLE head (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    sequence INTEGER NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;`,
];

/** The version of a store that this custody writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** What a file is. */
export interface StoreVersion {
  readonly version: number;
  /** `false`: a newer custody wrote it, so it is only read. */
  readonly isWritable: boolean;
}

/**
 * Brings a file up to date, or makes a new one a store. Several processes may do so at once.
 *
 * @throws {@link CustodyError} with code `UNKNOWN` for a database of something else; what SQLite throws for no database at all.
 */
export function migrate(database: SqlDatabase): StoreVersion {
  const found = versionOf(database);
  if (found >= SCHEMA_VERSION) return { version: found, isWritable: found === SCHEMA_VERSION };
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have been faster.
    for (const migration of MIGRATIONS.slice(versionOf(database))) database.exec(migration);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
  return { version: SCHEMA_VERSION, isWritable: true };
}

function versionOf(database: SqlDatabase): number {
  const version = pragma(database, 'user_version');
  const application = pragma(database, 'application_id');
  if (application === APPLICATION_ID) return version;
  const isNew = version === 0 && application === 0 && countOf(database) === 0;
  if (isNew) return 0;
  throw new CustodyError('UNKNOWN', 'the file is a database of something else', { operation: 'open-store' });
}

function pragma(database: SqlDatabase, name: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function countOf(database: SqlDatabase): number {
  return Number(database.prepare('SELECT count(*) AS tables FROM sqlite_master').get()?.['tables']);
}
