/**
 * Maven: what its plugins print behind `[ERROR]` and `[WARNING]`: the compiler's `file:[line,column] text`, problems of a POM, failed
 * tests of Surefire, goals that failed. Maven repeats most of it at the end; what was told is not told again.
 */
import { severityOf, type Finding } from '../diagnostic.js';
import { type BlockReader, type Format } from '../format.js';

const TAGGED = /^(?:\[ERROR\] )?\[(ERROR|FATAL|WARNING)\] {1,20}(\S.*)$/;
const COMPILER =
  /^(\S.{0,1000}\.(?:java|kt|scala|groovy)):\[(\d{1,9}),(\d{1,9})\] (?:(?:error|warning): )?(?:\[([\w-]{1,60})\] )?(\S.*)$/;
const POM = /^(\S.{0,600}?) @ (?:(\S.{0,300}), )?line (\d{1,9}), column (\d{1,9})$/;
const UNREADABLE_POM = /^Non-readable POM (\S.{0,400}?): (.{1,600}?) @(\d{1,9}):(\d{1,9})(?: @ ?)?$/;
const TEST = /^([\w$.]{1,300}?)(?:\.([\w$]{1,200}(?:\[.{0,100}\])?))?:(\d{1,9})(?:->\S{1,300})? (\S.*)$/;
const TEST_ERROR = /^([\w$.]{1,300}\.[\w$]{1,200}):(\d{1,9}) (?:»|\u00bb|>>) (\S.*)$/;
const GOAL = /^Failed to execute goal (\S{1,300}) (?:\(.{1,100}\) )?on project \S{1,200}: (\S.*)$/;
/** Goals whose reason was told above. */
const TOLD = /^(?:Compilation failure|There are test failures)/;
const HELP = / -> \[Help \d{1,3}\]$/;

/** What is behind the tag, as a finding. */
function findingOf(tag: string, text: string): Finding | undefined {
  const severity = severityOf(tag);
  const [, file, line, column, code, message] = COMPILER.exec(text) ?? [];
  if (message !== undefined)
    return { file, line, column, severity, code, message, tool: file?.endsWith('.kt') === true ? 'kotlinc' : 'javac' };
  const [, pom, problem, row, place] = UNREADABLE_POM.exec(text) ?? [];
  if (problem !== undefined) return { file: pom, line: row, column: place, severity, message: problem, tool: 'maven' };
  const [, wrong, model, modelLine, modelColumn] = POM.exec(text) ?? [];
  if (wrong !== undefined) {
    return { file: model, line: modelLine, column: modelColumn, severity, message: wrong, tool: 'maven' };
  }
  return tag === 'WARNING' ? undefined : testOf(text);
}

/** A line of Surefire's list of failures: the class has a file of its name. */
function testOf(text: string): Finding | undefined {
  const [, thrower, line, thrown] = TEST_ERROR.exec(text) ?? [];
  const [, name, method, row, reason] = TEST.exec(text) ?? [];
  const test = thrower ?? (method === undefined ? undefined : `${name ?? ''}.${method}`);
  if (test === undefined) return undefined;
  const [code, ...rest] = (thrown ?? '').split(/[: ] ?/);
  const className = test.slice(0, test.lastIndexOf('.')).replace(/^.*\./, '').replace(/\$.*$/, '');
  return {
    file: `${className}.java`,
    line: line ?? row,
    code: thrown === undefined ? undefined : code,
    message: `${test}: ${thrown === undefined ? (reason ?? '') : rest.join(' ') || thrown}`,
    tool: 'surefire',
  };
}

function goalOf(text: string): Finding | undefined {
  const [, goal, reason] = GOAL.exec(text.replace(HELP, '')) ?? [];
  return reason === undefined || TOLD.test(reason)
    ? undefined
    : { code: goal, message: reason.replace(/:$/, ''), tool: 'maven' };
}

function createReader(): BlockReader {
  const told = new Set<string>();
  return (lines, at, report) => {
    const line = lines.at(at);
    if (!line.startsWith('[')) return 0;
    const [, tag, text] = TAGGED.exec(line) ?? [];
    if (tag === undefined || text === undefined) return 0;
    const finding = findingOf(tag, text) ?? goalOf(text);
    if (finding === undefined) return 0;
    const key = `${finding.message}\n${String(finding.line)}\n${String(finding.column)}`;
    if (!told.has(key)) report(finding);
    told.add(key);
    return 1;
  };
}

export const maven: Format<'maven'> = { name: 'maven', createReader };
