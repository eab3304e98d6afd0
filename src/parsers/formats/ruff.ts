/** ruff: full, concise, grouped, JSON and JSON lines. Everything that it reports is an error unless it says otherwise. */
import { severityOf, type Finding } from '../diagnostic.js';
import { anyOf, type BlockReader, type Format, type Report } from '../format.js';
import { numberIn, objectIn, objectsIn, textIn, type JsonObject } from '../json-values.js';
import { locate } from '../located-line.js';
import { isObject } from '../../core/shape.js';

const RULE = /^([A-Z]{1,6}\d{3,4}|invalid-syntax|unformatted)(?::| \[[*!?-]\])* (\S.*)$/;
const ARROW = /^ {1,20}--> (\S.{0,4095}):(\d{1,9}):(\d{1,9})$/;
const GROUP = /^(\S.{0,4095}):$/;
const GROUP_ROW = /^ {2,20}(\d{1,9}):(\d{1,9}) {1,20}(\S.*)$/;

function findingOf(text: string, place: Pick<Finding, 'file' | 'line' | 'column'>): Finding | undefined {
  const [, code, message] = RULE.exec(text) ?? [];
  return message === undefined ? undefined : { ...place, code, message, tool: 'ruff' };
}

const readConcise: BlockReader = (lines, at, report) => {
  const place = locate(lines.at(at));
  const finding = place?.column === undefined ? undefined : findingOf(place.text, place);
  if (finding === undefined) return 0;
  report(finding);
  return 1;
};

const readFull: BlockReader = (lines, at, report) => {
  const header = lines.at(at);
  if (!RULE.test(header)) return 0;
  const [, file, line, column] = ARROW.exec(lines.at(at + 1)) ?? [];
  const finding = file === undefined ? undefined : findingOf(header, { file, line, column });
  if (finding === undefined) return 0;
  report(finding);
  return 2;
};

const readGrouped: BlockReader = (lines, at, report) => {
  const file = GROUP.exec(lines.at(at))?.[1];
  if (file === undefined) return 0;
  let index = at + 1;
  for (; index < lines.count; index++) {
    const [, line, column, text] = GROUP_ROW.exec(lines.at(index)) ?? [];
    const finding = text === undefined ? undefined : findingOf(text, { file, line, column });
    if (finding === undefined) break;
    report(finding);
  }
  return index === at + 1 ? 0 : index - at;
};

function reportEntry(entry: JsonObject, report: Report): boolean {
  const begin = objectIn(entry, 'location');
  const end = objectIn(entry, 'end_location');
  const file = textIn(entry, 'filename');
  if (begin === undefined || file === undefined || !('noqa_row' in entry)) return false;
  report({
    file,
    line: numberIn(begin, 'row'),
    column: numberIn(begin, 'column'),
    endLine: numberIn(end, 'row'),
    endColumn: numberIn(end, 'column'),
    severity: severityOf(textIn(entry, 'severity') ?? 'error'),
    code: textIn(entry, 'code'),
    message: textIn(entry, 'message') ?? '',
    tool: 'ruff',
  });
  return true;
}

const readJson: BlockReader = (lines, at, report) => {
  const found = lines.jsonAt(at);
  if (found === undefined) return 0;
  const entries = isObject(found.value) ? [found.value] : objectsIn(found.value);
  const reported = entries.filter((entry) => reportEntry(entry, report));
  return reported.length === 0 ? 0 : found.next - at;
};

export const ruff: Format<'ruff'> = {
  name: 'ruff',
  createReader: () => anyOf(readJson, readConcise, readFull, readGrouped),
};
