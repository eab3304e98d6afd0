/**
 * The numbers that callers may choose, each with its bounds, its default and its reason.
 */
import type { OptionLimits } from './invocation.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Bounds and defaults of the options of a run. */
export const RUN_LIMITS: OptionLimits = {
  // A command without a limit is how hosts come to hang; a day is longer than any build, and far below 2^31 ms.
  timeoutMs: { min: 1, max: 86_400_000, standard: 300_000 },
  idleTimeoutMs: { min: 1, max: 86_400_000, standard: 0 },
  // Without one of its own the command waits as long as it may run: `standard` is not used.
  queueTimeoutMs: { min: 0, max: 86_400_000, standard: 0 },
  totalBudgetMs: { min: 1, max: 86_400_000, standard: 0 },
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
