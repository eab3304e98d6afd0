/**
 * Makes the folder of a store and opens its file there, or says why it cannot be done.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ChainWriter } from './chain-writer.js';
import { migrate } from './schema.js';
import type { OpenDatabase, SqlDatabase } from './sqlite-driver.js';

/** Folders of this name are ours: what is in them belongs in no repository. */
const OWN_FOLDER = '.custody';
const OWNER_ONLY = 0o700;
/** Milliseconds that opening waits for another process that makes the same store. */
const OPEN_BUSY_MS = 5_000;

/** A database that is ready. */
export interface OpenStore {
  readonly database: SqlDatabase;
  readonly writer: ChainWriter;
  /** `false`: a newer custody wrote it. */
  readonly isWritable: boolean;
  /** How long another writer is waited for, which blocks. Milliseconds. */
  setBusyTimeout(ms: number): void;
}

/**
 * Opens the database of a store.
 *
 * @throws whatever the file system or the driver throws.
 */
export function openStoreDatabase(file: string, open: OpenDatabase): OpenStore {
  makeFolder(dirname(file));
  const database = open(file);
  try {
    let busyMs = OPEN_BUSY_MS;
    const setBusyTimeout = (ms: number): void => {
      if (ms !== busyMs) database.exec(`PRAGMA busy_timeout = ${ms}`);
      busyMs = ms;
    };
    // A commit survives the end of this process; that of the machine may take the last ones, never a part of one.
    database.exec(`PRAGMA busy_timeout = ${OPEN_BUSY_MS}; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON`);
    const { isWritable } = migrate(database);
    return { database, writer: new ChainWriter(database), isWritable, setBusyTimeout };
  } catch (error) {
    database.close();
    throw error;
  }
}

function makeFolder(folder: string): void {
  const isNew = mkdirSync(folder, { recursive: true, mode: OWNER_ONLY }) !== undefined;
  if (!isNew || basename(folder) !== OWN_FOLDER) return;
  writeFileSync(join(folder, '.gitignore'), '*\n');
}
