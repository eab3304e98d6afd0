/**
 * go build, run and vet: `file.go:line:column: text`, the JSON of vet, import cycles, and panics of programs. A panic is told at the
 * innermost frame outside of Go's own library.
 */
import { isObject } from '../../core/shape.js';
import { anyOf, LOOK_AHEAD, type BlockReader, type Format, type Report } from '../format.js';
import { objectsIn, textIn } from '../json-values.js';
import { locate } from '../located-line.js';

const IMPORTS = /^\timports (\S{1,300})(?:: (.*))?$/;
const PANIC = /^(?:panic|fatal error): (.*)$/;
const FRAME = /^\t(\S.{0,1000}\.go):(\d{1,9})(?: \+0x[\da-f]{1,16})?$/;
/** Frames that say how a panic came about, not where. */
const LIBRARY_FRAME = /\/(?:src|libexec\/src)\/(?:runtime|testing|internal|reflect)\//;
const MAX_FRAMES = 200;

const readLine: BlockReader = (lines, at, report) => {
  const line = lines.at(at);
  const isVet = line.startsWith('vet: ');
  const place = locate(isVet ? line.slice('vet: '.length) : line);
  if (place?.file.endsWith('.go') !== true || place.text === '') return 0;
  const { file, line: row, column, text } = place;
  report({ file, line: row, column, message: text, tool: isVet ? 'vet' : 'go' });
  return 1;
};

const readVetJson: BlockReader = (lines, at, report) => {
  const found = lines.jsonAt(at);
  if (found === undefined || !isObject(found.value)) return 0;
  let taken = 0;
  for (const analyzers of Object.values(found.value).filter(isObject)) {
    for (const [code, problems] of Object.entries(analyzers)) {
      for (const problem of objectsIn(problems)) {
        const place = locate(`${textIn(problem, 'posn') ?? ''}:`);
        if (place === undefined) continue;
        const { file, line, column } = place;
        report({ file, line, column, code, message: textIn(problem, 'message') ?? '', tool: 'vet' });
        taken++;
      }
    }
  }
  return taken === 0 ? 0 : found.next - at;
};

const readCycle: BlockReader = (lines, at, report) => {
  const name = /^package (\S{1,300})$/.exec(lines.at(at))?.[1];
  if (name === undefined || !IMPORTS.test(lines.at(at + 1))) return 0;
  let index = at + 1;
  for (; index < lines.count; index++) {
    const [line, , reason] = IMPORTS.exec(lines.at(index)) ?? [];
    if (line === undefined) break;
    if (reason !== undefined) report({ message: `package ${name}: ${reason}`, tool: 'go' });
  }
  return index - at;
};

/** Takes a panic and its trace; `name` is the test that it ended. */
export function readPanic(
  lines: Parameters<BlockReader>[0],
  at: number,
  report: Report,
  name: string | undefined,
): number {
  const text = PANIC.exec(lines.at(at))?.[1]?.replace(/ \[recovered(?:, repanicked)?\]$/, '');
  if (text === undefined || !hasTrace(lines, at)) return 0;
  let index = at + 1;
  let frame: { file: string | undefined; line: string | undefined } | undefined;
  for (; index < lines.count && index < at + MAX_FRAMES; index++) {
    const line = lines.at(index);
    const [, file, row] = FRAME.exec(line) ?? [];
    if (file !== undefined && frame === undefined && !LIBRARY_FRAME.test(file)) frame = { file, line: row };
    if (/^(?:exit status |FAIL|ok |--- |=== )/.test(line)) break;
  }
  report({ ...frame, code: 'panic', message: name === undefined ? text : `${name}: ${text}`, tool: 'go' });
  return index - at;
}

function hasTrace(lines: Parameters<BlockReader>[0], at: number): boolean {
  for (let index = at + 1; index <= at + LOOK_AHEAD; index++) {
    if (/^goroutine \d{1,9} /.test(lines.at(index))) return true;
  }
  return false;
}

export const readGoBuild = anyOf(readLine, readVetJson, readCycle);

export const go: Format<'go'> = {
  name: 'go',
  createReader: () => anyOf(readGoBuild, (lines, at, report) => readPanic(lines, at, report, undefined)),
};
