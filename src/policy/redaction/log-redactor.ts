/**
 * Redaction for text that goes into logs and audits, with the rules of runs and two more: long runs of letters and digits are
 * taken for tokens, and variables with a telling name have no value. The public entry `custody/redaction`.
 *
 * @module custody/redaction
 */
import { REDACTED } from '../../core/redactor.js';
import { createRedactor } from './create-redactor.js';
import { isSensitiveName } from './secret-patterns.js';

/** Options of {@link createLogRedactor}. */
export interface LogRedactorOptions {
  /** Values to redact wherever they are, each of at least 6 characters. */
  readonly values?: readonly string[];
  /** Patterns in RE2 syntax, for example `'(?i)corp-[a-z0-9]{8}'`. */
  readonly patterns?: readonly string[];
}

/** Removes what nobody should find in a log. */
export interface LogRedactor {
  /** The text with `[REDACTED]` in place of each secret. */
  redact(text: string): string;
  /** A copy to be listed: no value of a variable such as `API_KEY`, the others as {@link LogRedactor.redact} shows them. */
  redactVariables(variables: Readonly<Record<string, string | undefined>>): Record<string, string>;
}

/**
 * A redactor for logs.
 *
 * @throws `CommandValidationError` with code `VALIDATION_FAILED`, naming each pattern that is none.
 */
export function createLogRedactor({ values = [], patterns = [] }: LogRedactorOptions = {}): LogRedactor {
  const named = values.map((value, index) => [`values[${index}]`, value] as const);
  const redactor = createRedactor({ values: named, builtIn: true, patterns, longRuns: true }, '');
  const redact = (text: string): string => redactor.redact(text);
  return {
    redact,
    redactVariables(variables) {
      const entries = Object.entries(variables).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, isSensitiveName(name) ? REDACTED : redact(value)] as const],
      );
      // fromEntries defines own properties, so a variable named __proto__ is a variable like any other.
      return Object.fromEntries(entries);
    },
  };
}
