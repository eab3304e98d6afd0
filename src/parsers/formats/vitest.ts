/** vitest: its list of failures, and its JSON report. A failure is told at the innermost frame that is one's own. */
import { anyOf, type BlockReader, type Format } from '../format.js';
import type { OutputLines } from '../output-lines.js';
import { ownFrame, splitError, type StackFrame } from '../stack-frame.js';
import { reportReader } from './js-report.js';

const HEADER = /^ FAIL {2}(?:\|.{1,100}\| |\[.{1,100}\] )?(\S.{0,2000})$/;
const UNHANDLED = /^⎯{3,200} (?:Unhandled|Uncaught) .{1,60} ⎯{3,200}$/u;
const SEPARATOR = /^⎯{3,200}(?:\[\d{1,9}\/\d{1,9}\]⎯{1,10})?$/u;
const SUITE = / \[ .{1,1000} \]$/;
const FILE_LINE = /^ {2}File: (\S.{0,1000}):(\d{1,9}):(\d{1,9})$/;
/** Lines of one failure: a diff may be long. */
const MAX_LINES = 2_000;
const MAX_NAMES = 40;

/** Where it says the place of a failure; returns the line behind the failure. */
function readPlace(
  lines: OutputLines,
  at: number,
  file: string | undefined,
): { end: number; place: StackFrame | undefined } {
  let place: StackFrame | undefined;
  let index = at;
  for (; index < lines.count && index < at + MAX_LINES; index++) {
    const line = lines.at(index);
    if (SEPARATOR.test(line) || HEADER.test(line)) break;
    if (place !== undefined) continue;
    const [, path, row, column] = FILE_LINE.exec(line) ?? [];
    // The path of a file that cannot be parsed begins at the root of the project.
    if (path !== undefined && row !== undefined && column !== undefined) {
      place = { file: file !== undefined && path.endsWith(file) ? file : path, line: row, column };
    } else if (line.startsWith(' ❯ ')) {
      place = ownFrame(line);
    }
  }
  return { end: index, place };
}

/** Names above one failure: several tests may fail in the same way. */
function namesAt(lines: OutputLines, at: number): string[] {
  const names: string[] = [];
  for (let index = at; index < at + MAX_NAMES; index++) {
    const name = HEADER.exec(lines.at(index))?.[1];
    if (name === undefined) break;
    names.push(name);
  }
  return names;
}

const readText: BlockReader = (lines, at, report) => {
  const first = lines.at(at);
  const isUnhandled = UNHANDLED.test(first);
  const names = isUnhandled ? [''] : namesAt(lines, at);
  const begin = at + names.length;
  const error = lines.at(begin);
  // jest has the same header, and an empty line below it.
  if (names.length === 0 || error === '' || error.startsWith(' ')) return 0;
  const { code, message } = splitError(error);
  const failures = names.map((name) => name.replace(SUITE, '').split(' > '));
  const { end, place } = readPlace(lines, begin, failures[0]?.[0]);
  for (const [file, ...titles] of failures) {
    const reason = titles.length === 0 ? message : `${titles.join(' > ')}: ${message}`;
    report({ file: isUnhandled ? undefined : file, ...place, code, message: reason, tool: 'vitest' });
  }
  return end - at;
};

export const vitest: Format<'vitest'> = {
  name: 'vitest',
  createReader: (isCertain) => anyOf(reportReader('vitest', isCertain), readText),
};
