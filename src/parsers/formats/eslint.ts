/** ESLint: the JSON report, with anything before it, and the stylish one. */
import { severityOf } from '../diagnostic.js';
import { anyOf, LOOK_AHEAD, type BlockReader, type Format, type Report } from '../format.js';
import { parseJson, type OutputLines } from '../output-lines.js';
import { readElements } from '../json-elements.js';
import { numberIn, objectsIn, textIn } from '../json-values.js';

const REPORT_START = '[{"filePath":';
const ROW = /^ {2,20}(\d{1,9}):(\d{1,9}) {1,20}(error|warning|info) {1,20}(\S.*)$/;
/** The name of the rule is the last column; two spaces are in front of it. */
const RULE = / {2,}([@\w][@\w./-]{0,199})$/;

function reportFile(entry: Readonly<Record<string, unknown>>, report: Report): void {
  for (const message of objectsIn(entry.messages)) {
    report({
      file: textIn(entry, 'filePath'),
      line: numberIn(message, 'line'),
      column: numberIn(message, 'column'),
      endLine: numberIn(message, 'endLine'),
      endColumn: numberIn(message, 'endColumn'),
      severity: message.severity === 1 ? 'warning' : message.severity === 0 ? 'info' : 'error',
      code: textIn(message, 'ruleId'),
      message: textIn(message, 'message') ?? '',
      tool: 'eslint',
    });
  }
}

const readJson: BlockReader = (lines, at, report) => {
  const found = lines.jsonAt(at) ?? reportInside(lines, at);
  if (!Array.isArray(found?.value)) return 0;
  const files = objectsIn(found.value).filter((entry) => Array.isArray(entry.messages) && 'filePath' in entry);
  if (files.length === 0) return 0;
  for (const file of files) reportFile(file, report);
  return found.next - at;
};

/** A report that does not begin its line. */
function reportInside(lines: OutputLines, at: number): { value: unknown; next: number } | undefined {
  const line = lines.wholeAt(at);
  const begin = line.indexOf(REPORT_START);
  if (begin === -1) return undefined;
  const text = line.slice(begin);
  return { value: parseJson(text) ?? readElements(text), next: at + 1 };
}

/** A file, and below it a row for each problem. */
const readStylish: BlockReader = (lines, at, report) => {
  const file = lines.at(at);
  if (!/^\S.{0,4095}$/.test(file) || !ROW.test(lines.at(at + 1))) return 0;
  let index = at + 1;
  for (let stray = 0; index < lines.count && stray <= LOOK_AHEAD; index++) {
    const line = lines.at(index);
    const [, row, column, severity, text] = ROW.exec(line) ?? [];
    if (text === undefined) {
      if (line.trim() === '') break;
      stray++;
      continue;
    }
    stray = 0;
    const code = RULE.exec(text.slice(-220))?.[1];
    const message = code === undefined ? text : text.slice(0, -code.length);
    report({ file, line: row, column, severity: severityOf(severity), code, message, tool: 'eslint' });
  }
  return index - at;
};

export const eslint: Format<'eslint'> = {
  name: 'eslint',
  createReader: () => anyOf(readJson, readStylish),
};
