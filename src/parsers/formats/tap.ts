/**
 * TAP, versions 13 and 14, of whoever wrote it: one finding for each test point that failed, but for TODO and SKIP. A test that failed
 * only because its parts did is not told; parts stand further in and in front of it, or behind it in braces.
 */
import type { BlockReader, Format, Report } from '../format.js';
import type { OutputLines } from '../output-lines.js';
import { firstOwnFrame, ownFrame, splitError, type StackFrame } from '../stack-frame.js';

const POINT = /^( {0,80})(not )?ok\b(?: {1,4}(\d{1,9}))?(?: - | {1,4})?(.*)$/;
const DIRECTIVE = / # ?(?:TODO|SKIP)\b/i;
const TRAILER = / # (?:time=|\{).*$/;
const BAIL_OUT = /^Bail out!\s{0,10}(.*)$/;
const FIELD = /^\s{1,80}([A-Za-z_]\w{0,40}): {0,10}(.*)$/;
const PLACE = /^(.{1,2000}?):(\d{1,9})(?::(\d{1,9}))?$/;
const BLOCK_SCALAR = /^[|>][+-]?\d?$/;
const MAX_LINES = 2_000;

/** The fields of a diagnostic block that say what and where; the first of a name counts. */
function readFields(lines: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [index, line] of lines.entries()) {
    const [, name, value] = FIELD.exec(line) ?? [];
    if (name === undefined || value === undefined || value === '' || fields.has(name)) continue;
    fields.set(name, BLOCK_SCALAR.test(value) ? (lines[index + 1]?.trim() ?? '') : unquoted(value));
  }
  return fields;
}

function unquoted(value: string): string {
  if (value.startsWith("'") && value.endsWith("'")) return value.slice(1, -1).replaceAll("''", "'");
  if (!value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return value;
  }
}

/** The frames of a `stack`, which have no `at` in front of them. */
function frameInStack(lines: readonly string[]): StackFrame | undefined {
  const begin = lines.findIndex((line) => /^\s{1,80}stack: /.test(line));
  if (begin === -1) return undefined;
  for (const line of lines.slice(begin + 1)) {
    const frame = ownFrame(line) ?? ownFrame(`at ${line.trim()}`);
    if (frame !== undefined) return frame;
  }
  return undefined;
}

function placeIn(fields: ReadonlyMap<string, string>): Partial<StackFrame> {
  const [, file, line, column] = PLACE.exec(fields.get('at') ?? fields.get('location') ?? '') ?? [];
  if (file !== undefined && line !== undefined) return { file, line, ...(column === undefined ? {} : { column }) };
  const known = {
    file: fields.get('fileName') ?? fields.get('file'),
    line: fields.get('lineNumber') ?? fields.get('line'),
  };
  const place = { ...known, column: fields.get('columnNumber') ?? fields.get('column') };
  return Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined));
}

/** Lines below a test point that belong to it: further in, as a block between `---` and `...` or as they are. */
function linesBelow(lines: OutputLines, at: number, indent: number): string[] {
  const below: string[] = [];
  for (let index = at + 1; index < lines.count && below.length < MAX_LINES; index++) {
    const line = lines.at(index);
    if (line.trim() !== '' && (line.search(/\S/) <= indent || POINT.test(line))) break;
    if (/^\s{1,80}# Subtest/.test(line)) break;
    below.push(line);
    if (/^\s{1,80}\.\.\.$/.test(line)) break;
  }
  return below;
}

function reportPoint(name: string, below: readonly string[], report: Report): void {
  if (below[0]?.trim() === '---') {
    const fields = readFields(below);
    const said = fields.get('message') ?? fields.get('error') ?? '';
    const place = frameInStack(below) ?? placeIn(fields);
    const { code = fields.get('name'), message } = splitError(said);
    report({ ...place, code, message: message === '' ? name : `${name}: ${message}`, tool: null });
    return;
  }
  const texts = below.map((line) => line.trim()).filter((line) => line !== '');
  const { code } = splitError(texts.find((line) => splitError(line).code !== undefined) ?? '');
  const { message } = splitError(texts[0] ?? '');
  report({ ...firstOwnFrame(below), code, message: message === '' ? name : `${name}: ${message}`, tool: null });
}

function createReader(): BlockReader {
  /** How far in the last failure stood: one further out, behind it, is that of the whole. */
  let lastIndent = -1;
  return (lines, at, report) => {
    const line = lines.at(at);
    const reason = BAIL_OUT.exec(line)?.[1];
    if (reason !== undefined) {
      report({ message: reason === '' ? 'Bail out!' : reason, tool: null });
      return 1;
    }
    const [, indent, not, number, text] = POINT.exec(line) ?? [];
    if (indent === undefined || text === undefined) return 0;
    if (not === undefined) {
      if (lastIndent > indent.length) lastIndent = -1;
      return number === undefined ? 0 : 1;
    }
    const below = linesBelow(lines, at, indent.length);
    const isWhole = lastIndent > indent.length || text.endsWith('{');
    if (!DIRECTIVE.test(text) && !isWhole) {
      const name = text.replace(TRAILER, '').replaceAll('\\#', '#').trim();
      reportPoint(name === '' ? `test ${number ?? ''}`.trim() : name, below, report);
    }
    if (!DIRECTIVE.test(text)) lastIndent = text.endsWith('{') ? -1 : indent.length;
    return 1 + below.length;
  };
}

export const tap: Format<'tap'> = { name: 'tap', createReader };
