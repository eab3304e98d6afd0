/** What came of a validation, for people: a table of the stages, then what the failed ones found. */
import type { Diagnostic } from '../../parsers/index.js';
import type { StageResult, ValidationOutput, ValidationStage } from '../../validation/index.js';
import type { Screen } from '../host.js';
import { formatDuration } from '../quantity.js';
import type { Paint } from './colors.js';
import { printable } from './display-text.js';
import { renderTable } from './table.js';

/** Diagnostics shown of a stage, and lines of its output where it has none with a place. */
const SHOWN_ERRORS = 20;
const SHOWN_LINES = 20;

/** The report, with its final line end. */
export function renderValidation({ stages, success, durationMs }: ValidationOutput, screen: Screen): string {
  const { colors } = screen;
  const paints: Readonly<Record<StageResult['status'], Paint>> = {
    passed: colors.green,
    failed: colors.red,
    skipped: colors.yellow,
  };
  const columns = [
    { title: 'STAGE' },
    { title: 'RESULT' },
    { title: 'TIME', align: 'right' },
    { title: 'FOUND', align: 'right' },
    { title: 'NOTE', minWidth: 10 },
  ] as const;
  const rows = stages.map((stage) => [
    stage.stage,
    { text: stage.status, paint: paints[stage.status] },
    stage.status === 'skipped' ? '' : formatDuration(stage.durationMs),
    stage.errors.length === 0 ? '' : String(stage.errors.length),
    stage.reason ?? (stage.fixAttempted ? (stage.passed ? 'repaired' : 'repair did not help') : ''),
  ]);
  const table = renderTable(columns, rows, { columns: screen.columns, paintHeader: colors.dim });
  const verdict = success ? colors.green('passed') : colors.red('failed');
  const details = stages.filter(({ status }) => status === 'failed').map((stage) => detailOf(stage, screen));
  return `${table}${details.join('')}\n${verdict} in ${formatDuration(durationMs)}\n`;
}

/** The stages, with what they run. */
export function renderStageList(stages: readonly ValidationStage[], { columns, colors }: Screen): string {
  const titles = [{ title: 'STAGE' }, { title: 'COMMAND', minWidth: 20 }, { title: 'REPAIR', minWidth: 10 }] as const;
  const words = (command: ValidationStage['command'] | undefined): string =>
    typeof command === 'string' ? command : (command ?? []).join(' ');
  const rows = stages.map(({ name, command, fixCommand }) => [name, words(command), words(fixCommand)]);
  return renderTable(titles, rows, { columns, paintHeader: colors.dim });
}

function detailOf({ stage, errors, output }: StageResult, { colors }: Screen): string {
  const shown = errors.slice(0, SHOWN_ERRORS).map((error) => `  ${lineOf(error)}`);
  const more = errors.length > SHOWN_ERRORS ? [`  and ${errors.length - SHOWN_ERRORS} more`] : [];
  const isPlaced = errors.some(({ file }) => file !== null);
  const lines = isPlaced
    ? []
    : output
        .trimEnd()
        .split('\n')
        .slice(-SHOWN_LINES)
        .map((line) => `  | ${printable(line)}`);
  return `\n${[colors.bold(printable(stage)), ...shown, ...more, ...lines].join('\n')}\n`;
}

function lineOf({ file, line, column, severity, code, message }: Diagnostic): string {
  const place = [file, line, column].filter((part) => part !== null).join(':');
  const rule = code === null ? '' : ` [${code}]`;
  return printable(`${place === '' ? '' : `${place}: `}${severity}: ${message}${rule}`);
}
