/**
 * SARIF 2.1.0, read: results of every run at their first location, with the level of their rule where they have none, and what the tool
 * says went wrong with itself. Suppressed results, and those that say that all is well, are left out.
 */
import { isObject } from '../../core/shape.js';
import { type Severity } from '../diagnostic.js';
import type { BlockReader, Format, Report } from '../format.js';
import { numberIn, objectIn, objectsIn, textIn, type JsonObject } from '../json-values.js';

/** Kinds of a result that are no problem. */
const FINE = new Set(['pass', 'notApplicable']);

interface Run {
  readonly tool: string | null;
  readonly rules: readonly JsonObject[];
  readonly byId: ReadonlyMap<string, JsonObject>;
  readonly bases: JsonObject | undefined;
}

function readRun(run: JsonObject): Run {
  const tool = objectIn(run, 'tool');
  const driver = objectIn(tool, 'driver');
  const rules = objectsIn(driver?.rules);
  const all = [...rules, ...objectsIn(tool?.extensions).flatMap((extension) => objectsIn(extension.rules))];
  const byId = new Map(all.map((rule) => [textIn(rule, 'id') ?? '', rule]));
  return { tool: textIn(driver, 'name') ?? null, rules, byId, bases: objectIn(run, 'originalUriBaseIds') };
}

function ruleOf(result: JsonObject, { rules, byId }: Run): JsonObject | undefined {
  const reference = objectIn(result, 'rule');
  const id = textIn(result, 'ruleId') ?? textIn(reference, 'id');
  // The id of a result may say more than that of its rule: `CA1000/1`.
  const known = id === undefined ? undefined : (byId.get(id) ?? byId.get(id.slice(0, id.lastIndexOf('/'))));
  return known ?? rules[numberIn(result, 'ruleIndex') ?? numberIn(reference, 'index') ?? -1];
}

function severityOfLevel(level: string | undefined, kind: string | undefined): Severity {
  if (kind !== undefined && kind !== 'fail') return 'info';
  if (level === 'error') return 'error';
  return level === 'note' || level === 'none' ? 'info' : 'warning';
}

/** Text of a message; `{0}` stands for its arguments, a message with an id is one of the rule's. */
function messageOf(message: JsonObject | undefined, rule: JsonObject | undefined): string {
  const id = textIn(message, 'id');
  const ofRule = id === undefined ? undefined : textIn(objectIn(objectIn(rule, 'messageStrings'), id), 'text');
  const text = textIn(message, 'text') ?? textIn(message, 'markdown') ?? ofRule ?? '';
  const values: readonly unknown[] = Array.isArray(message?.arguments) ? message.arguments : [];
  return text.replace(/\{(\d{1,3})\}/g, (whole, index: string) => {
    const value = values[Number(index)];
    return typeof value === 'string' ? value : whole;
  });
}

/** The URI of a file, below the folder that its base id stands for. */
function fileOf(artifact: JsonObject | undefined, bases: JsonObject | undefined): string | undefined {
  const uri = textIn(artifact, 'uri');
  if (uri === undefined) return undefined;
  if (/^[A-Za-z][\w+.-]+:/.test(uri)) return uri;
  const base = textIn(objectIn(bases, textIn(artifact, 'uriBaseId') ?? ''), 'uri');
  if (base?.startsWith('file://') === true && !uri.startsWith('/')) return base.replace(/\/?$/, '/') + uri;
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

function isSuppressed(result: JsonObject): boolean {
  const suppressions = objectsIn(result.suppressions);
  return suppressions.length > 0 && suppressions.every(({ status }) => status === undefined || status === 'accepted');
}

function reportResult(result: JsonObject, run: Run, report: Report): void {
  const kind = textIn(result, 'kind');
  if (isSuppressed(result) || (kind !== undefined && FINE.has(kind))) return;
  const rule = ruleOf(result, run);
  const place = objectIn(objectsIn(result.locations)[0], 'physicalLocation');
  const region = objectIn(place, 'region');
  const endColumn = numberIn(region, 'endColumn');
  const level = textIn(result, 'level') ?? textIn(objectIn(rule, 'defaultConfiguration'), 'level');
  report({
    file: fileOf(objectIn(place, 'artifactLocation'), run.bases),
    line: numberIn(region, 'startLine'),
    column: numberIn(region, 'startColumn'),
    endLine: numberIn(region, 'endLine') ?? (endColumn === undefined ? undefined : numberIn(region, 'startLine')),
    endColumn,
    severity: severityOfLevel(level, kind),
    code: textIn(result, 'ruleId') ?? textIn(rule, 'id'),
    message: messageOf(objectIn(result, 'message'), rule),
    tool: run.tool,
  });
}

/** What went wrong with the tool itself. */
function reportNotifications(run: JsonObject, tool: string | null, report: Report): void {
  for (const invocation of objectsIn(run.invocations)) {
    const lists = [invocation.toolExecutionNotifications, invocation.toolConfigurationNotifications];
    for (const notification of lists.flatMap(objectsIn)) {
      if (notification.level !== 'error') continue;
      const code = textIn(objectIn(notification, 'descriptor'), 'id');
      report({ code, message: messageOf(objectIn(notification, 'message'), undefined), tool });
    }
  }
}

const read: BlockReader = (lines, at, report) => {
  const found = lines.jsonAt(at);
  if (found === undefined || !isObject(found.value) || !Array.isArray(found.value.runs)) return 0;
  if (textIn(found.value, 'version')?.startsWith('2.') !== true) return 0;
  for (const entry of objectsIn(found.value.runs)) {
    const run = readRun(entry);
    for (const result of objectsIn(entry.results)) reportResult(result, run, report);
    reportNotifications(entry, run.tool, report);
  }
  return found.next - at;
};

export const sarif: Format<'sarif'> = { name: 'sarif', createReader: () => read };
