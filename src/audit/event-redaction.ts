/**
 * Removes from events what nobody should find in a store. The run has taken out its registered secrets already; here go the
 * things that look like one: tokens, values with a telling name, and long runs of letters and digits (for logs only).
 */
import { REDACTED } from '../core/redactor.js';
import { createRedactor } from '../policy/redaction/create-redactor.js';
import { isSensitiveName } from '../policy/redaction/secret-patterns.js';
import type { AuditedCommand, AuditedStream, AuditEvent, EndEvent, ExecutionFields, StartEvent } from './record.js';

/** Characters of a command line that is kept beside its words. */
const COMMAND_LENGTH = 400;

/** Makes what a run told fit to be stored. */
export interface EventRedaction {
  event(event: AuditEvent): AuditEvent;
  /** A whole output. */
  text(text: string): string;
}

/** @throws `CommandValidationError` naming each pattern, as `redact.patterns[0]`, that is none. */
export function createEventRedaction(patterns: readonly string[]): EventRedaction {
  const redactor = createRedactor({ values: [], builtIn: true, patterns, longRuns: true });
  const text = (value: string): string => redactor.redact(value);
  const cutText = (value: string): string => redactor.redact(value, { start: true });
  const redact = (event: AuditEvent): AuditEvent => {
    switch (event.eventType) {
      case 'command_execution_start':
        return redactStart(event, text);
      case 'command_execution_end':
        return redactEnd(event, text, cutText);
      case 'command_cleanup':
      case 'records_pruned':
      case 'records_dropped':
      case 'chain_checkpoint':
        return event;
    }
  };
  return { event: redact, text };
}

type Redact = (text: string) => string;

function redactStart(event: StartEvent, text: Redact): StartEvent {
  const { request } = event;
  const names = Object.keys(request.env).sort();
  const env = Object.fromEntries(
    names.map((name) => [name, isSensitiveName(name) ? REDACTED : text(request.env[name] ?? '')]),
  );
  return { ...event, ...redactCommand(event, text), request: { ...request, env } };
}

function redactEnd(event: EndEvent, text: Redact, cutText: Redact): EndEvent {
  const { reason, error, stdout, stderr } = event;
  return {
    ...event,
    ...redactCommand(event, text),
    reason: reason === null ? null : text(reason),
    error: error === null ? null : { ...error, message: text(error.message) },
    stdout: redactStream(stdout, text, cutText),
    stderr: redactStream(stderr, text, cutText),
  };
}

function redactStream(stream: AuditedStream, text: Redact, cutText: Redact): AuditedStream {
  const { excerpt, omittedBytes } = stream;
  if (excerpt === null || excerpt === '') return stream;
  return { ...stream, excerpt: omittedBytes > 0 ? cutText(excerpt) : text(excerpt) };
}

function redactCommand(
  { executable, arguments: words, cwd }: ExecutionFields,
  text: Redact,
): Omit<AuditedCommand, 'shell'> {
  const shown = words.map((word, index) => (isValueOfSecret(words[index - 1], word) ? REDACTED : text(word)));
  const file = text(executable);
  // Of a long line only what is kept is looked at again: a name and its value may be two words of the line.
  const line = [file, ...shown].join(' ');
  return {
    command: text(line.slice(0, 2 * COMMAND_LENGTH)).slice(0, COMMAND_LENGTH),
    executable: file,
    arguments: shown,
    cwd: cwd === null ? null : text(cwd),
  };
}

/** Options whose value is a secret when it is the next word. */
const SECRET_OPTION =
  /^--?(?:[\w-]{0,40}[-_])?(?:passw(?:or)?d|pwd|passphrase|secret|token|api[-_]?key|access[-_]?key|credentials?)$/i;

/** `--password hunter2`: the name is one word and the value the next. */
function isValueOfSecret(previous: string | undefined, word: string): boolean {
  return previous !== undefined && SECRET_OPTION.test(previous) && !word.startsWith('-');
}
