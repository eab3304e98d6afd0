/**
 * A validation as workflow commands of GitHub Actions, which shows them beside the lines they are about.
 *
 * A command is one line; what would end it, or a property of it, is escaped, so that no output can say a command of its own.
 */
import type { Diagnostic } from '../parsers/diagnostic.js';
import type { StageResult, ValidationOutput } from './stage.js';

const COMMANDS = { error: 'error', warning: 'warning', info: 'notice' } as const satisfies Record<
  Diagnostic['severity'],
  string
>;

/** One line for each diagnostic; `''` if there is none. */
export function renderAnnotations({ stages }: ValidationOutput): string {
  return stages.flatMap((stage) => stage.errors.map((error) => `${annotation(stage, error)}\n`)).join('');
}

function annotation({ stage }: StageResult, diagnostic: Diagnostic): string {
  const { file, line, column, endLine, endColumn, severity, code, message } = diagnostic;
  const title = code === null ? stage : `${stage}: ${code}`;
  const place = file === null ? {} : { file, line, endLine, col: column, endColumn };
  const properties = Object.entries({ ...place, title })
    .flatMap(([name, value]) => (value === null ? [] : [`${name}=${escapedProperty(String(value))}`]))
    .join(',');
  return `::${COMMANDS[severity]} ${properties}::${escapedData(message)}`;
}

function escapedData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapedProperty(text: string): string {
  return escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
