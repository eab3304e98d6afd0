/**
 * The one file that knows which SQLite there is: `node:sqlite` where Node has it (22.13 and later), otherwise `libsql`, an
 * optional dependency. Loaded with the first use, because either takes milliseconds.
 *
 * Both are synchronous. What they share is all that is used: text, integers and NULL go in, rows come out as objects.
 */
import { CustodyError } from '../core/errors.js';

/** What SQLite stores here. */
export type SqlValue = string | number | null;

/** A row; absent columns do not happen, but the type cannot know that. */
export type SqlRow = Readonly<Record<string, SqlValue | undefined>>;

/** A prepared statement. */
export interface SqlStatement {
  run(...values: readonly SqlValue[]): unknown;
  get(...values: readonly SqlValue[]): SqlRow | undefined;
  all(...values: readonly SqlValue[]): readonly SqlRow[];
}

/** An open database. */
export interface SqlDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqlStatement;
  close(): unknown;
}

/** Opens a file, and creates it if it is not there. */
export type OpenDatabase = (file: string) => SqlDatabase;

/** Which driver serves. */
export type DriverName = 'node:sqlite' | 'libsql';

interface Driver {
  readonly name: DriverName;
  readonly open: OpenDatabase;
}

type DatabaseClass = new (file: string) => SqlDatabase;

let loaded: Driver | undefined;

/**
 * Opens a database with whichever driver there is.
 *
 * @throws {@link CustodyError} with code `UNKNOWN` where there is none; whatever the driver throws where the file is at fault.
 */
export const openSqlite: OpenDatabase = (file) => {
  loaded ??= load();
  return loaded.open(file);
};

/** The driver in use; `undefined` before the first use. */
export function driverName(): DriverName | undefined {
  return loaded?.name;
}

function load(): Driver {
  const builtIn = builtInClass();
  if (builtIn !== undefined) return { name: 'node:sqlite', open: (file) => new builtIn(file) };
  const optional = optionalClass();
  return { name: 'libsql', open: (file) => new optional(file) };
}

function builtInClass(): DatabaseClass | undefined {
  // The module warns that it is experimental when it is loaded. That is for those who write against it; here it would put a
  // line on the standard error of every host and of every `custody exec`.
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is put back where it was
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    const found = process.getBuiltinModule('node:sqlite') as { readonly DatabaseSync: DatabaseClass } | undefined;
    return found?.DatabaseSync;
  } finally {
    process.emitWarning = emitWarning;
  }
}

function optionalClass(): DatabaseClass {
  const { createRequire } = process.getBuiltinModule('node:module');
  // A CommonJS bundle has no `import.meta.url`; what it leaves external is installed where the program runs.
  const from = (import.meta.url as string | undefined) ?? `${process.cwd()}/bundle`;
  try {
    return createRequire(from)('libsql') as DatabaseClass;
  } catch (cause) {
    const message =
      'no SQLite: this Node has no node:sqlite (22.13 and later have it), and the optional package libsql is not installed';
    throw new CustodyError('UNKNOWN', message, { operation: 'load-sqlite', cause });
  }
}

const SQLITE_BUSY = 5;
const PRIMARY_CODE = 0xff;

/** Whether somebody else was writing: nothing is wrong, and a later try may do. */
export function isBusy(error: unknown): boolean {
  const { errcode, rawCode, code } = (error ?? {}) as { errcode?: unknown; rawCode?: unknown; code?: unknown };
  const number = errcode ?? rawCode;
  if (typeof number === 'number') return (number & PRIMARY_CODE) === SQLITE_BUSY;
  return typeof code === 'string' && code.startsWith('SQLITE_BUSY');
}
