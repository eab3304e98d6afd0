import { CORRELATION_NAMES, type CorrelationName, type CorrelationOption } from './correlation.js';
import { nearestName } from './nearest-name.js';
import { isText, type Issues } from './validate.js';

/** Ids as a caller gave them, copied; `undefined` with an issue noted for each that is wrong. */
export function readCorrelation(value: unknown, issues: Issues): CorrelationOption | undefined {
  if (typeof value !== 'object' || value === null) {
    issues.add('correlation', 'must be an object');
    return undefined;
  }
  const ids: Partial<Record<CorrelationName, string>> = {};
  for (const [name, id] of Object.entries(value as Record<string, unknown>)) {
    const known = CORRELATION_NAMES.find((candidate) => candidate === name);
    if (known === undefined) {
      const nearest = nearestName(name, CORRELATION_NAMES);
      issues.add(
        `correlation.${name}`,
        nearest === undefined ? 'is not an id' : `is not an id; did you mean ${nearest}?`,
      );
    } else if (id !== undefined && isText(id, `correlation.${name}`, issues)) {
      ids[known] = id;
    }
  }
  return Object.freeze(ids);
}
