/**
 * Ids of the work that a run belongs to. They are only carried: into results, events, log records and audit records.
 */

import type { Redactor } from './redactor.js';

/** Every id, in the order in which they are listed. */
export const CORRELATION_NAMES = [
  'runId',
  'sessionId',
  'taskId',
  'stepId',
  'toolCallId',
  'worktreeId',
  'repoSha',
  'targetId',
  'commandId',
] as const;

/**
 * Name of an id.
 *
 * @useDeclaredType
 */
export type CorrelationName = (typeof CORRELATION_NAMES)[number];

/** Ids as a caller gives them. */
export type CorrelationOption = Readonly<Partial<Record<CorrelationName, string | undefined>>>;

/** Ids as a result has them; `null`: not given. */
export type CorrelationIds = Readonly<Record<CorrelationName, string | null>>;

/** No ids at all: one object for all runs that have none. */
export const NO_CORRELATION: CorrelationIds = Object.freeze(
  Object.fromEntries(CORRELATION_NAMES.map((name) => [name, null])) as Record<CorrelationName, null>,
);

/** The ids of `option` on top of those of `base`. */
export function correlate(base: CorrelationIds, option: CorrelationOption | undefined): CorrelationIds {
  if (option === undefined) return base;
  const ids: Record<CorrelationName, string | null> = { ...base };
  for (const name of CORRELATION_NAMES) ids[name] = option[name] ?? ids[name];
  return Object.freeze(ids);
}

/** The ids as they may be shown: whoever puts a secret into one keeps it out of logs all the same. */
export function redactIds(ids: CorrelationIds, redactor: Redactor | undefined): CorrelationIds {
  if (redactor === undefined || ids === NO_CORRELATION) return ids;
  const shown = CORRELATION_NAMES.map((name) => {
    const id = ids[name];
    return [name, id === null ? null : redactor.redact(id)] as const;
  });
  return Object.freeze(Object.fromEntries(shown) as Record<CorrelationName, string | null>);
}
