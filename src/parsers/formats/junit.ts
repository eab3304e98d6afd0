/**
 * JUnit XML of whoever wrote it: one finding for each test case with a failure or an error. Where the case names no file and line, they
 * are sought in the stack: frames of JavaScript, pytest's last line, and of Java the frame in the class of the test. Linters that write
 * this format name the rule as a test case.
 */
import type { Finding } from '../diagnostic.js';
import type { BlockReader, Format, Report } from '../format.js';
import type { OutputLines } from '../output-lines.js';
import { firstOwnFrame, splitError } from '../stack-frame.js';
import { XmlReader } from '../xml-reader.js';

const BEGIN = /^\s{0,80}<(?:testsuites?|\?xml)[\s>]/;
const ROOT = /<testsuites?[\s>]/;
const LINTER_RULE = /^org\.(\w{1,60})\.(.{1,200})$/;
const PYTHON_PLACE = /^(\S[^:]{0,1000}\.py):(\d{1,9}): /;
const JAVA_FRAME = /^\s{0,20}at .{1,500}\(([\w$]{1,200})\.(java|kt|scala|groovy):(\d{1,9})\)$/;
const MAX_TEXT_LENGTH = 65_536;
/** The root is sought a few lines behind the declaration. */
const ROOT_LOOK_AHEAD = 3;

interface Case {
  readonly attributes: ReadonlyMap<string, string>;
  readonly suite: ReadonlyMap<string, string>;
  failure: { readonly attributes: ReadonlyMap<string, string>; text: string } | undefined;
  isSkipped: boolean;
}

/** Where the stack says that it happened. */
function placeIn(text: string, className: string): Pick<Finding, 'file' | 'line' | 'column'> {
  const lines = text.split('\n');
  const own = firstOwnFrame(lines);
  if (own !== undefined) return own;
  const python = lines
    .map((line) => PYTHON_PLACE.exec(line))
    .filter((match) => match !== null)
    .at(-1);
  if (python !== undefined) return { file: python[1], line: python[2] };
  const simple = className.slice(className.lastIndexOf('.') + 1);
  const frames = lines.map((line) => JAVA_FRAME.exec(line)).filter((match) => match !== null);
  const frame = frames.find((match) => match[1] === simple) ?? frames[0];
  return frame === undefined ? {} : { file: `${frame[1] ?? ''}.${frame[2] ?? ''}`, line: frame[3] };
}

function reportCase({ attributes, suite, failure, isSkipped }: Case, report: Report): void {
  if (failure === undefined || isSkipped) return;
  const name = attributes.get('name') ?? '';
  const said = failure.attributes.get('message') ?? '';
  const text = said.trim() === '' ? failure.text : said;
  const [, tool, rule] = LINTER_RULE.exec(name) ?? [];
  const line = attributes.get('line');
  if (tool !== undefined && line !== undefined) {
    const file = attributes.get('file') ?? suite.get('name');
    report({ file, line, column: attributes.get('column'), code: rule, message: text, tool });
    return;
  }
  const { code, message } = splitError(text.trimStart().split('\n')[0] ?? '');
  const found = placeIn(failure.text, attributes.get('classname') ?? '');
  const place = line === undefined ? found : { line };
  const file = attributes.get('file') ?? suite.get('file');
  report({
    file,
    ...place,
    code: failure.attributes.get('type') ?? code,
    message: `${name}: ${message === '' ? 'failed' : message}`,
    tool: null,
  });
}

/** Reads the document that begins at a line; returns the line behind it. */
function readReport(lines: OutputLines, at: number, report: Report): number {
  const suites: ReadonlyMap<string, string>[] = [];
  let test: Case | undefined;
  let isInFailure = false;
  const reader = new XmlReader({
    open(name, attributes) {
      if (name === 'testsuite') suites.push(attributes);
      else if (name === 'testcase') {
        test = { attributes, suite: suites.at(-1) ?? new Map(), failure: undefined, isSkipped: false };
      } else if (test !== undefined && (name === 'failure' || name === 'error')) {
        isInFailure = test.failure === undefined;
        test.failure ??= { attributes, text: '' };
      } else if (test !== undefined && name === 'skipped') test.isSkipped = true;
    },
    text(text) {
      if (isInFailure && test?.failure !== undefined && test.failure.text.length < MAX_TEXT_LENGTH)
        test.failure.text += text;
    },
    close(name) {
      if (name === 'testsuite') suites.pop();
      else if (name === 'failure' || name === 'error') isInFailure = false;
      else if (name === 'testcase' && test !== undefined) {
        reportCase(test, report);
        test = undefined;
      }
    },
  });
  let index = at;
  for (; index < lines.count && !reader.isDone; index++) reader.push(`${lines.wholeAt(index)}\n`);
  if (test !== undefined) reportCase(test, report);
  return index;
}

const read: BlockReader = (lines, at, report) => {
  const line = lines.at(at);
  if (!BEGIN.test(line)) return 0;
  for (let index = at; index <= at + ROOT_LOOK_AHEAD; index++) {
    if (ROOT.test(lines.at(index))) return readReport(lines, at, report) - at;
  }
  return 0;
};

export const junit: Format<'junit'> = { name: 'junit', createReader: () => read };
