/**
 * The documented table of error codes.
 *
 * A code is what programs branch on and never changes; the number is what people quote; cause and remedy are for
 * documentation and `custody doctor`. Numbers without a use yet are reserved by the table so that they stay stable.
 */
import type { StopCause } from './outcome.js';

/** One row of the table. */
export interface ErrorCodeEntry {
  /** Number to quote, such as `EXE-001`. */
  readonly number: string;
  readonly cause: string;
  readonly remedy: string;
}

/** Every error code, with its number, cause and remedy. */
export const ERROR_CODES = {
  COMMAND_NOT_FOUND: {
    number: 'EXE-001',
    cause: 'The executable, or the interpreter that a script names, does not exist.',
    remedy: "Install it, correct its name, or correct PATH in the command's environment.",
  },
  PERMISSION_DENIED: {
    number: 'EXE-002',
    cause:
      'The file exists and may not be executed, or is no executable; or the host may not run it as `uid` and `gid`, or it would run as root while `elevated` is `refuse`.',
    remedy: 'Check the execute permission, the file format and mounts with noexec; read the message.',
  },
  WORKING_DIRECTORY_NOT_FOUND: {
    number: 'EXE-003',
    cause: 'The working directory does not exist, is no directory or may not be entered.',
    remedy: 'Create it or correct `cwd`.',
  },
  TIMEOUT: {
    number: 'EXE-004',
    cause: 'The command ran longer than `timeoutMs`, or was silent longer than `idleTimeoutMs`.',
    remedy: 'Raise the limit, or find out what the command waits for.',
  },
  PROCESS_CRASHED: {
    number: 'EXE-005',
    cause: 'The command was ended by a signal that did not come from here, or by an exception on Windows.',
    remedy: 'Read its output; SIGKILL without a stop often means that memory ran out.',
  },
  OUTPUT_LIMIT: {
    number: 'EXE-006',
    cause: "A stream exceeded `maxOutputBytes` while `onOverflow` was 'kill'.",
    remedy: "Raise the limit, or keep head and tail with `onOverflow: 'truncate'`.",
  },
  VALIDATION_FAILED: {
    number: 'EXE-007',
    cause: 'The arguments of the call are not valid; nothing was started.',
    remedy: 'Correct every property listed in `issues`.',
  },
  CONCURRENCY_LIMIT: {
    number: 'EXE-008',
    cause: 'The command waited too long for a slot of its runner, or there was no room to wait.',
    remedy:
      'Start fewer commands at once, or raise `maxConcurrent`, `maxQueued` or `queueTimeoutMs`. A command that another one waits for needs `nested: true`.',
  },
  NON_ZERO_EXIT: {
    number: 'EXE-009',
    cause: 'The command ran and reported failure by its exit code, one that is not in `successExitCodes`.',
    remedy: 'Read its output.',
  },
  CANCELLED: {
    number: 'EXE-010',
    cause:
      'The run was stopped by an AbortSignal, `stop()`, `kill()`, `dispose()`, a closing scope or the end of the host.',
    remedy: 'None: this was asked for.',
  },
  RESOURCE_LIMIT: {
    number: 'EXE-011',
    cause: 'The system is out of processes, descriptors or memory, or the command exceeded one of its `limits`.',
    remedy:
      'Look at `breach`: raise that limit. Without a breach: start fewer commands at once, or raise the limits of the host.',
  },
  ARGV_TOO_LONG: {
    number: 'EXE-012',
    cause: 'Arguments and environment together exceed what the system passes to a process.',
    remedy: 'Pass large values through `input` or a file.',
  },
  SHELL_COMMAND_TOO_LONG: {
    number: 'EXE-013',
    cause: 'The command line exceeds what the shell takes.',
    remedy: 'Pass large values through `input` or a file.',
  },
  CLEANUP_UNCONFIRMED: {
    number: 'EXE-014',
    cause: 'Processes of the run may still be alive.',
    remedy: 'Look at `survivors` and the reason given for each.',
  },
  CONTAINMENT_UNAVAILABLE: {
    number: 'EXE-015',
    cause: 'The containment that was asked for by name cannot be had here.',
    remedy: 'Read `capabilities().containment`, or leave `containment` out to get the strongest one available.',
  },
  NATIVE_UNAVAILABLE: {
    number: 'EXE-016',
    cause: 'The native backend is required and could not be loaded.',
    remedy: 'Build the addon, or allow the fallback.',
  },
  LIMITS_UNENFORCEABLE: {
    number: 'EXE-017',
    cause: 'With `strictLimits`, nothing here could hold one of the `limits`; nothing was started.',
    remedy: 'Read `capabilities().containment`, use a stronger containment, or leave `strictLimits` out.',
  },
  OBSERVER_UNAVAILABLE: {
    number: 'EXE-018',
    cause:
      "An observer that has to hear of every run cannot: an audit store with `onFailure: 'fail-closed'` that cannot write.",
    remedy: 'Mend what `health().problems` names, such as the file or the disk, or use `degrade`.',
  },
  NOT_ELIGIBLE: {
    number: 'EXE-019',
    cause: 'The command should not be run unattended, and `eligibility` is enforced; nothing was started.',
    remedy: 'Read the reason: run a form of it that ends by itself, or give a reason in `eligibility.override`.',
  },
  MALFORMED_OUTPUT: {
    number: 'EXE-020',
    cause: 'A tool wrote something other than what was asked of it.',
    remedy: 'Read `rawOutput` and `problems` of the error; bring the tool up to date.',
  },
  TARGET_UNAVAILABLE: {
    number: 'EXE-021',
    cause:
      'The place where the command was to run cannot be had: a client, daemon, image, host or login. It was not started there.',
    remedy: 'Read the message and `operation`, and the standard error of the client.',
  },
  UNKNOWN: {
    number: 'EXE-099',
    cause: 'The system refused for a reason that has no code of its own.',
    remedy: 'Look at `errno` and `operation` of the error.',
  },
} as const satisfies Record<string, ErrorCodeEntry>;

/**
 * Stable, machine-readable reason of a {@link CustodyError}.
 *
 * @useDeclaredType
 */
export type ErrorCode = keyof typeof ERROR_CODES;

/** The code of a run that was stopped, by the cause of the stop. */
export const CODE_OF_CAUSE: Readonly<Record<StopCause, ErrorCode>> = {
  timeout: 'TIMEOUT',
  idle: 'TIMEOUT',
  'output-limit': 'OUTPUT_LIMIT',
  'resource-limit': 'RESOURCE_LIMIT',
  cancelled: 'CANCELLED',
  'host-exit': 'CANCELLED',
};
