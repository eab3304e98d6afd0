/**
 * pytest: one finding for each failure, at the innermost frame. The sections FAILURES and ERRORS tell more than the summary,
 * which is read only where there are none (`--tb=no`). Reads the styles long, short, line and native.
 */
import type { Finding } from '../diagnostic.js';
import { type BlockReader, type Format, type Report } from '../format.js';
import type { OutputLines } from '../output-lines.js';
import { readTraceback } from './python.js';

const DETAILS = /^={3,200} (?:FAILURES|ERRORS) ={3,200}$/;
const OTHER_SECTION = /^={3,200} .{1,300} ={3,200}$/;
const TEST_HEADER = /^_{3,200} (.{1,300}) _{3,200}$/;
const CAPTURED = /^-{3,200} Captured .{1,100} -{3,200}$/;
const LOCATION = /^(\S[^:]{0,1000}(?:\.pyi?|\.py[a-z])):(\d{1,9}): ?(.*)$/;
const EXPLANATION = /^E {1,40}(\S.*)$/;
const SOURCE_FRAME = /^File "([^"]{1,4096})", line (\d{1,9})/;
const CODE = /^([A-Za-z_][\w.]{0,199}(?:Error|Exception|Warning|Exit|Interrupt|Failed|Group))(?:: (.*))?$/;
const CHAINED = /^(?:During handling of the above exception|The above exception was the direct cause)/;
const SUMMARY = /^(?:FAILED|ERROR) ([^\s:][^:]{0,1000})(?:::(.{1,500}?))?(?: - (.*))?$/;

/** What is known of the failure that is being read. */
interface Failure {
  name: string | undefined;
  file: string | undefined;
  line: string | undefined;
  code: string | undefined;
  text: string | undefined;
}

function emptyFailure(name: string | undefined): Failure {
  return { name, file: undefined, line: undefined, code: undefined, text: undefined };
}

function reportFailure(failure: Failure, report: Report): void {
  const { name, file, line, text } = failure;
  if (text === undefined && failure.code === undefined) return;
  const [, type, rest] = CODE.exec(text ?? '') ?? [];
  const code = failure.code ?? type ?? (/^assert\b/.test(text ?? '') ? 'AssertionError' : undefined);
  const reason = rest ?? text ?? code ?? '';
  report(testFinding(name, { file, line, code, message: reason, tool: 'pytest' }));
}

function testFinding(name: string | undefined, finding: Finding): Finding {
  return { ...finding, tool: 'pytest', message: name === undefined ? finding.message : `${name}: ${finding.message}` };
}

/** Takes one line of a failure. */
function readLine(failure: Failure, line: string): void {
  const explanation = EXPLANATION.exec(line)?.[1];
  if (explanation !== undefined) {
    const [, file, number] = SOURCE_FRAME.exec(explanation) ?? [];
    if (file !== undefined) Object.assign(failure, { file, line: number, text: undefined });
    // Of a syntax error the source and the caret stand between its frame and its message.
    else if (failure.text === undefined || CODE.test(explanation)) failure.text ??= explanation;
    if (failure.file !== undefined && CODE.test(explanation) && !CODE.test(failure.text ?? ''))
      failure.text = explanation;
    return;
  }
  const [, file, number, rest] = LOCATION.exec(line) ?? [];
  if (file !== undefined && !file.startsWith('<')) {
    Object.assign(failure, { file, line: number });
    if (rest !== undefined && CODE.test(rest)) failure.code = rest;
  } else if (CHAINED.test(line)) {
    Object.assign(failure, emptyFailure(failure.name));
  }
}

/** Reads the sections with the failures; returns the line behind them. */
function readDetails(lines: OutputLines, at: number, report: Report): number {
  let failure = emptyFailure(undefined);
  let isCaptured = false;
  let index = at + 1;
  while (index < lines.count) {
    const line = lines.at(index);
    const name = TEST_HEADER.exec(line)?.[1];
    if (OTHER_SECTION.test(line) && !DETAILS.test(line)) break;
    if (name !== undefined) {
      reportFailure(failure, report);
      failure = emptyFailure(name.replace(/^ERROR (?:at )?/, ''));
      isCaptured = false;
    } else if (CAPTURED.test(line)) {
      isCaptured = true;
    } else if (!isCaptured) {
      const taken = readTraceback(lines, index, (finding) => report(testFinding(failure.name, finding)));
      if (taken > 0) {
        index += taken;
        continue;
      }
      readLine(failure, line);
      // With `--tb=line` failures have no header: the location ends them.
      if (failure.name === undefined && failure.file !== undefined && failure.text !== undefined) {
        reportFailure(failure, report);
        failure = emptyFailure(undefined);
      }
    }
    index++;
  }
  reportFailure(failure, report);
  return index;
}

function createReader(): BlockReader {
  let hasDetails = false;
  return (lines, at, report) => {
    const line = lines.at(at);
    if (line.startsWith('=') && DETAILS.test(line)) {
      hasDetails = true;
      return readDetails(lines, at, report) - at;
    }
    if (!line.startsWith('FAILED ') && !line.startsWith('ERROR ')) return 0;
    const [, file, name, text] = SUMMARY.exec(line) ?? [];
    if (file === undefined || !/\.py[a-z]?$/.test(file)) return 0;
    if (!hasDetails)
      reportFailure({ name: name ?? file, file, line: undefined, code: undefined, text: text ?? 'failed' }, report);
    return 1;
  };
}

export const pytest: Format<'pytest'> = { name: 'pytest', createReader };
