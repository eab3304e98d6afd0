/**
 * Limits on what the processes of a run may use, and what became of them.
 *
 * A limit is either held or named as not held; whether one can be held is said beforehand by
 * `capabilities().containment[level].limits`.
 */

/** Limits of one run. What is left out is not limited. */
export interface ResourceLimits {
  /**
   * Resident memory of all processes of the run together, in bytes, at least 1 MiB. Pages that several of them share count
   * once.
   */
  readonly memoryBytes?: number | undefined;
  /** CPU time of all processes of the run together, in milliseconds of one processor, at least 10. */
  readonly cpuTimeMs?: number | undefined;
  /** Processes of the run that may be alive at the same time. Threads do not count. */
  readonly maxProcesses?: number | undefined;
  /** Descriptors that each process of the run may have open, at least 16. Beyond it, opening fails. */
  readonly maxOpenFiles?: number | undefined;
  /** Size of each file that a process of the run writes, in bytes. Beyond it, writing fails. */
  readonly maxFileSizeBytes?: number | undefined;
}

/** The name of one limit. */
export type LimitName = keyof ResourceLimits;

/** A limit that was exceeded, in the unit of the limit. */
export interface LimitBreach {
  readonly limit: LimitName;
  /** What was seen when the limit was found exceeded; the true peak may be higher. */
  readonly used: number;
  readonly allowed: number;
}

/** For whom a limit holds: all processes of a run together, each of them by itself, or nobody. */
export type LimitReach = 'tree' | 'process' | 'none';

/** What a containment level makes of one limit. */
export interface LimitSupport {
  readonly reach: LimitReach;
  /** What holds it, or why nothing does. */
  readonly how: string;
}

/** Every limit, in the order in which they are listed. */
export const LIMIT_NAMES = [
  'memoryBytes',
  'cpuTimeMs',
  'maxProcesses',
  'maxOpenFiles',
  'maxFileSizeBytes',
] as const satisfies readonly LimitName[];

/** No limits at all. */
export const NO_LIMITS: ResourceLimits = Object.freeze({});

/** What is said of a run without limits that failed to be held. */
export const NONE_UNENFORCED: readonly LimitName[] = Object.freeze([]);

/** The limits that are set. */
export function namesOf(limits: ResourceLimits): readonly LimitName[] {
  if (limits === NO_LIMITS) return NONE_UNENFORCED;
  return Object.freeze(LIMIT_NAMES.filter((name) => limits[name] !== undefined));
}

/** A breach in words: `memoryBytes: 600000000 used, 536870912 allowed`. */
export function describeBreach({ limit, used, allowed }: LimitBreach): string {
  return `${limit}: ${used} used, ${allowed} allowed`;
}
