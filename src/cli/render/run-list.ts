/** Runs as a table, and as JSON: both from the same values. */
import type { AuditedRun } from '../../audit/index.js';
import { formatAge, formatInstant } from '../instant.js';
import { formatDuration } from '../quantity.js';
import type { Screen } from '../host.js';
import { numberIn, resultText, textIn } from './run-fields.js';
import { renderTable, type TableCell, type TableColumn } from './table.js';

const COLUMNS: readonly TableColumn[] = [
  { title: 'WHEN' },
  { title: 'RESULT', minWidth: 8 },
  { title: 'TIME', align: 'right' },
  { title: 'COMMAND', minWidth: 12 },
  { title: 'EXECUTION', minWidth: 8 },
];

/** How a list is shown. */
export interface ListView {
  readonly time: 'relative' | 'absolute';
  readonly nowMs: number;
  readonly screen: Screen;
}

/** The table; a sentence if there are none. */
export function renderRunList(runs: readonly AuditedRun[], { time, nowMs, screen }: ListView): string {
  if (runs.length === 0) return 'no runs\n';
  const { colors, columns } = screen;
  const rows = runs.map(({ record, state, executionId }): readonly TableCell[] => {
    const { event, timestamp } = record;
    const atMs = Date.parse(timestamp);
    const durationMs = numberIn(event, 'durationMs');
    const text = resultText(event, state === 'open');
    const paint = state === 'open' ? colors.yellow : text === 'ok' ? colors.green : colors.red;
    return [
      time === 'relative' ? formatAge(atMs, nowMs) : formatInstant(atMs),
      { text, paint },
      durationMs === undefined ? '-' : formatDuration(durationMs),
      textIn(event, 'command') ?? '',
      { text: executionId, paint: colors.dim },
    ];
  });
  return renderTable(COLUMNS, rows, { columns, paintHeader: colors.bold });
}

/** One run for programs: its event, with its state and when it was recorded. */
export function jsonOfRun({ record, state, executionId }: AuditedRun): Readonly<Record<string, unknown>> {
  return { ...record.event, executionId, state, recordedAt: record.timestamp, sequence: record.sequence };
}
