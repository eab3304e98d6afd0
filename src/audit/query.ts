/**
 * Finds executions in a store: one row for each, its end record, or its start while there is no end. Newest first.
 *
 * Every question goes through an index that is named in the statement, so that none becomes a scan unnoticed. Globs are SQLite's
 * own `GLOB`, over the first 400 characters of a command line.
 */
import { Issues } from '../core/validate.js';
import { recordOf } from './read-records.js';
import type { AuditRecord, StoredEvent } from './record.js';
import type { SqlDatabase, SqlValue } from './sqlite-driver.js';

/** Which executions are asked for. What is given must all hold. */
export interface AuditQuery {
  readonly executionId?: string | undefined;
  readonly runId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly taskId?: string | undefined;
  readonly toolCallId?: string | undefined;
  /** A glob for the whole command line: `*` any characters, `?` one, `[a-z]` one of them. Case counts. */
  readonly command?: string | undefined;
  /** Recorded at this time or later: a time in ISO 8601, or milliseconds since the epoch. What has ended is recorded at its end. */
  readonly since?: string | number | undefined;
  /** Recorded before this time. */
  readonly until?: string | number | undefined;
  /** Only executions that ended without success. */
  readonly failedOnly?: boolean | undefined;
  /** At most this many, 1 to 1000. @defaultValue `50` */
  readonly limit?: number | undefined;
  /** Where the page before ended: its `next`. */
  readonly cursor?: string | undefined;
}

/** One execution as a store knows it. */
export interface AuditedRun {
  readonly executionId: string;
  /** `open`: there is no record of its end; it goes on, or its host died. */
  readonly state: 'open' | 'ended';
  /** Its end record, or its start while it is open. */
  readonly record: AuditRecord;
}

/** Executions, newest first. */
export interface AuditPage {
  readonly runs: readonly AuditedRun[];
  /** To be given as `cursor` for the next page; `null` after the last one. */
  readonly next: string | null;
}

/** Executions of a page. */
export const PAGE_LIMITS = { standard: 50, max: 1_000 } as const;
const MAX_GLOB_LENGTH = 400;
/** Distinct commands that are tried one by one before the records are. */
const MAX_COMMANDS = 2_000;
/** Records of the commands found that are sorted; of more, the first page is found sooner in the order of time. */
const MAX_SORTED = 5_000;

const IDS = [
  ['executionId', 'execution_id', 'entries_execution'],
  ['toolCallId', 'tool_call_id', 'entries_tool_call'],
  ['taskId', 'task_id', 'entries_task'],
  ['sessionId', 'session_id', 'entries_session'],
  ['runId', 'run_id', 'entries_run'],
] as const;

const ONE_PER_EXECUTION = `(e.kind = 'end' OR (e.kind = 'start' AND NOT EXISTS (
  SELECT 1 FROM entries AS later INDEXED BY entries_execution WHERE later.execution_id = e.execution_id AND later.kind = 'end')))`;

/** A question as SQL. */
export interface Selection {
  readonly index: string;
  readonly conditions: readonly string[];
  readonly values: readonly SqlValue[];
}

/**
 * Finds a page of executions.
 *
 * @throws {@link CommandValidationError} with code `VALIDATION_FAILED` naming each property that is wrong.
 */
export function findRuns(database: SqlDatabase, query: AuditQuery): AuditPage {
  const { limit = PAGE_LIMITS.standard } = query;
  const selection = selectionOf(database, query);
  if (selection === undefined) return { runs: [], next: null };
  const rows = database.prepare(pageStatement(selection)).all(...selection.values, limit + 1);
  const runs = rows.slice(0, limit).flatMap((row) => {
    const record = recordOf(row);
    return record === undefined ? [] : [runOf(record, row['kind'] === 'end')];
  });
  const last = runs.at(-1)?.record;
  return { runs, next: rows.length > limit && last !== undefined ? cursorAt(last) : null };
}

/** How many executions there are, whatever the page. */
export function countRuns(database: SqlDatabase, query: AuditQuery): number {
  const selection = selectionOf(database, { ...query, cursor: undefined });
  if (selection === undefined) return 0;
  const { index, conditions, values } = selection;
  const sql = `SELECT count(*) AS total FROM entries AS e INDEXED BY ${index} WHERE ${conditions.join(' AND ')}`;
  return Number(database.prepare(sql).get(...values)?.['total']);
}

/** The statement of a page; its last value is the number of rows. The places are found first, in the index alone; CROSS keeps it so. */
export function pageStatement({ index, conditions }: Selection): string {
  return `SELECT entries.* FROM (
    SELECT e.sequence FROM entries AS e INDEXED BY ${index} WHERE ${conditions.join(' AND ')}
    ORDER BY e.timestamp DESC, e.sequence DESC LIMIT ?) AS found
    CROSS JOIN entries ON entries.sequence = found.sequence ORDER BY entries.timestamp DESC, entries.sequence DESC`;
}

