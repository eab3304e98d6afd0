/** mocha: its list of failures, its JSON report, and a file that it could not load. */
import { isObject } from '../../core/shape.js';
import { anyOf, LOOK_AHEAD, type BlockReader, type Format } from '../format.js';
import { objectIn, objectsIn, textIn } from '../json-values.js';
import type { OutputLines } from '../output-lines.js';
import { firstOwnFrame, ownFrame, splitError, type StackFrame } from '../stack-frame.js';

const COUNT = /^ {2}\d{1,9} failing$/;
const NUMBERED = /^ {2}(\d{1,9})\) (\S.{0,1000})$/;
const LOADING = /^ ?(?:Exception during run: |Error: )?(\S.{0,1000}\.[cm]?[jt]s):(\d{1,9})$/;
/** A test that took too long names its file. */
const FILE_AT_END = / \((\/[^()]{1,1000}|[A-Za-z]:\\[^()]{1,1000})\)$/;
const MAX_TITLES = 20;
const MAX_LINES = 2_000;

/** The titles of a failure, of which the last has a colon behind it; returns the line behind them. */
function readTitles(
  lines: OutputLines,
  at: number,
  first: string,
): { readonly titles: string[]; readonly next: number } {
  const titles = [first];
  let next = at + 1;
  while (!titles.at(-1)?.endsWith(':') && titles.length < MAX_TITLES && lines.at(next).startsWith('     ')) {
    titles.push(lines.at(next).trim());
    next++;
  }
  return { titles, next };
}

function createListReader(): BlockReader {
  let isInList = false;
  return (lines, at, report) => {
    const first = lines.at(at);
    if (COUNT.test(first)) {
      isInList = true;
      return 1;
    }
    const title = isInList ? NUMBERED.exec(first)?.[2] : undefined;
    if (title === undefined) return 0;
    const { titles, next } = readTitles(lines, at, title);
    let error: string | undefined;
    let place: StackFrame | undefined;
    let index = next;
    for (; index < lines.count && index < at + MAX_LINES; index++) {
      const line = lines.at(index);
      if (NUMBERED.test(line)) break;
      if (line.trim() !== '') error ??= line.trim();
      place ??= ownFrame(line);
      // Two empty lines are behind the last failure.
      if (line === '' && lines.at(index + 1) === '' && place !== undefined) break;
    }
    const { code, message } = splitError(error ?? 'failed');
    const file = FILE_AT_END.exec(message)?.[1];
    report({ file, ...place, code, message: `${titles.join(' > ').replace(/:$/, '')}: ${message}`, tool: 'mocha' });
    return index - at;
  };
}

const readLoading: BlockReader = (lines, at, report) => {
  const first = lines.at(at);
  if (!first.startsWith(' Exception during run: ')) return 0;
  const [, file, line] = LOADING.exec(first) ?? [];
  let error = first.slice(' Exception during run: '.length);
  let index = at + 1;
  for (; file !== undefined && index < at + 2 * LOOK_AHEAD; index++) {
    if (!/^\w{0,60}Error(?: \[\w{1,60}\])?: /.test(lines.at(index))) continue;
    error = lines.at(index);
    break;
  }
  report({ file, line, ...splitError(error), tool: 'mocha' });
  return index - at;
};

const readJson: BlockReader = (lines, at, report) => {
  const found = lines.jsonAt(at);
  if (found === undefined || !isObject(found.value)) return 0;
  if (objectIn(found.value, 'stats') === undefined || !Array.isArray(found.value.failures)) return 0;
  for (const failure of objectsIn(found.value.failures)) {
    const error = objectIn(failure, 'err');
    const stack = (textIn(error, 'stack') ?? '').split('\n');
    const { code } = splitError(stack[0] ?? '');
    const message = textIn(error, 'message') ?? 'failed';
    report({
      file: textIn(failure, 'file'),
      ...firstOwnFrame(stack),
      code: code ?? textIn(error, 'name'),
      message: `${textIn(failure, 'fullTitle') ?? ''}: ${message}`,
      tool: 'mocha',
    });
  }
  return found.next - at;
};

export const mocha: Format<'mocha'> = {
  name: 'mocha',
  createReader: () => anyOf(readJson, createListReader(), readLoading),
};
