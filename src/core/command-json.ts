/**
 * A command as JSON and back, and the text by which two commands are the same.
 *
 * Nothing is lost but the values of secrets, of which the names remain: a command whose secrets are not given again is refused, so
 * that it does not run without them.
 */
import { fromBase64, toBase64 } from './base64.js';
import { COMMAND_FIELDS, type CommandFields } from './command-fields.js';
import { parseClockDuration } from './duration-text.js';
import type { Issues } from './validate.js';

/** Version of the form that {@link commandDocument} writes. */
const VERSION = 1;

/** A command as plain data. */
export type CommandDocument = Readonly<Record<string, unknown>> & { readonly version: number; readonly file: string };

/** The command as JSON can hold it. Durations are in milliseconds. */
export function commandDocument(fields: CommandFields): CommandDocument {
  const { input, secrets } = fields;
  const plain = Object.fromEntries(
    COMMAND_FIELDS.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]] as const])),
  );
  return {
    version: VERSION,
    ...plain,
    file: fields.file,
    ...(input instanceof Uint8Array ? { input: { base64: toBase64(input) } } : {}),
    ...(secrets === undefined ? {} : { secrets: Object.keys(secrets).sort() }),
  };
}

/** A text that is the same for the same commands, whatever the order of their variables. Holds no value of a secret. */
export function commandKey(fields: CommandFields): string {
  const document = commandDocument(fields);
  return JSON.stringify(COMMAND_FIELDS.map((name) => canonical(document[name])));
}

/** Turns a document, or its text, into what a command is read from. Notes what is wrong with its form. */
export function specOfDocument(value: unknown, secrets: unknown, issues: Issues): object {
  const document = typeof value === 'string' ? parse(value, issues) : value;
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    issues.add('json', 'must be a command as an object or its text');
    return {};
  }
  const { version, ...spec } = document as Record<string, unknown>;
  if (version !== undefined && version !== VERSION) issues.add('version', `must be ${VERSION}`);
  if (typeof spec['timeoutMs'] === 'string')
    spec['timeoutMs'] = parseClockDuration(spec['timeoutMs']) ?? spec['timeoutMs'];
  if (typeof spec['input'] === 'object') spec['input'] = bytesOf(spec['input']);
  if (spec['secrets'] !== undefined) {
    requireSecrets(spec['secrets'], secrets, issues);
    delete spec['secrets'];
  }
  return secrets === undefined ? spec : { ...spec, secrets };
}

function parse(text: string, issues: Issues): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    issues.add('json', 'is not JSON');
    return {};
  }
}

/** What is no base64 stays as it is, to be refused as input. */
function bytesOf(value: unknown): unknown {
  const base64: unknown = (value as { base64?: unknown } | null)?.base64;
  return (typeof base64 === 'string' ? fromBase64(base64) : undefined) ?? value;
}

function requireSecrets(names: unknown, given: unknown, issues: Issues): void {
  const isList = Array.isArray(names) && names.every((name) => typeof name === 'string');
  if (!isList) {
    issues.add('secrets', 'must be the names of secrets: their values are not in JSON');
    return;
  }
  const known = typeof given === 'object' && given !== null ? Object.keys(given) : [];
  for (const name of names) {
    if (!known.includes(name)) issues.add(`secrets.${name}`, 'must be given again: its value is not in JSON');
  }
}

/** The value with the keys of its objects in one order. */
function canonical(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value ?? null;
  if (Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}
