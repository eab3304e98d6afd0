/**
 * go test, as text, verbose and with `-json`: one finding for each line that a failed test logged, at the place that the line names.
 * go names a file of a test without its folder. The events of `-json` carry the verbose text, which is put together and read as such.
 */
import { isObject } from '../../core/shape.js';
import type { Finding } from '../diagnostic.js';
import { anyOf, type BlockReader, type Format, type Report } from '../format.js';
import { textIn } from '../json-values.js';
import { OutputLines } from '../output-lines.js';
import { readGoBuild, readPanic } from './go.js';

const BEGIN = /^=== (?:RUN|CONT|NAME) {1,4}(\S{1,300})$/;
const END = /^( {0,80})--- (FAIL|PASS|SKIP): (\S{1,300}) \(/;
const LOGGED = /^( {4,84})(\S[^:]{0,300}\.go):(\d{1,9}): (.*)$/;

function logged(name: string, line: string): Finding | undefined {
  const [, , file, row, text] = LOGGED.exec(line) ?? [];
  return text === undefined ? undefined : { file, line: row, message: `${name}: ${text}`, tool: 'go' };
}

/** Takes what a failed test logged below its `--- FAIL`, and the panic that ended it. */
function readFailure(lines: OutputLines, at: number, known: readonly Finding[], report: Report): number {
  const [, indent = '', , name = ''] = END.exec(lines.at(at)) ?? [];
  let count = known.length;
  known.forEach(report);
  let index = at + 1;
  for (; index < lines.count; index++) {
    const line = lines.at(index);
    const panic = readPanic(lines, index, report, name);
    if (panic > 0) return index + panic - at;
    const finding = logged(name, line);
    if (finding !== undefined) {
      report(finding);
      count++;
    } else if (!line.startsWith(`${indent}    `) || END.test(line)) {
      break;
    }
  }
  // A test whose part failed says nothing of its own.
  const [, inner] = END.exec(lines.at(index)) ?? [];
  const hasFailedPart = inner !== undefined && inner.length > indent.length;
  if (count === 0 && !hasFailedPart) report({ message: `${name}: failed`, tool: 'go' });
  return index - at;
}

function createTextReader(): BlockReader {
  /** What tests logged that are not over, in verbose output. */
  const pending = new Map<string, Finding[]>();
  const failedParts = new Set<string>();
  let current: string | undefined;
  return (lines, at, report) => {
    const line = lines.at(at);
    const begun = BEGIN.exec(line)?.[1];
    if (begun !== undefined) {
      current = begun;
      return 1;
    }
    const [, , verdict, name] = END.exec(line) ?? [];
    if (name !== undefined) {
      const known = pending.get(name) ?? [];
      pending.delete(name);
      if (verdict !== 'FAIL') return 1;
      const parent = name.slice(0, Math.max(0, name.lastIndexOf('/')));
      failedParts.add(parent);
      return readFailure(lines, at, known, report);
    }
    const finding = current === undefined ? undefined : logged(current, line);
    if (current === undefined || finding === undefined) return 0;
    const list = pending.get(current) ?? [];
    pending.set(current, [...list, finding]);
    return 1;
  };
}

/** Text of an event of `go test -json`, by package; `undefined` if the line is none. */
function eventAt(lines: OutputLines, at: number): { readonly name: string; readonly text: string } | undefined {
  const value = lines.jsonAt(at)?.value;
  if (!isObject(value) || textIn(value, 'Action') === undefined) return undefined;
  const name = textIn(value, 'Package') ?? textIn(value, 'ImportPath');
  return name === undefined ? undefined : { name, text: textIn(value, 'Output') ?? '' };
}

const readJson: BlockReader = (lines, at, report) => {
  const texts = new Map<string, string[]>();
  let index = at;
  for (let event = eventAt(lines, at); event !== undefined; event = eventAt(lines, index)) {
    const { name, text } = event;
    const parts = texts.get(name);
    if (parts === undefined) texts.set(name, [text]);
    else parts.push(text);
    index++;
  }
  for (const parts of texts.values()) readText(parts.join(''), report);
  return index - at;
};

function readText(text: string, report: Report): void {
  const lines = new OutputLines(text);
  const read = anyOf(createTextReader(), readGoBuild);
  for (let at = 0; at < lines.count;) at += Math.max(1, read(lines, at, report));
}

export const goTest: Format<'go-test'> = {
  name: 'go-test',
  createReader: () => anyOf(readJson, createTextReader(), readGoBuild),
};
