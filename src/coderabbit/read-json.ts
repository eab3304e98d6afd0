/**
 * JSON of the CodeRabbit CLI: one event on each line (`--agent`), or one document with a list of findings.
 *
 * What is not known is passed over, so that later versions may say more. Never throws; each line is looked at once.
 */
import { isObject } from '../core/shape.js';
import { lineInProse, lineNumber, type CodeRabbitFinding, type ReadReview } from './finding.js';

type Entry = Readonly<Record<string, unknown>>;

const COMPLETE: readonly string[] = ['review_completed', 'reviewed', 'completed'];
/** There was nothing to review: done, and nothing found. */
const SKIPPED = 'review_skipped';

/** The review; `undefined` if this is no JSON. */
export function readJson(output: string): ReadReview | undefined {
  const text = output.trim();
  return text.startsWith('{') || text.startsWith('[') ? (readDocument(text) ?? readEvents(text)) : readEvents(text);
}

function readDocument(text: string): ReadReview | undefined {
  const document = parsed(text);
  const list: unknown = isObject(document) ? document.findings : document;
  if (!Array.isArray(list)) return undefined;
  const summary = isObject(document) ? textOf(document.summary) : undefined;
  const { findings, problems } = readFindings(list);
  return { findings, problems, summary, isComplete: true };
}

function readEvents(text: string): ReadReview | undefined {
  const entries: unknown[] = [];
  const problems: string[] = [];
  let summary: string | undefined;
  let isComplete = false;
  let eventCount = 0;
  let otherLines = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const event = parsed(line);
    if (!isObject(event) || typeof event.type !== 'string') {
      // A line that begins an event and is none is half of one; anything else is chatter.
      if (line.trimStart().startsWith('{')) otherLines += 1;
      continue;
    }
    eventCount += 1;
    if (event.type === 'finding') entries.push(event);
    if (event.type === 'error')
      problems.push(textOf(event.message) ?? textOf(event.errorType) ?? 'it reports an error');
    if (event.type === 'complete') {
      const status = textOf(event.status) ?? '';
      isComplete = COMPLETE.includes(status) || status === SKIPPED;
      summary = textOf(event.message) ?? (status === SKIPPED ? 'There was nothing to review.' : undefined);
    }
  }
  if (eventCount === 0) return undefined;
  if (otherLines > 0) problems.push(`${otherLines} lines are no JSON`);
  const read = readFindings(entries);
  return { findings: read.findings, summary, isComplete, problems: [...problems, ...read.problems] };
}

function readFindings(list: readonly unknown[]): Pick<ReadReview, 'findings' | 'problems'> {
  const findings = list.flatMap((entry) => (isObject(entry) ? (findingOf(entry) ?? []) : []));
  const missing = list.length - findings.length;
  return { findings, problems: missing === 0 ? [] : [`${missing} findings have no file or no message`] };
}

function findingOf(entry: Entry): CodeRabbitFinding | undefined {
  const file = textOf(entry.fileName) ?? textOf(entry.file) ?? textOf(entry.path);
  const instructions = textOf(entry.codegenInstructions);
  const comment = textOf(entry.comment) ?? textOf(entry.message) ?? textOf(entry.title);
  const message = comment ?? instructions;
  if (file === undefined || message === undefined) return undefined;
  const line = lineNumber(entry.line ?? entry.startLine ?? entry.lineNumber) ?? lineInProse(instructions ?? message);
  const severity = (textOf(entry.severity) ?? 'unknown').toLowerCase();
  const given = suggestionOf(entry.suggestions ?? entry.suggestion);
  return {
    file,
    line,
    severity,
    message,
    suggestion: given ?? (comment === undefined ? null : (instructions ?? null)),
  };
}

function suggestionOf(value: unknown): string | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = list.flatMap((entry) => textOf(entry) ?? []);
  return texts.length === 0 ? undefined : texts.join('\n');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A text that is not blank. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}
