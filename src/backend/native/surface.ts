/**
 * Everything that crosses between JavaScript and the addon, declared once.
 *
 * Numbers, strings, `Uint8Array` and plain objects cross; descriptors, per-run functions, promises and exceptions of engine
 * threads do not. Facts cross as records of numbers in one `Float64Array` that both sides share, because making an
 * object per event costs the main thread more than everything else a short command does. `native/binding/convert.h` is the
 * other half of the layouts below; `scripts/check-surface.mjs` compares this file with the built addon.
 */

/** Refused when the addon's differs: raise it with every change of this file or of `native/binding/convert.h`. */
export const SURFACE_VERSION = 8;

/** What the file `custody.node` exports. */
export interface NativeAddon {
  readonly surfaceVersion: number;
  capabilities(): NativeCapabilities;
  /** `records` is filled before each call of `onRecords`, which gets how many of its numbers count. */
  createEngine(records: Float64Array, onRecords: (length: number) => void): NativeEngine;
}

export interface NativeCapabilities {
  readonly containment: readonly {
    readonly name: string;
    readonly available: boolean;
    readonly detail: string;
    readonly escapeProof: boolean;
    readonly hostCrash: string;
    /** In the order of {@link RESOURCE_LIMITS}, without `none`; `reach` is an index of {@link LIMIT_REACHES}. */
    readonly limits: readonly { readonly reach: number; readonly how: string }[];
  }[];
  readonly defaultContainment: string;
  readonly cleanup: string;
  readonly features: Readonly<Record<string, boolean>>;
}

/** One per JavaScript environment (main thread or worker). Ids that were released are ignored. */
export interface NativeEngine {
  /**
   * Queues a launch and returns at once. `numbers` is laid out as {@link SpecField}; `text` holds strings, each ended by
   * NUL: the argv, the cwd (may be empty), the stdin path (may be empty), `NAME=value` to set, names to unset, and, with
   * base `given`, the `NAME=value` entries to start from.
   */
  launch(numbers: Float64Array, text: string, input: Uint8Array | undefined): number;
  /** `cause` is an index of {@link STOP_CAUSES}. */
  stop(id: number, cause: number, graceMs: number): void;
  writeStdin(id: number, chunk: Uint8Array): number;
  closeStdin(id: number): void;
  /** `stream`: 0 stdout, 1 stderr; `flow`: 0 off, 1 drop, 2 block. */
  watch(id: number, stream: number, flow: number): void;
  readOutput(id: number, stream: number, cursor: number, into: Uint8Array): NativeRead;
  acknowledge(id: number, stream: number, cursor: number): void;
  readSegments(id: number, from: number): NativeSegments;
  snapshot(id: number): NativeSnapshot;
  details(id: number): NativeDetails;
  /** A number for the file that a settled launch ran, the same for the same file; 0: none, and then `details` tells. */
  fileNumber(id: number): number;
  /** The file of a number from `fileNumber`. */
  fileName(number: number): string;
  resume(id: number): void;
  /**
   * Blocks until the launch has settled, then calls `onRecords` with its facts. Facts of other launches keep waiting.
   * `endsOnSignal` as in `Backend.launchSync`.
   */
  waitSync(id: number, endsOnSignal: boolean): void;
  /** Whether the engine keeps the event loop alive; off at first. */
  setKeepAlive(on: boolean): void;
  /** `Backend.setCrowded` of all runners together; off at first. */
  setCrowded(on: boolean): void;
  release(id: number): void;
  /** Kills everything and ends the threads; `false` when that took longer than `budgetMs`. */
  close(budgetMs: number): boolean;
}

export interface NativeRead {
  readonly count: number;
  readonly next: number;
  readonly dropped: number;
  readonly end: boolean;
}

/** `values` holds four numbers per segment: stream, offset, length, milliseconds since the epoch. */
export interface NativeSegments {
  readonly values: Float64Array;
  readonly next: number;
  readonly missed: number;
}

export interface NativeSnapshot {
  /** Index of {@link RUN_PHASES}. */
  readonly phase: number;
  readonly pid: number;
  readonly elapsedMs: number;
  readonly stdoutEnd: number;
  readonly stderrEnd: number;
}

export interface NativeProcess {
  readonly pid: number;
  readonly name: string;
  readonly state: string;
}

/** The strings of a settled run; asked for only when {@link SettledField.hasDetails} says that there is something. */
export interface NativeDetails {
  readonly operation: string;
  readonly errno: string;
  /** Index of {@link FAILURE_SUBJECTS}. */
  readonly subject: number;
  readonly resolvedFile: string;
  readonly steps: readonly { readonly signal: string; readonly scope: number; readonly atMs: number }[];
  readonly killed: readonly NativeProcess[];
  readonly survivors: readonly (NativeProcess & { readonly why: number })[];
  readonly heldBy: readonly [readonly NativeProcess[], readonly NativeProcess[]];
}