/** The question as SQL; `undefined` if nothing can answer it. */
export function selectionOf(database: SqlDatabase, query: AuditQuery): Selection | undefined {
  const { since, until, after } = readQuery(query);
  const conditions = [ONE_PER_EXECUTION];
  const values: SqlValue[] = [];
  const add = (condition: string, ...given: readonly SqlValue[]): void => {
    conditions.push(condition);
    values.push(...given);
  };
  for (const [name, column] of IDS) if (query[name] !== undefined) add(`e.${column} = ?`, query[name]);
  if (query.failedOnly === true) conditions.push('e.failed = 1');
  if (since !== undefined) add('e.timestamp >= ?', since);
  if (until !== undefined) add('e.timestamp < ?', until);
  if (after !== undefined) add('(e.timestamp, e.sequence) < (?, ?)', after.timestamp, after.sequence);
  const byId = IDS.find(([name]) => query[name] !== undefined)?.[2];
  const byTime = query.failedOnly === true ? 'entries_failed' : 'entries_time';
  const { command } = query;
  if (command === undefined) return { index: byId ?? byTime, conditions, values };
  const commands = byId === undefined ? fewCommands(database, command) : undefined;
  if (commands?.length === 0) return undefined;
  if (commands === undefined) add('e.command GLOB ?', command);
  else add(`e.command IN (${commands.map(() => '?').join(', ')})`, ...commands);
  return { index: byId ?? (commands === undefined ? byTime : 'entries_command'), conditions, values };
}

/**
 * The commands that a glob fits, if there are few and few records of them; otherwise `undefined`. Programs run the same commands
 * again and again, so going from one distinct command to the next takes fewer steps than there are records.
 */
function fewCommands(database: SqlDatabase, glob: string): readonly string[] | undefined {
  const prefix = /^[^*?[]*/.exec(glob)?.[0] ?? '';
  const nextOf = (comparison: '>' | '>=') =>
    database.prepare(
      `SELECT command FROM entries INDEXED BY entries_command WHERE command IS NOT NULL AND command ${comparison} ? ORDER BY command LIMIT 1`,
    );
  const [first, next] = [nextOf('>='), nextOf('>')];
  const fits = database.prepare('SELECT ? GLOB ? AS fits');
  const count = database.prepare(
    'SELECT count(*) AS total FROM (SELECT 1 FROM entries INDEXED BY entries_command WHERE command = ? LIMIT ?)',
  );
  const found: string[] = [];
  let total = 0;
  let row = first.get(prefix);
  for (let tried = 0; tried < MAX_COMMANDS; tried += 1) {
    const command = row?.['command'];
    if (typeof command !== 'string' || !command.startsWith(prefix)) return found;
    row = next.get(command);
    if (fits.get(command, glob)?.['fits'] !== 1) continue;
    found.push(command);
    total += Number(count.get(command, MAX_SORTED)?.['total']);
    if (total >= MAX_SORTED) return undefined;
  }
  return undefined;
}

interface ReadQuery {
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly after: Cursor | undefined;
}

interface Cursor {
  readonly timestamp: string;
  readonly sequence: number;
}

function readQuery(query: AuditQuery): ReadQuery {
  const issues = new Issues('');
  for (const [name] of IDS) {
    if (query[name] !== undefined && typeof query[name] !== 'string') issues.add(name, 'must be a text');
  }
  const { command, limit, cursor } = query;
  if (command !== undefined && !(typeof command === 'string' && command !== '' && command.length <= MAX_GLOB_LENGTH)) {
    issues.add('command', `must be a glob of at most ${MAX_GLOB_LENGTH} characters`);
  }
  const fitsPage = limit === undefined || (Number.isSafeInteger(limit) && limit >= 1 && limit <= PAGE_LIMITS.max);
  if (!fitsPage) issues.add('limit', `must be a whole number from 1 to ${PAGE_LIMITS.max}`);
  const after = cursor === undefined ? undefined : readCursor(cursor);
  if (cursor !== undefined && after === undefined) issues.add('cursor', 'must be the `next` of another page');
  const read = { since: readTime(query.since, 'since', issues), until: readTime(query.until, 'until', issues), after };
  issues.throwIfAny();
  return read;
}

function readTime(value: unknown, property: string, issues: Issues): string | undefined {
  if (value === undefined) return undefined;
  const time = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  const date = new Date(time);
  if (!Number.isNaN(date.getTime())) return date.toISOString();
  issues.add(property, 'must be a time in ISO 8601 or milliseconds since the epoch');
  return undefined;
}

function cursorAt({ timestamp, sequence }: AuditRecord): string {
  return Buffer.from(JSON.stringify([timestamp, sequence])).toString('base64url');
}

function readCursor(text: unknown): Cursor | undefined {
  try {
    const [timestamp, sequence]: readonly unknown[] = JSON.parse(
      Buffer.from(String(text), 'base64url').toString(),
    ) as readonly unknown[];
    return typeof timestamp === 'string' && Number.isSafeInteger(sequence)
      ? { timestamp, sequence: sequence as number }
      : undefined;
  } catch {
    return undefined;
  }
}

function runOf(record: AuditRecord, isEnded: boolean): AuditedRun {
  const { executionId } = record.event as StoredEvent & { readonly executionId?: unknown };
  return { executionId: String(executionId), state: isEnded ? 'ended' : 'open', record };
}
