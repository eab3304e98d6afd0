/**
 * What a parser says: one record for every tool. A reader of a format gives a `Finding`, which says no more than the tool
 * did; `toDiagnostic` makes the whole record of it, with `null` for what is missing, bounded texts and checked numbers.
 */

/** How bad it is, by the tool's own word. Notes, hints and help are `info`; a test that failed is an `error`. */
export type Severity = 'error' | 'warning' | 'info';

/** One thing that a tool said about the code. JSON-serialisable; what the tool did not say is `null`. */
export interface Diagnostic {
  /** The file, as the tool named it or, with option `cwd`, relative to that folder with `/` between the names. */
  readonly file: string | null;
  /** Line, from 1. */
  readonly line: number | null;
  /** Column, from 1, in the unit of the tool: characters mostly, bytes for gcc and go. */
  readonly column: number | null;
  /** Line of the end, from 1. */
  readonly endLine: number | null;
  /** Column just behind the last character, from 1, in the unit of `column`. */
  readonly endColumn: number | null;
  readonly severity: Severity;
  /** Name of the rule, number of the error or class of the exception: `TS2322`, `no-undef`, `ValueError`. */
  readonly code: string | null;
  /** First line of what the tool says; of a failed test its name and the reason. At most 1 000 characters. */
  readonly message: string;
  /** The format that it was read from: `eslint`, `sarif`, or the name of a pattern. */
  readonly source: string;
  /** Who said it, if that is known: `clippy`, `csc`, the driver of a SARIF log. */
  readonly tool: string | null;
}

/** What a reader found; what it leaves out is `null` in the diagnostic. */
export interface Finding {
  readonly message: string;
  readonly tool: string | null;
  readonly severity?: Severity;
  readonly file?: string | null | undefined;
  readonly line?: number | string | null | undefined;
  readonly column?: number | string | null | undefined;
  readonly endLine?: number | string | null | undefined;
  readonly endColumn?: number | string | null | undefined;
  readonly code?: string | null | undefined;
}

const MAX_MESSAGE_LENGTH = 1_000;
const MAX_CODE_LENGTH = 200;
const MAX_FILE_LENGTH = 4_096;
/** Beyond it a number is no position, whatever it is. */
const MAX_POSITION = 1_000_000_000;

/** Makes the record of a finding. */
export function toDiagnostic(finding: Finding, source: string, pathOf: (file: string) => string): Diagnostic {
  const file = textOf(finding.file, MAX_FILE_LENGTH);
  const line = positionOf(finding.line);
  const endLine = positionOf(finding.endLine);
  return {
    file: file === null ? null : pathOf(file),
    line,
    column: line === null ? null : positionOf(finding.column),
    endLine,
    endColumn: endLine === null ? null : positionOf(finding.endColumn),
    severity: finding.severity ?? 'error',
    code: textOf(finding.code, MAX_CODE_LENGTH),
    message: firstLine(finding.message),
    source,
    tool: finding.tool,
  };
}

/** The first line of a text that says something, bounded. */
export function firstLine(text: string): string {
  const begin = text.trimStart();
  const end = begin.indexOf('\n');
  const line = (end === -1 ? begin : begin.slice(0, end)).trimEnd();
  return line.length > MAX_MESSAGE_LENGTH ? `${line.slice(0, MAX_MESSAGE_LENGTH - 3)}...` : line;
}

/** The severity that a word of a tool means; `error` if it is none of the known. */
export function severityOf(word: unknown): Severity {
  const name = typeof word === 'string' ? word.toLowerCase() : '';
  if (name.startsWith('warn')) return 'warning';
  return /^(?:note|info|information|hint|help|none|remark|message|suggestion|advice)$/.test(name) ? 'info' : 'error';
}

function textOf(text: string | null | undefined, length: number): string | null {
  return typeof text === 'string' && text !== '' ? text.slice(0, length) : null;
}

function positionOf(value: number | string | null | undefined): number | null {
  const position = typeof value === 'string' ? Number.parseInt(value, 10) : value;
  return Number.isInteger(position) && Number(position) >= 1 && Number(position) <= MAX_POSITION
    ? Number(position)
    : null;
}
