/**
 * javac: `File.java:line: error: text`, with the column from the caret below. What it says without a file (`error: ...`) is taken only
 * where the words are its own.
 */
import { severityOf } from '../diagnostic.js';
import { anyOf, type BlockReader, type Format } from '../format.js';
import type { OutputLines } from '../output-lines.js';
import { locate } from '../located-line.js';

const LEVEL = /^(error|warning): (?:\[([\w-]{1,60})\] )?(\S.*)$/;
const OWN_WORDS =
  /^(?:file not found: .*\.java|warnings found and -Werror|invalid (?:source|target|flag)|no source files|release version|module not found)/;
/** Gradle does not end its line with the name of the task before the compiler speaks. */
const TASK = /^:[\w:-]{1,200}(?=\/)/;

/** The column that the caret stands in; a tab in the source is printed as it is, and then nobody knows. */
function caretColumn(lines: OutputLines, at: number): number | undefined {
  const source = lines.at(at + 1);
  const caret = /^( {0,4000})\^$/.exec(lines.at(at + 2))?.[1];
  return caret === undefined || source.includes('\t') ? undefined : caret.length + 1;
}

const readPlace: BlockReader = (lines, at, report) => {
  const place = locate(lines.at(at).replace(TASK, ''));
  if (place === undefined || place.column !== undefined || !place.file.endsWith('.java')) return 0;
  const [, word, code, message] = LEVEL.exec(place.text) ?? [];
  if (message === undefined) return 0;
  const { file, line } = place;
  report({ file, line, column: caretColumn(lines, at), severity: severityOf(word), code, message, tool: 'javac' });
  return 1;
};

const readWithoutPlace: BlockReader = (lines, at, report) => {
  const [, word, code, message] = LEVEL.exec(lines.at(at)) ?? [];
  if (message === undefined || !OWN_WORDS.test(message)) return 0;
  report({ severity: severityOf(word), code, message, tool: 'javac' });
  return 1;
};

export const readJavac = anyOf(readPlace, readWithoutPlace);

export const javac: Format<'javac'> = { name: 'javac', createReader: () => readJavac };
