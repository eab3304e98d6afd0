/**
 * Every limit of the runner as a named number with its unit and its reason. What callers may choose are the rules of values and
 * therefore core's; the rest is ours alone.
 */
import type { Range } from '../core/validate.js';

export { RUN_LIMITS } from '../core/run-limits.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Bounds and defaults of the gate of a runner. Whole numbers. */
export const GATE_LIMITS = {
  // More than the processors of any host can use, few enough for the descriptors and processes that a user has.
  maxConcurrent: { min: 1, max: 1_024, standard: 64 },
  maxQueued: { min: 0, max: 1_000_000, standard: Infinity },
  // The default holds the largest single run (two streams of 100 MiB) and 64 of the default size.
  maxLiveBufferBytes: { min: 2 * KIB, max: Number.MAX_SAFE_INTEGER, standard: 256 * MIB },
} as const satisfies Record<string, Range>;

/**
 * Milliseconds before each further launch of a command for which the system was short of something. Together well below a
 * second: a shortage that lasts is for the caller to hear of.
 */
export const LAUNCH_RETRY_DELAYS_MS: readonly number[] = [10, 30, 100, 300];

/** Longest grace of a cancellation in milliseconds: whoever cancels wants it gone within 5 s, the kill included. */
export const MAX_CANCEL_GRACE_MS = 4_000;

/** Milliseconds that leftovers of a finished command get to end by themselves, and again after the request to terminate. */
export const STRAGGLER_GRACE_MS = 100;

/**
 * Milliseconds from a cancellation to the result, at most: the grace period, and what is left of them for the kill to be
 * confirmed before the run settles as unconfirmed.
 */
export const CLEANUP_BUDGET_MS = 5_000;

/** Milliseconds the end of the host may be delayed to stop what still runs. */
export const HOST_EXIT_BUDGET_MS = 2_000;
