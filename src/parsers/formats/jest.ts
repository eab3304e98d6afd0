/** jest: its list of failures, and its JSON report. A failure is told at the innermost frame that is one's own. */
import { anyOf, type BlockReader, type Format } from '../format.js';
import { ownFrame, splitError, type StackFrame } from '../stack-frame.js';
import { reportReader } from './js-report.js';

const FILE = /^ {0,2}FAIL {1,4}(?:\S{1,60} )?(\S.{0,1000}?)(?: \([\d.]{1,12} m?s\))?$/;
const FAILURE = /^ {2}● (\S.{0,1000})$/u;
const ERROR = /^ {4}(\S.*)$/;
const PARSE_ERROR = /^ {4}(\w{0,60}Error): (\S.{0,1000}): (.{1,1000}) \((\d{1,9}):(\d{1,9})\)$/;
const END = /^(?:Test Suites: |(?:PASS|FAIL) | (?:PASS|FAIL) {2}|Summary of all failing tests)/;
const SUITE_FAILED = 'Test suite failed to run';
const MAX_LINES = 2_000;

interface Failure {
  readonly title: string;
  error: string | undefined;
  place: StackFrame | undefined;
  code: string | undefined;
}

/** Takes one line of a failure. */
function readLine(failure: Failure, line: string): void {
  const [, code, file, message, row, column] = PARSE_ERROR.exec(line) ?? [];
  if (file !== undefined && row !== undefined && column !== undefined) {
    Object.assign(failure, { code, error: message, place: { file, line: row, column } });
    return;
  }
  failure.error ??= ERROR.exec(line)?.[1];
  if (failure.place === undefined && line.startsWith('      at ')) failure.place = ownFrame(line);
}

function createTextReader(): BlockReader {
  let file: string | undefined;
  /** Failures are listed again at the end, where there are many. */
  const told = new Set<string>();
  return (lines, at, report) => {
    const first = lines.at(at);
    const named = FILE.exec(first)?.[1];
    if (named !== undefined && /\.\w{1,10}$/.test(named)) {
      file = named;
      return 1;
    }
    const title = FAILURE.exec(first)?.[1];
    if (title === undefined || lines.at(at + 1) !== '') return 0;
    const failure: Failure = { title, error: undefined, place: undefined, code: undefined };
    let index = at + 1;
    for (; index < lines.count && index < at + MAX_LINES; index++) {
      const line = lines.at(index);
      if (FAILURE.test(line) || END.test(line)) break;
      readLine(failure, line);
    }
    const { code, message } = splitError(failure.error ?? 'failed');
    const name = title === SUITE_FAILED ? '' : `${title.split(' › ').join(' > ')}: `;
    const key = `${file ?? ''}\n${name}\n${message}`;
    if (!told.has(key)) {
      report({ file, ...failure.place, code: failure.code ?? code, message: name + message, tool: 'jest' });
    }
    told.add(key);
    return index - at;
  };
}

export const jest: Format<'jest'> = {
  name: 'jest',
  createReader: (isCertain) => anyOf(reportReader('jest', isCertain), createTextReader()),
};
