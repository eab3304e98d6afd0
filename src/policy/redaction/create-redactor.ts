/**
 * Makes a redactor of what is registered: values of secrets, values and patterns that were given.
 */
import type { Redactor } from '../../core/redactor.js';
import { Issues } from '../../core/validate.js';
import { TextRedactor } from './redactor.js';
import { formsOf, isTooShort, MIN_VALUE_LENGTH } from './secret-forms.js';
import { compilePatterns } from './user-patterns.js';

/** A value to be redacted and the name it is known by. */
export type NamedValue = readonly [name: string, value: string];

/** What is registered for redaction. */
export interface Registration {
  readonly values: readonly NamedValue[];
  readonly builtIn: boolean;
  readonly patterns: readonly string[];
  readonly longRuns: boolean;
}

/** @throws `CommandValidationError` naming each pattern, as `redact.patterns[0]` with that prefix, that is none. */
export function createRedactor({ values, builtIn, patterns, longRuns }: Registration, prefix = 'redact.'): Redactor {
  const issues = new Issues(prefix);
  const finders = compilePatterns(patterns, 'patterns', issues);
  issues.throwIfAny();
  const forms = new Set<string>();
  const warnings: string[] = [];
  for (const [name, value] of values) {
    for (const form of formsOf(value)) forms.add(form);
    if (isTooShort(value)) warnings.push(`${name} is not redacted: it has fewer than ${MIN_VALUE_LENGTH} characters`);
  }
  return new TextRedactor({ forms: [...forms], builtIn, patterns: finders, longRuns, warnings });
}
