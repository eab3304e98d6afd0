/**
 * rustc, cargo and clippy, as text: `error[E0308]: text` with its ` --> file:line:column`, the short form, panics of programs and
 * tests. Notes and suggestions below an error belong to it. Sentences that only count errors are left out.
 */
import { severityOf, type Finding } from '../diagnostic.js';
import { anyOf, LOOK_AHEAD, type BlockReader, type Format } from '../format.js';
import type { OutputLines } from '../output-lines.js';
import { locate } from '../located-line.js';
import { readCargoJson } from './cargo-json.js';

const HEADER = /^(error|warning)(?:\[([A-Za-z]\w{0,60})\])?: (\S.*)$/;
const ARROW = /^ {0,20}--> (\S.{0,4095}):(\d{1,9}):(\d{1,9})$/;
/** What goes on with a message: the gutter, source lines, notes, help. */
const BODY = /^(?: {0,20}(?:\d{1,9} )?[|=:]| {0,20}(?:-->|:::)|\d{1,9} [-+~]|\.\.\.|note: |help: |$)/;
const LINT =
  /^ {0,20}= (?:note: `#\[(?:warn|deny|forbid)\(([\w:]{1,100})\)\]`|help: .{0,300}rust-clippy.{0,100}#(\w{1,100}))/;
const SUMMARY =
  /^(?:aborting due to|could not compile|test failed, to rerun|\d{1,9} (?:targets? failed|warnings? emitted)|`.{1,200}` \(.{1,200}\) generated \d|build failed)/;
/** What cargo says below an error without a place. */
const EXPLANATION = /^(?:location searched: |required by package |Caused by:|perhaps a crate )/;
const PROGRESS = /^ {2,12}(?:Compiling|Checking|Finished|Running|Updating|Blocking|Downloaded) /;
const PANIC = /^thread '([^']{1,300})' (?:\(\d{1,20}\) )?panicked at (\S.{0,4095}):(\d{1,9}):(\d{1,9}):$/;
const OLD_PANIC = /^thread '([^']{1,300})' panicked at '(.{0,2000})', (\S.{0,1000}):(\d{1,9}):(\d{1,9})$/;

/** Where the message points to, and which lint it is; returns the line behind its body. */
function readBody(lines: OutputLines, at: number, finding: { -readonly [K in keyof Finding]: Finding[K] }): number {
  let index = at + 1;
  for (; index < lines.count; index++) {
    const line = lines.at(index);
    if (!BODY.test(line) || (line === '' && !BODY.test(lines.at(index + 1)))) break;
    if (finding.line === undefined) {
      const [, file, row, column] = ARROW.exec(line) ?? [];
      if (row !== undefined) Object.assign(finding, { file, line: row, column });
    }
    if (finding.code !== undefined) continue;
    const [, lint, clippy] = LINT.exec(line) ?? [];
    if (lint !== undefined) finding.code = lint;
    else if (clippy !== undefined) finding.code = `clippy::${clippy}`;
  }
  return index;
}

function toolOf({ file, code }: Finding): string {
  if (code?.startsWith('clippy::') === true) return 'clippy';
  return file === undefined || file?.endsWith('Cargo.toml') === true ? 'cargo' : 'rustc';
}

function createTextReader(isCertain: boolean): BlockReader {
  let isCargo = isCertain;
  return (lines, at, report) => {
    const line = lines.at(at);
    isCargo ||= PROGRESS.test(line);
    const [, word, code, message] = HEADER.exec(line) ?? [];
    if (message === undefined) return 0;
    if (SUMMARY.test(message)) return 1;
    const next = lines.at(at + 1);
    // `error: text` alone is said by many tools.
    if (!isCargo && code === undefined && !ARROW.test(next) && !EXPLANATION.test(next)) return 0;
    const finding = { message, severity: severityOf(word), code, tool: null, file: undefined, line: undefined };
    const end = readBody(lines, at, finding);
    report({ ...finding, tool: toolOf(finding) });
    return end - at;
  };
}

const readShort: BlockReader = (lines, at, report) => {
  const place = locate(lines.at(at));
  const [, word, code, message] = HEADER.exec(place?.text ?? '') ?? [];
  if (place === undefined || message === undefined || !place.file.endsWith('.rs')) return 0;
  const { file, line, column } = place;
  report({ file, line, column, severity: severityOf(word), code, message, tool: 'rustc' });
  return 1;
};

const readPanic: BlockReader = (lines, at, report) => {
  const first = lines.at(at);
  if (!first.startsWith('thread ')) return 0;
  const [, oldThread, text, oldFile, oldLine, oldColumn] = OLD_PANIC.exec(first) ?? [];
  const [, thread = oldThread, file = oldFile, line = oldLine, column = oldColumn] = PANIC.exec(first) ?? [];
  if (thread === undefined) return 0;
  let index = at + 1;
  while (text === undefined && lines.at(index) === '' && index < at + LOOK_AHEAD) index++;
  const reason = text ?? lines.at(index);
  report({ file, line, column, message: thread === 'main' ? reason : `${thread}: ${reason}`, tool: 'rust' });
  return index + 1 - at;
};

export const rust: Format<'rust'> = {
  name: 'rust',
  createReader: (isCertain) => anyOf(readCargoJson, createTextReader(isCertain), readShort, readPanic),
};
