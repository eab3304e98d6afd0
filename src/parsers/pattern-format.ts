/**
 * Formats of the user: one pattern with named groups, or a problem matcher of VS Code as it stands in a `tasks.json` or a
 * `package.json`. Both become steps, one for each line of a message; the last step of a matcher may repeat (`loop`).
 */
import type { Issues } from '../core/validate.js';
import { severityOf, type Finding, type Severity } from './diagnostic.js';
import type { BlockReader, Format } from './format.js';
import type { JsonObject } from './json-values.js';
import { compilePattern, type LineMatcher } from './pattern-engine.js';
import { readMatcher } from './problem-matcher.js';

/** A pattern of one line, with named groups. */
export interface DiagnosticPattern {
  /** What the diagnostics have as `source` and `tool`. */
  readonly name: string;
  /**
   * In RE2 syntax, at most 2 000 characters, sought anywhere in the first 4 096 characters of a line. Groups `(?<file>...)`, `line`,
   * `column`, `endLine`, `endColumn`, `severity`, `code` and `message` say what is what; without `message` it is the whole match.
   */
  readonly pattern: string;
  /** Where there is no group `severity`. @defaultValue `'error'` */
  readonly severity?: Severity | undefined;
}

/** Parts of a diagnostic that a group may give. `location` is `line`, `line,column` or `line,column,endLine,endColumn`. */
export const PARTS = [
  'file',
  'location',
  'line',
  'column',
  'endLine',
  'endColumn',
  'severity',
  'code',
  'message',
] as const;

/** A part of a diagnostic. */
export type Part = (typeof PARTS)[number];

/** One line of a message. */
export interface Step {
  readonly match: LineMatcher;
  readonly groups: ReadonlyMap<Part, number>;
  readonly isRepeated: boolean;
}

/** Everything that is needed to read one format of a user. */
export interface Plan {
  readonly name: string;
  readonly tool: string;
  readonly steps: readonly Step[];
  readonly severity: Severity;
  /** In front of a relative file. */
  readonly folder: string;
}

/** Makes a format of a pattern or a problem matcher; what is wrong with it is an issue. */
export function patternFormat(
  value: JsonObject,
  property: string,
  issues: Issues,
  cwd: string | undefined,
): Format | undefined {
  const plan =
    'regexp' in value || !('pattern' in value) || typeof value.pattern !== 'string'
      ? readMatcher(value, property, issues, cwd)
      : readPattern(value, property, issues);
  return plan === undefined ? undefined : { name: plan.name, createReader: () => readerOf(plan) };
}

function readPattern(value: JsonObject, property: string, issues: Issues): Plan | undefined {
  const { name, pattern, severity } = value;
  if (typeof name !== 'string' || name === '') issues.add(`${property}.name`, 'must be a name');
  if (severity !== undefined && severity !== 'error' && severity !== 'warning' && severity !== 'info') {
    issues.add(`${property}.severity`, "must be one of 'error', 'warning', 'info'");
  }
  const compiled = compilePattern(String(pattern));
  if ('problem' in compiled) {
    issues.add(`${property}.pattern`, compiled.problem);
    return undefined;
  }
  if (compiled.match('') !== undefined) issues.add(`${property}.pattern`, 'must not match the empty text');
  const groups = new Map(
    PARTS.flatMap((part) => (part in compiled.groups ? [[part, compiled.groups[part] ?? 0]] : [])),
  );
  if (!groups.has('message')) groups.set('message', 0);
  const title = String(name);
  const step = { match: compiled.match, groups, isRepeated: false };
  return {
    name: title,
    tool: title,
    steps: [step],
    severity: (severity as Severity | undefined) ?? 'error',
    folder: '',
  };
}

type Values = Partial<Record<Part, string>>;

function readerOf(plan: Plan): BlockReader {
  return (lines, at, report) => {
    const values: Values = {};
    let index = at;
    for (const step of plan.steps) {
      if (!step.isRepeated) {
        if (!fill(values, step, lines.at(index))) return 0;
        index++;
        continue;
      }
      const first = index;
      // What the lines above say holds for every line of the loop.
      for (let own = { ...values }; fill(own, step, lines.at(index)); own = { ...values }) {
        report(findingOf(own, plan));
        index++;
      }
      return index === first ? 0 : index - at;
    }
    report(findingOf(values, plan));
    return index - at;
  };
}

/** Takes the groups of a line; `false` if it does not match. */
function fill(values: Values, { match, groups }: Step, line: string): boolean {
  const found = line === '' ? undefined : match(line);
  if (found === undefined) return false;
  for (const [part, group] of groups) {
    const text = found[group];
    if (text !== undefined && text !== '')
      values[part] = part === 'message' && values.message !== undefined ? `${values.message} ${text}` : text;
  }
  return true;
}

function findingOf(values: Values, { tool, severity, folder }: Plan): Finding {
  const [line, column, endLine, endColumn] = (values.location ?? '').split(',');
  const isRelative = values.file !== undefined && !/^(?:[/\\]|[A-Za-z]:[\\/]|file:)/.test(values.file);
  return {
    file: isRelative ? folder + (values.file ?? '') : values.file,
    line: values.line ?? line,
    column: values.column ?? column,
    endLine: values.endLine ?? endLine,
    endColumn: values.endColumn ?? endColumn,
    severity: values.severity === undefined ? severity : severityOf(longLevel(values.severity)),
    code: values.code,
    message: values.message ?? '',
    tool,
  };
}

/** Some tools print the first letter only. */
function longLevel(word: string): string {
  return { e: 'error', w: 'warning', i: 'info' }[word.toLowerCase()] ?? word;
}
