/**
 * mypy, as text and as JSON. Its text gives the last column of an error, which is the one before our `endColumn`; its JSON counts
 * columns from 0. Only files of Python are taken: gcc prints the same shape.
 */
import { isObject } from '../../core/shape.js';
import { severityOf, type Finding } from '../diagnostic.js';
import { anyOf, lineFormat, type BlockReader, type Format } from '../format.js';
import { numberIn, textIn } from '../json-values.js';

const TEXT =
  /^((?:[A-Za-z]:)?[^:]{1,1000}\.(?:py|pyi|ipynb)):(\d{1,9}):(?:(\d{1,9}):)?(?:(\d{1,9}):(\d{1,9}):)? (error|warning|note): (.*)$/;
const CODE = / {2}\[([a-z][a-z\d-]{0,100})\]$/;

function read(line: string): Finding | undefined {
  const [, file, row, column, endLine, endColumn, word, text] = TEXT.exec(line) ?? [];
  if (text === undefined) return undefined;
  const code = CODE.exec(text.slice(-110))?.[1];
  return {
    file,
    line: row,
    column,
    endLine,
    endColumn: behind(endColumn === undefined ? undefined : Number(endColumn)),
    severity: severityOf(word),
    code,
    message: code === undefined ? text : text.slice(0, -code.length - 4),
    tool: 'mypy',
  };
}

function behind(column: number | undefined): number | undefined {
  return column === undefined ? undefined : column + 1;
}

const readJson: BlockReader = (lines, at, report) => {
  const found = lines.jsonAt(at);
  const entry = found?.value;
  if (found === undefined || !isObject(entry)) return 0;
  const file = textIn(entry, 'file');
  if (file === undefined || !('hint' in entry) || !('code' in entry)) return 0;
  report({
    file,
    line: numberIn(entry, 'line'),
    column: behind(numberIn(entry, 'column')),
    endLine: numberIn(entry, 'end_line'),
    endColumn: behind(numberIn(entry, 'end_column')),
    severity: severityOf(entry.severity),
    code: textIn(entry, 'code'),
    message: textIn(entry, 'message') ?? '',
    tool: 'mypy',
  });
  return found.next - at;
};

export const mypy: Format<'mypy'> = {
  name: 'mypy',
  createReader: () => anyOf(readJson, lineFormat('mypy', read).createReader(true)),
};
