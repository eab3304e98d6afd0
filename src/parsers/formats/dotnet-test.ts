/**
 * dotnet test (VSTest and xUnit): one finding for each failed test, at the first frame that has a file. The test host of xUnit tells
 * a failure as `[FAIL]` first; the report below it tells all, and is the one that counts.
 */
import { type BlockReader, type Format } from '../format.js';
import type { OutputLines } from '../output-lines.js';

const FAILED = /^ {0,4}(?:Failed|X|✗) (\S.{0,400}?)(?: \[(?:< )?[\d.,]{1,12} ?m?s\]| \(\d.{0,20}\))?$/u;
const SECTION = /^ {0,8}(Error Message|Stack Trace|Standard Output Messages|Standard Error Messages):$/;
const FRAME = /^ {2,12}at .{1,1000}? in (\S.{0,1000}):line (\d{1,9})$/;
const THROWN = /^(?:[\w.]{1,200}\.)?(\w{1,100}(?:Exception|Error)) ?: (.*)$/;
const LOCATION_ONLY = /^ {0,12}at /;
/** What follows a failure; its message may be anything else. */
const END = /^(?:Failed!|Passed!|Test Run |Total tests:| {0,4}(?:Failed|Passed|Skipped) \S)/;
/** Lines of one failure. */
const MAX_LINES = 400;

interface Parts {
  message: string | undefined;
  file: string | undefined;
  line: string | undefined;
}

/** Takes the sections of a failure; returns the line behind them. */
function readSections(lines: OutputLines, at: number, parts: Parts): number {
  let section = '';
  let index = at;
  for (; index < lines.count && index < at + MAX_LINES; index++) {
    const line = lines.at(index);
    const begun = SECTION.exec(line)?.[1];
    if (begun !== undefined) section = begun;
    else if (section === 'Error Message' ? END.test(line) : !line.startsWith(' ')) break;
    else if (section === 'Error Message' && line.trim() !== '') parts.message ??= line.trim();
    else if (section === 'Stack Trace') {
      const [, file, row] = FRAME.exec(line) ?? [];
      if (file !== undefined && parts.file === undefined) Object.assign(parts, { file, line: row });
      else if (!LOCATION_ONLY.test(line) && FAILED.test(line)) break;
    }
  }
  return index;
}

const read: BlockReader = (lines, at, report) => {
  const name = FAILED.exec(lines.at(at))?.[1];
  if (name === undefined || SECTION.exec(lines.at(at + 1))?.[1] !== 'Error Message') return 0;
  const parts: Parts = { message: undefined, file: undefined, line: undefined };
  const end = readSections(lines, at + 1, parts);
  const [, code, text] = THROWN.exec(parts.message ?? '') ?? [];
  const { file, line, message } = parts;
  report({ file, line, code, message: `${name}: ${text ?? message ?? 'failed'}`, tool: 'dotnet test' });
  return end - at;
};

export const dotnetTest: Format<'dotnet-test'> = { name: 'dotnet-test', createReader: () => read };
