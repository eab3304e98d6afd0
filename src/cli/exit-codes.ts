/**
 * Exit codes of the CLI, and the one place where an outcome is folded into a number.
 *
 * Conventions followed: the shell's (126, 127, 128 + n), `timeout`'s (124) and that of `env`, `timeout` and
 * `docker run` for "the tool itself could not start it" (125). A command may return the same numbers: the summary
 * line and the JSON document tell the two apart, a number cannot.
 */
import { constants } from 'node:os';
import type { ErrorCode } from '../core/error-codes.js';
import type { Outcome, StopCause } from '../core/outcome.js';

/** Codes with a meaning of their own; every other code is the command's. */
export const EXIT = {
  ok: 0,
  /** A defect of custody itself; `custody doctor`: the backend that was asked for is not to be had. */
  internal: 1,
  /** `custody validate`: a stage failed. */
  stageFailed: 1,
  /** The command line of custody is wrong; nothing was started. */
  usage: 2,
  /** `run-many`: at least one of the commands failed. As `xargs` does it. */
  someFailed: 123,
  /** Stopped for its timeout or idle timeout, whatever the command returned then. */
  timeout: 124,
  /**
   * Custody could not start the command for a reason that is not the executable (its directory is missing, the backend
   * or the containment asked for is not to be had), stopped it at a limit, or could not read how it ended; or it succeeded
   * and what was to be printed could not be written.
   */
  failed: 125,
  /** The executable was found and could not be executed (permission, format, argument list too long). */
  notExecutable: 126,
  notFound: 127,
  /** A command that died of signal n returns `signalBase + n`. */
  signalBase: 128,
  /** Stopped because custody was told to: SIGINT, SIGTERM or SIGHUP, whatever the command returned then. */
  cancelled: 130,
} as const;

/** The documented table: what `custody exec` returns, in the order of the help. `docs/command-line.md` and the man page have it too. */
export const EXIT_CODES: readonly (readonly [code: string, meaning: string])[] = [
  ["the command's", 'it ran and ended by itself'],
  [`${EXIT.signalBase} + n`, 'it died of signal n'],
  [String(EXIT.timeout), 'timeout, or silent for too long'],
  [String(EXIT.failed), 'not started, status lost, stopped at a limit, or not everything could be written'],
  [String(EXIT.notExecutable), 'not executable'],
  [String(EXIT.notFound), 'not found'],
  [String(EXIT.cancelled), 'cancelled'],
  [String(EXIT.usage), 'wrong usage or configuration'],
  [String(EXIT.internal), 'internal error'],
];

/** The exit code that stands for an outcome. */
export function processExitCode(outcome: Outcome): number {
  switch (outcome.kind) {
    case 'exited':
      return outcome.exitCode;
    case 'signaled':
      return EXIT.signalBase + signalNumber(outcome.signal);
    case 'stopped':
      return exitCodeOfCause(outcome.cause);
    case 'not-started':
      return outcome.cause === undefined ? exitCodeOfError(outcome.error.code) : exitCodeOfCause(outcome.cause);
    case 'lost':
      return EXIT.failed;
    case 'detached':
      return EXIT.ok;
  }
}

/** The exit code for an error that kept a command from starting, by its stable code. */
export function exitCodeOfError(code: ErrorCode): number {
  switch (code) {
    case 'COMMAND_NOT_FOUND':
      return EXIT.notFound;
    case 'PERMISSION_DENIED':
    case 'ARGV_TOO_LONG':
    case 'SHELL_COMMAND_TOO_LONG':
      return EXIT.notExecutable;
    case 'VALIDATION_FAILED':
      return EXIT.usage;
    default:
      return EXIT.failed;
  }
}

function exitCodeOfCause(cause: StopCause): number {
  switch (cause) {
    case 'timeout':
    case 'idle':
      return EXIT.timeout;
    case 'cancelled':
    case 'host-exit':
      return EXIT.cancelled;
    case 'output-limit':
    case 'resource-limit':
      return EXIT.failed;
  }
}

function signalNumber(signal: string): number {
  const known: Readonly<Record<string, number | undefined>> = constants.signals;
  // Real-time signals have no name in Node: `SIGRTMIN+3` and the like fold into 128 alone rather than into a lie.
  return known[signal] ?? 0;
}
