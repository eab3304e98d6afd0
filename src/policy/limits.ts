/**
 * Every limit of the runner as a named number with its unit and its reason. What callers may choose are the rules of values and
 * therefore core's; the rest is ours alone.
 */
export { RUN_LIMITS } from '../core/run-limits.js';

/** Longest grace of a cancellation in milliseconds: whoever cancels wants it gone within 5 s, the kill included. */
export const MAX_CANCEL_GRACE_MS = 4_000;

/** Milliseconds that leftovers of a finished command get to end by themselves, and again after the request to terminate. */
export const STRAGGLER_GRACE_MS = 100;

/** Milliseconds the kill may take to be confirmed before a run settles as unconfirmed. */
export const CLEANUP_BUDGET_MS = 5_000;

/** Milliseconds the end of the host may be delayed to stop what still runs. */
export const HOST_EXIT_BUDGET_MS = 2_000;
