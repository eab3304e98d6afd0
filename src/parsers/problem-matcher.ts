/**
 * Problem matchers of VS Code, read as they stand: `owner`, `source`, `severity`, `fileLocation` and `pattern` with numbers of groups.
 * What is about the editor (`background`, `applyTo`) is left alone. Patterns are run by RE2, so look-around and back-references,
 * which JavaScript has, are refused by name.
 */
import { isObject } from '../core/shape.js';
import type { Issues } from '../core/validate.js';
import { severityOf, type Severity } from './diagnostic.js';
import type { JsonObject } from './json-values.js';
import { compilePattern } from './pattern-engine.js';
import type { Part, Plan, Step } from './pattern-format.js';

/** Lines of one message. */
const MAX_STEPS = 10;
const GROUPS: Readonly<Record<string, Part>> = {
  file: 'file',
  location: 'location',
  line: 'line',
  column: 'column',
  character: 'column',
  endLine: 'endLine',
  endColumn: 'endColumn',
  endCharacter: 'endColumn',
  severity: 'severity',
  code: 'code',
  message: 'message',
};

/** A problem matcher, checked; `undefined` if something is wrong with it, which is then an issue. */
export function readMatcher(
  value: JsonObject,
  property: string,
  issues: Issues,
  cwd: string | undefined,
): Plan | undefined {
  // The pattern alone, without what is around it in a matcher, will do.
  const pattern = 'regexp' in value ? value : value.pattern;
  const patterns: readonly unknown[] = Array.isArray(pattern) ? pattern : [pattern];
  if (patterns.length > MAX_STEPS) issues.add(`${property}.pattern`, `must have at most ${MAX_STEPS} lines`);
  const steps = patterns.slice(0, MAX_STEPS).map((entry, index) => {
    const place = Array.isArray(pattern) ? `${property}.pattern[${index}]` : `${property}.pattern`;
    return readStep(entry, place, issues, { isSingle: patterns.length === 1, isLast: index === patterns.length - 1 });
  });
  const whole = steps.filter((step) => step !== undefined);
  if (whole.length !== steps.length) return undefined;
  const owner = nameIn(value, 'owner') ?? nameIn(value, 'name') ?? 'pattern';
  return {
    name: owner,
    tool: nameIn(value, 'source') ?? owner,
    steps: whole,
    severity: readSeverity(value.severity, `${property}.severity`, issues),
    folder: readFolder(value.fileLocation, cwd),
  };
}

function nameIn(value: JsonObject, name: string): string | undefined {
  const text = value[name];
  return typeof text === 'string' && text !== '' ? text : undefined;
}

function readStep(
  value: unknown,
  property: string,
  issues: Issues,
  { isSingle, isLast }: { readonly isSingle: boolean; readonly isLast: boolean },
): Step | undefined {
  if (!isObject(value) || typeof value.regexp !== 'string') {
    issues.add(
      property,
      'must be an object with a text in regexp; the name of a matcher of the editor says nothing here',
    );
    return undefined;
  }
  const compiled = compilePattern(value.regexp);
  if ('problem' in compiled) {
    issues.add(`${property}.regexp`, `${compiled.problem}; look-around and back-references are not in it`);
    return undefined;
  }
  const groups = new Map<Part, number>();
  for (const [name, part] of Object.entries(GROUPS)) {
    const group = value[name];
    if (group === undefined) continue;
    if (Number.isInteger(group) && Number(group) >= 0 && Number(group) <= compiled.groupCount)
      groups.set(part, Number(group));
    else issues.add(`${property}.${name}`, `must be the number of a group, from 0 to ${compiled.groupCount}`);
  }
  if (isSingle) setDefaults(groups, value.kind === 'file', compiled.groupCount);
  return { match: compiled.match, groups, isRepeated: isLast && !isSingle && value.loop === true };
}

/** What a single pattern means where it does not say. */
function setDefaults(groups: Map<Part, number>, isFileOnly: boolean, groupCount: number): void {
  if (!groups.has('file') && groupCount >= 1) groups.set('file', 1);
  if (!groups.has('message')) groups.set('message', 0);
  if (isFileOnly || groups.has('location') || groups.has('line')) return;
  if (groupCount >= 2) groups.set('line', 2);
  if (groupCount >= 3 && !groups.has('column')) groups.set('column', 3);
}

function readSeverity(value: unknown, property: string, issues: Issues): Severity {
  if (value === undefined || typeof value === 'string') return severityOf(value ?? 'error');
  issues.add(property, 'must be a text');
  return 'error';
}

/** The folder that relative files are in, with a separator behind it. */
function readFolder(location: unknown, cwd: string | undefined): string {
  const [kind, folder] = Array.isArray(location) ? (location as unknown[]) : [location];
  if ((kind !== 'relative' && kind !== 'autoDetect') || typeof folder !== 'string') return '';
  const known = folder.replace(/^\$\{(?:workspaceFolder|workspaceRoot|cwd)\}/, cwd ?? '.');
  return known === '' ? '' : known.replace(/[/\\]?$/, '/');
}
