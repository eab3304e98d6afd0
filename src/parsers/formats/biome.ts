/** Biome: its own report, JSON, and the commands for GitHub. A JSON report has `category` where the others have the name of a rule. */
import { isObject } from '../../core/shape.js';
import { severityOf, type Severity } from '../diagnostic.js';
import { anyOf, LOOK_AHEAD, type BlockReader, type Format } from '../format.js';
import { numberIn, objectIn, objectsIn, textIn } from '../json-values.js';

const CATEGORY = '(?:lint|assist|suppressions)\\/[\\w/-]{1,100}|parse|format|organizeImports|internalError\\/\\w{1,30}';
const HEADER = new RegExp(
  `^(\\S.{0,1000}?)(?::(\\d{1,9}):(\\d{1,9}))? (${CATEGORY})(?: {1,4}[A-Z]{4,12})* {1,4}━{3,200}$`,
);
const MESSAGE = /^ {2}([×✖!⚠iℹ]) (\S.*)$/u;
const GITHUB = /^::(error|warning|notice) (.{1,2000}?)::(.*)$/;

/** What the sign in front of a message means. */
function severityOfSign(sign: string | undefined): Severity {
  if (sign === '!' || sign === '⚠') return 'warning';
  return sign === 'i' || sign === 'ℹ' ? 'info' : 'error';
}

const readText: BlockReader = (lines, at, report) => {
  const header = lines.at(at);
  if (!header.endsWith('━')) return 0;
  const [, file, line, column, code] = HEADER.exec(header) ?? [];
  if (code === undefined) return 0;
  for (let index = at + 1; index <= at + LOOK_AHEAD; index++) {
    const [, sign, message] = MESSAGE.exec(lines.at(index)) ?? [];
    if (message === undefined) continue;
    report({ file, line, column, severity: severityOfSign(sign), code, message, tool: 'biome' });
    return index + 1 - at;
  }
  return 0;
};

const readJson: BlockReader = (lines, at, report) => {
  const found = lines.jsonAt(at);
  if (found === undefined || !isObject(found.value) || objectIn(found.value, 'summary') === undefined) return 0;
  const entries = objectsIn(found.value.diagnostics).filter((entry) => 'category' in entry);
  for (const entry of entries) {
    const location = objectIn(entry, 'location');
    const begin = objectIn(location, 'start');
    const end = objectIn(location, 'end');
    report({
      file: textIn(location, 'path'),
      line: numberIn(begin, 'line'),
      column: numberIn(begin, 'column'),
      endLine: numberIn(end, 'line'),
      endColumn: numberIn(end, 'column'),
      severity: severityOf(entry.severity),
      code: textIn(entry, 'category'),
      message: textIn(entry, 'message') ?? '',
      tool: 'biome',
    });
  }
  return entries.length === 0 ? 0 : found.next - at;
};

const readGithub: BlockReader = (lines, at, report) => {
  const line = lines.at(at);
  if (!line.startsWith('::')) return 0;
  const [, level, list, message] = GITHUB.exec(line) ?? [];
  if (list === undefined || message === undefined) return 0;
  const fields = new Map(
    list.split(',').map((field) => [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)]),
  );
  const code = fields.get('title');
  if (code === undefined || !new RegExp(`^(?:${CATEGORY})$`).test(code)) return 0;
  report({
    file: fields.get('file'),
    line: fields.get('line'),
    column: fields.get('col'),
    endLine: fields.get('endLine'),
    endColumn: fields.get('endColumn'),
    severity: severityOf(level === 'notice' ? 'info' : level),
    code,
    message,
    tool: 'biome',
  });
  return 1;
};

export const biome: Format<'biome'> = {
  name: 'biome',
  createReader: () => anyOf(readJson, readText, readGithub),
};
