/**
 * What `custody run-many` says when all is over, as a value and as text.
 */
import { summarizeCommand } from '../../core/command-summary.js';
import type { CustodyError } from '../../core/errors.js';
import type { Outcome } from '../../core/outcome.js';
import type { RunResult } from '../../core/run-result.js';
import type { ListedCommand } from '../command-list.js';
import { exitCodeOfError, processExitCode } from '../exit-codes.js';
import type { Screen } from '../host.js';
import { formatDuration } from '../quantity.js';
import { printable } from './display-text.js';
import { errorDocument, resultDocument } from './result-document.js';
import { describeOutcome } from './summary.js';
import { renderTable, type TableCell } from './table.js';

/** Raised when a field is removed or changes its meaning; new fields do not raise it. */
const DOCUMENT_VERSION = 1;

/** Rows of the table; with more commands than that it has those that failed. */
const MAX_ROWS = 50;

/** What is kept of a run: its output only in the document, which is made only where it is asked for. */
export interface EndedRun {
  readonly success: boolean;
  readonly outcome: Outcome;
  readonly durationMs: number;
  readonly warnings: readonly string[];
  readonly document: Readonly<Record<string, unknown>> | null;
}

/** What is kept of a run that has settled. */
export function endOf(result: RunResult, isDocumented: boolean): EndedRun {
  const { success, outcome, durationMs, warnings } = result;
  const document = isDocumented ? resultDocument(result, processExitCode(outcome)) : null;
  return { success, outcome, durationMs, warnings, document };
}

/** What is kept of a command that was refused before there was a run. */
export function refusedEnd(error: CustodyError): EndedRun {
  const document = errorDocument(error, exitCodeOfError(error.code));
  return { success: false, outcome: { kind: 'not-started', error }, durationMs: 0, warnings: [], document };
}

/** A command and how it ended; `undefined`: it was not started. */
export interface ManyEntry {
  readonly listed: ListedCommand;
  readonly end: EndedRun | undefined;
}

/** All of one call. */
export interface ManyReport {
  readonly entries: readonly ManyEntry[];
  readonly durationMs: number;
  readonly exitCode: number;
}

/** How many of each kind there are. */
export interface ManyCounts {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
}

type Status = 'succeeded' | 'failed' | 'skipped';

function statusOf({ end }: ManyEntry): Status {
  if (end === undefined) return 'skipped';
  return end.success ? 'succeeded' : 'failed';
}

/** Counts what became of the commands. */
export function countsOf(entries: readonly ManyEntry[]): ManyCounts {
  const count = (status: Status): number => entries.filter((entry) => statusOf(entry) === status).length;
  return { total: entries.length, succeeded: count('succeeded'), failed: count('failed'), skipped: count('skipped') };
}

/** How a command is called in reports. */
export function nameOf({ id, command }: ListedCommand): string {
  if (id !== undefined) return id;
  // Of a shell the line is all there is to tell it by.
  return command.shell === undefined || command.shell === false ? summarizeCommand(command) : command.file;
}

/** The JSON document. */
export function manyDocument({ entries, durationMs, exitCode }: ManyReport): Readonly<Record<string, unknown>> {
  return {
    version: DOCUMENT_VERSION,
    cliExitCode: exitCode,
    ...countsOf(entries),
    durationMs,
    commands: entries.map((entry) => ({
      line: entry.listed.line,
      id: entry.listed.id ?? null,
      status: statusOf(entry),
      run: entry.end?.document ?? null,
    })),
  };
}

/** One line on a command that has ended: `[3/12] ok, 1.2 s: npm test`, and its warnings. */
export function renderEnd(listed: ListedCommand, end: EndedRun, count: string, { colors }: Screen): string {
  const words = (end.success ? colors.green : colors.red)(wordsOf(end));
  const warnings = end.warnings.map((warning) => `custody: ${printable(warning)}\n`).join('');
  return `[${count}] ${words}, ${formatDuration(end.durationMs)}: ${printable(nameOf(listed))}\n${warnings}`;
}

function wordsOf({ success, outcome }: EndedRun): string {
  if (success) return 'ok';
  return outcome.kind === 'not-started' ? `not started (${outcome.error.message})` : describeOutcome(outcome);
}

/** The table and the line below it. */
export function renderManySummary({ entries, durationMs }: ManyReport, screen: Screen): string {
  const { colors, columns } = screen;
  const { total, succeeded, failed, skipped } = countsOf(entries);
  const isLong = total > MAX_ROWS;
  const told = isLong ? entries.filter((entry) => statusOf(entry) === 'failed') : entries;
  const rows = told.slice(0, MAX_ROWS).map((entry): readonly TableCell[] => {
    const { listed, end } = entry;
    const paint = { succeeded: colors.green, failed: colors.red, skipped: colors.dim }[statusOf(entry)];
    return [
      String(listed.line),
      { text: end === undefined ? 'skipped' : wordsOf(end), paint },
      end === undefined ? '' : formatDuration(end.durationMs),
      nameOf(listed),
    ];
  });
  const table =
    rows.length === 0
      ? ''
      : renderTable(
          [
            { title: 'line', align: 'right' },
            { title: 'status', minWidth: 10 },
            { title: 'time', align: 'right' },
            { title: isLong ? 'command that failed' : 'command', minWidth: 10 },
          ],
          rows,
          { columns, paintHeader: colors.bold },
        );
  const more = told.length > MAX_ROWS ? `and ${told.length - MAX_ROWS} more that failed\n` : '';
  const counts = `${succeeded} succeeded, ${failed} failed, ${skipped} skipped`;
  return `${table}${more}custody: ${total} commands in ${formatDuration(durationMs)}: ${counts}\n`;
}
