/**
 * Every limit of the runner as a named number with its unit and its reason. What callers may choose lies in
 * {@link RUN_LIMITS}; the rest is ours alone.
 */
import type { OptionLimits } from '../core/invocation.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Bounds and defaults of the options of a run. */
export const RUN_LIMITS: OptionLimits = {
  // A command without a limit is how hosts come to hang; a day is longer than any build, and far below 2^31 ms.
  timeoutMs: { min: 1, max: 86_400_000, standard: 300_000 },
  idleTimeoutMs: { min: 1, max: 86_400_000, standard: 0 },
  // Long enough to flush and unlock, short enough to wait for at a prompt.
  graceMs: { min: 0, max: 60_000, standard: 2_000 },
  drainMs: { min: 0, max: 60_000, standard: 500 },
  maxOutputBytes: { min: KIB, max: 100 * MIB, standard: MIB },
  // Whole pages; a listener is given no more at once than is read at once.
  chunkBytes: { min: 1, max: 64 * KIB, standard: 4 * KIB },
  teeBytes: { min: 1, max: Number.MAX_SAFE_INTEGER, standard: 1024 * MIB },
  resources: {
    // Below 1 MiB not even a shell starts; the largest exact number is 8 PiB.
    memoryBytes: { min: MIB, max: Number.MAX_SAFE_INTEGER, standard: 0 },
    // The kernel counts in ticks of 10 ms. At most a year of one processor.
    cpuTimeMs: { min: 10, max: 31_536_000_000, standard: 0 },
    // The kernel's own limit of pids.
    maxProcesses: { min: 1, max: 4_194_304, standard: 0 },
    // A shell keeps descriptors at 10 and above; 2^30 is the most that Linux lets `fs.nr_open` be.
    maxOpenFiles: { min: 16, max: 1_073_741_824, standard: 0 },
    maxFileSizeBytes: { min: 1, max: Number.MAX_SAFE_INTEGER, standard: 0 },
  },
  // Linux passes at most 6 MiB of arguments and environment; with 9 bytes each at least, no longer list can be started.
  maxArgs: 1_048_576,
  maxEnvNames: 65_536,
};

/** Longest grace of a cancellation in milliseconds: whoever cancels wants it gone within 5 s, the kill included. */
export const MAX_CANCEL_GRACE_MS = 4_000;

/** Milliseconds that leftovers of a finished command get to end by themselves, and again after the request to terminate. */
export const STRAGGLER_GRACE_MS = 100;

/** Milliseconds the kill may take to be confirmed before a run settles as unconfirmed. */
export const CLEANUP_BUDGET_MS = 5_000;

/** Milliseconds the end of the host may be delayed to stop what still runs. */
export const HOST_EXIT_BUDGET_MS = 2_000;
