/**
 * Reads the resource limits of a call on top of those of its runner.
 */
import { nearestName } from './nearest-name.js';
import { LIMIT_NAMES, type LimitName, type ResourceLimits } from './resource-limits.js';
import type { Issues, Range } from './validate.js';

/** What each number counts, for the message that refuses one. */
const UNITS: Readonly<Record<LimitName, string>> = {
  memoryBytes: 'bytes',
  cpuTimeMs: 'milliseconds',
  maxProcesses: 'processes',
  maxOpenFiles: 'descriptors',
  maxFileSizeBytes: 'bytes',
};

/** The limits that hold for the call, `undefined` if any of them is wrong; what is wrong is in `issues`. */
export function readLimits(
  value: unknown,
  base: ResourceLimits,
  ranges: Readonly<Record<LimitName, Range>>,
  issues: Issues,
): ResourceLimits | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    issues.add('limits', 'must be an object such as { memoryBytes: 536870912 }');
    return undefined;
  }
  const limits: Partial<Record<LimitName, number | undefined>> = { ...base };
  let isValid = true;
  for (const key of Object.keys(value)) {
    const given = (value as Record<string, unknown>)[key];
    if (given === undefined) continue;
    const name = LIMIT_NAMES.find((known) => known === key);
    const problem = name === undefined ? unknownLimit(key) : numberProblem(given, ranges[name], UNITS[name]);
    if (problem !== undefined) issues.add(`limits.${key}`, problem);
    else if (name !== undefined) limits[name] = given as number;
    isValid &&= problem === undefined;
  }
  return isValid ? Object.freeze(limits) : undefined;
}

function unknownLimit(key: string): string {
  const nearest = nearestName(key, LIMIT_NAMES);
  return nearest === undefined ? 'is not a limit' : `is not a limit; did you mean ${nearest}?`;
}

function numberProblem(value: unknown, { min, max }: Range, unit: string): string | undefined {
  if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) return undefined;
  return `must be a whole number of ${unit} from ${min} to ${max}; leave it out for no limit`;
}
