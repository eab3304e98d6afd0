import type { Invocation } from './invocation.js';
import { readTexts } from './read-texts.js';
import type { RedactOptions } from './run-options.js';
import type { Issues } from './validate.js';

/** What is redacted beside secrets, complete. */
export interface RedactChoice {
  /** `false`: the result shows everything. */
  readonly inResult: boolean;
  readonly builtIn: boolean;
  readonly inBytes: boolean;
  readonly values: readonly string[];
  readonly patterns: readonly string[];
}

const NOTHING: RedactChoice = { inResult: true, builtIn: false, inBytes: false, values: [], patterns: [] };
const NAMES: readonly string[] = ['builtIn', 'bytes', 'values', 'patterns'] satisfies (keyof RedactOptions)[];

/** Reads `redact`. Values and patterns are put on top of those of the runner: nobody unregisters a secret by adding one. */
export function readRedact(draft: Invocation, value: unknown, issues: Issues): void {
  const base = draft.redact ?? NOTHING;
  if (typeof value === 'boolean') {
    draft.redact = value ? { ...base, inResult: true, builtIn: true } : { ...base, inResult: false };
  } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    draft.redact = readOptions(base, value as Record<string, unknown>, issues);
  } else {
    issues.add('redact', 'must be true, false or an object');
  }
}

/** The choice, for what leaves the process: nothing is shown that is registered, in bytes neither. */
export function everywhere(choice: RedactChoice = NOTHING): RedactChoice {
  return { ...choice, inResult: true, inBytes: true };
}

function readOptions(base: RedactChoice, options: Record<string, unknown>, issues: Issues): RedactChoice {
  for (const name of Object.keys(options)) {
    if (!NAMES.includes(name)) issues.add(`redact.${name}`, `is not one of ${NAMES.join(', ')}`);
  }
  const { builtIn = true, bytes = base.inBytes, values = [], patterns = [] } = options;
  if (typeof builtIn !== 'boolean') issues.add('redact.builtIn', 'must be true or false');
  if (typeof bytes !== 'boolean') issues.add('redact.bytes', 'must be true or false');
  return {
    inResult: true,
    builtIn: builtIn === true,
    inBytes: bytes === true,
    values: [...base.values, ...(readTexts(values, 'redact.values', 'texts', issues) ?? [])],
    patterns: [...base.patterns, ...(readTexts(patterns, 'redact.patterns', 'patterns in RE2 syntax', issues) ?? [])],
  };
}