/** Positions in the `numbers` of a launch. */
export const SpecField = {
  argumentCount: 0,
  setCount: 1,
  unsetCount: 2,
  /** 0 host, 1 given. */
  base: 3,
  /** 0 ignore, 1 inherit, 2 file, 3 pipe. */
  stdin: 4,
  stdinStaysOpen: 5,
  /** 0 capture, 1 inherit, 2 ignore. */
  stdout: 6,
  stderr: 7,
  /** Index of {@link CONTAINMENTS}. */
  containment: 8,
  containmentRequired: 9,
  /** Index of {@link STRAGGLER_POLICIES}. */
  stragglers: 10,
  ringBytes: 11,
  outputLimitBytes: 12,
  holdsOutput: 13,
  timeoutMs: 14,
  idleTimeoutMs: 15,
  graceMs: 16,
  drainMs: 17,
  stragglerGraceMs: 18,
  cleanupBudgetMs: 19,
  /** 0: no limit; so are the next four. */
  memoryBytes: 20,
  cpuTimeMs: 21,
  maxProcesses: 22,
  maxOpenFiles: 23,
  maxFileSizeBytes: 24,
  strictLimits: 25,
  /** `waitSync` follows at once: the launch does nothing before. */
  waitedFor: 26,
  /** Those of `ringBytes` that keep the first output. */
  headBytes: 27,
  /** Of a command line, where there is one. */
  isVerbatim: 28,
  /** -1: the host's; so is the next. */
  uid: 29,
  gid: 30,
} as const;
export const SPEC_LENGTH = 31;

/** Every record begins with its kind and the launch id. */
export const RecordKind = { started: 0, output: 1, stdinWritable: 2, suspended: 3, settled: 4, cleanedUp: 5 } as const;

/** Numbers per record, by kind. */
export const RECORD_LENGTHS = [3, 4, 2, 2, 32, 7] as const;

/** Positions within a `settled` record. Unknown usage is negative. */
export const SettledField = {
  /** 0 ended, 1 not started, 2 lost, 3 detached. */
  ending: 2,
  /** 0 exited, 1 signaled, 2 terminated. */
  statusKind: 3,
  statusValue: 4,
  coreDumped: 5,
  cause: 6,
  forced: 7,
  refused: 8,
  pid: 9,
  startedAtMs: 10,
  durationMs: 11,
  stdoutTotal: 12,
  stdoutKept: 13,
  stdoutComplete: 14,
  stderrTotal: 15,
  stderrKept: 16,
  stderrComplete: 17,
  userMs: 18,
  systemMs: 19,
  peakRssBytes: 20,
  processes: 21,
  wholeTree: 22,
  cleanupStatus: 23,
  mechanism: 24,
  leaderReaped: 25,
  elapsedMs: 26,
  hasDetails: 27,
  /** Index of {@link RESOURCE_LIMITS}. */
  breachedLimit: 28,
  breachUsed: 29,
  breachAllowed: 30,
  /** Bit n stands for limit n + 1 of {@link RESOURCE_LIMITS}. */
  unenforcedLimits: 31,
} as const;

/** Positions within a `cleanedUp` record. */
export const CleanedUpField = { cleanupStatus: 2, mechanism: 3, leaderReaped: 4, elapsedMs: 5, hasDetails: 6 } as const;

/** Names behind the indices, in the order of the C++ enumerations. */
export const STOP_CAUSES = [
  'none',
  'timeout',
  'idle',
  'output-limit',
  'resource-limit',
  'cancelled',
  'host-exit',
] as const;
export const RUN_PHASES = ['queued', 'spawning', 'running', 'stopping', 'draining', 'settled'] as const;
export const CONTAINMENTS = ['tree', 'strict', 'group', 'none'] as const;
export const STRAGGLER_POLICIES = ['kill', 'report', 'leave'] as const;
export const CLEANUP_STATUSES = ['confirmed', 'confirmed-group-only', 'unconfirmed', 'kept', 'not-needed'] as const;
export const MECHANISMS = ['job', 'shim', 'shim+cgroup', 'namespace', 'sweep', 'group', 'child-only', 'none'] as const;
export const STEP_SCOPES = ['leader', 'group', 'tree'] as const;
export const SURVIVOR_REASONS = ['permission', 'uninterruptible', 'frozen', 'deadline', 'unknown'] as const;
export const RESOURCE_LIMITS = [
  'none',
  'memoryBytes',
  'cpuTimeMs',
  'maxProcesses',
  'maxOpenFiles',
  'maxFileSizeBytes',
] as const;
export const LIMIT_REACHES = ['none', 'process', 'tree'] as const;
export const FAILURE_SUBJECTS = ['none', 'executable', 'cwd', 'interpreter', 'stdin'] as const;
