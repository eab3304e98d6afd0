/**
 * Turns the numbers of a record into the facts of `backend.ts`. Pure: positions and names come from `surface.ts`.
 */
import type { Cleanup, ProcessName } from '../../core/cleanup.js';
import type { ExitStatus, StopCause } from '../../core/outcome.js';
import { LIMIT_NAMES, NONE_UNENFORCED, type LimitBreach, type LimitName } from '../../core/resource-limits.js';
import type { SettledFacts, StreamFacts, Usage } from '../../core/settled-facts.js';
import {
  CLEANUP_STATUSES,
  CleanedUpField,
  FAILURE_SUBJECTS,
  MECHANISMS,
  RESOURCE_LIMITS,
  SettledField,
  STEP_SCOPES,
  STOP_CAUSES,
  SURVIVOR_REASONS,
  type NativeDetails,
  type NativeProcess,
} from './surface.js';

/** Signal names by number, as the host's system numbers them. */
export type SignalNames = ReadonlyMap<number, string>;

const ENDINGS = ['ended', 'not-started', 'lost', 'detached'] as const;
const NOTHING: readonly never[] = Object.freeze([]);

/** The facts of the `settled` record that begins at `at`. `details` is `undefined` when the record has none. */
export function readSettled(
  records: Float64Array,
  at: number,
  details: NativeDetails | undefined,
  resolvedFile: string,
  signals: SignalNames,
): SettledFacts {
  const ending = number(records, at + SettledField.ending);
  const cause = number(records, at + SettledField.cause);
  const ended = ending === 0;
  const refused = number(records, at + SettledField.refused) === 1;
  const pid = number(records, at + SettledField.pid);
  return {
    ending: nameOf(ENDINGS, ending),
    status: ended ? readStatus(records, at, signals) : null,
    stop:
      cause === 0
        ? null
        : {
            cause: nameOf(STOP_CAUSES, cause) as StopCause,
            manner: number(records, at + SettledField.forced) === 1 ? 'forced' : 'graceful',
          },
    failure:
      (refused || ending === 2) && details !== undefined
        ? {
            operation: details.operation,
            errno: details.errno,
            subject: nameOf(FAILURE_SUBJECTS, details.subject),
          }
        : null,
    pid: pid > 0 ? pid : undefined,
    resolvedFile: ending === 1 ? '' : resolvedFile,
    startedAtMs: number(records, at + SettledField.startedAtMs),
    durationMs: number(records, at + SettledField.durationMs),
    stdout: readStream(records, at + SettledField.stdoutTotal, details?.heldBy[0]),
    stderr: readStream(records, at + SettledField.stderrTotal, details?.heldBy[1]),
    usage: readUsage(records, at),
    cleanup: readCleanup(records, at + SettledField.cleanupStatus, details),
    breach: readBreach(records, at),
    unenforcedLimits: readUnenforced(number(records, at + SettledField.unenforcedLimits)),
  };
}

/** The receipt of the `cleanedUp` record that begins at `at`. */
export function readCleanedUp(records: Float64Array, at: number, details: NativeDetails | undefined): Cleanup {
  return readCleanup(records, at + CleanedUpField.cleanupStatus, details);
}

function readStatus(records: Float64Array, at: number, signals: SignalNames): ExitStatus {
  const value = number(records, at + SettledField.statusValue);
  switch (number(records, at + SettledField.statusKind)) {
    case 0:
      return { code: value };
    case 1:
      return {
        signal: signals.get(value) ?? `SIG${value}`,
        coreDumped: number(records, at + SettledField.coreDumped) === 1,
      };
    default:
      return { terminated: value };
  }
}

function readStream(records: Float64Array, at: number, holders: readonly NativeProcess[] | undefined): StreamFacts {
  return {
    totalBytes: number(records, at),
    keptBytes: number(records, at + 1),
    complete: number(records, at + 2) === 1,
    heldBy: holders === undefined ? NOTHING : holders.map(processName),
  };
}

function readUsage(records: Float64Array, at: number): Usage {
  return {
    userMs: known(number(records, at + SettledField.userMs)),
    systemMs: known(number(records, at + SettledField.systemMs)),
    peakRssBytes: known(number(records, at + SettledField.peakRssBytes)),
    processes: known(number(records, at + SettledField.processes)),
    scope: number(records, at + SettledField.wholeTree) === 1 ? 'tree' : 'leader',
  };
}

function readBreach(records: Float64Array, at: number): LimitBreach | null {
  const limit = nameOf(RESOURCE_LIMITS, number(records, at + SettledField.breachedLimit));
  if (limit === 'none') return null;
  const used = number(records, at + SettledField.breachUsed);
  return Object.freeze({ limit, used, allowed: number(records, at + SettledField.breachAllowed) });
}

function readUnenforced(bits: number): readonly LimitName[] {
  if (bits === 0) return NONE_UNENFORCED;
  return Object.freeze(LIMIT_NAMES.filter((_, index) => (bits & (1 << index)) !== 0));
}

/** Both records carry the receipt as the same four numbers in a row. */
function readCleanup(records: Float64Array, at: number, details: NativeDetails | undefined): Cleanup {
  return {
    status: nameOf(CLEANUP_STATUSES, number(records, at)),
    mechanism: nameOf(MECHANISMS, number(records, at + 1)),
    leaderReaped: number(records, at + 2) === 1,
    steps:
      details?.steps.map(({ signal, scope, atMs }) => ({ signal, scope: nameOf(STEP_SCOPES, scope), atMs })) ?? NOTHING,
    killed: details?.killed.map(processName) ?? NOTHING,
    survivors:
      details?.survivors.map(({ pid, name, state, why }) => ({
        pid,
        name,
        state,
        why: nameOf(SURVIVOR_REASONS, why),
      })) ?? NOTHING,
    elapsedMs: number(records, at + 3),
  };
}

function processName({ pid, name }: NativeProcess): ProcessName {
  return { pid, name };
}

function known(value: number): number | null {
  return value < 0 ? null : value;
}

function number(records: Float64Array, at: number): number {
  return records[at] ?? Number.NaN;
}

function nameOf<Name extends string>(names: readonly Name[], index: number): Name {
  const name = names[index];
  if (name === undefined) throw new RangeError(`the addon sent ${index}, which has no name in ${names.join(', ')}`);
  return name;
}
