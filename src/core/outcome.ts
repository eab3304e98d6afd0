/**
 * How a run ended, as one closed union.
 *
 * The outcome is decided once, by the backend's lifecycle, and every boolean of a result derives from it here, so that
 * no two fields of a result can contradict each other.
 */
import type { CustodyError } from './errors.js';

export const STOP_CAUSES = ['timeout', 'idle', 'output-limit', 'resource-limit', 'cancelled', 'host-exit'] as const;

/**
 * Why a run was stopped. The first cause is final.
 *
 * @useDeclaredType
 */
export type StopCause = (typeof STOP_CAUSES)[number];

/** `graceful`: the leader ended within the grace period; `forced`: it had to be killed. */
export type StopManner = 'graceful' | 'forced';

/** What the operating system said of the leader. `terminated` is Windows' 32-bit code of a terminated process. */
export type ExitStatus =
  | { readonly code: number }
  | { readonly signal: string; readonly coreDumped: boolean }
  | { readonly terminated: number };

/** How a run ended. Match it with an exhaustive `switch` on `kind`. */
export type Outcome =
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'signaled'; readonly signal: string; readonly coreDumped: boolean }
  | {
      readonly kind: 'stopped';
      readonly cause: StopCause;
      readonly manner: StopManner;
      readonly status: ExitStatus;
    }
  | { readonly kind: 'not-started'; readonly error: CustodyError; readonly cause?: StopCause }
  | { readonly kind: 'lost'; readonly error: CustodyError }
  /** Started with containment `none`: it goes on, and how it ends is nobody's business here. */
  | { readonly kind: 'detached' };

/** Where a run stands. `settled` is final; everything before it may still change. */
export type RunState = 'queued' | 'spawning' | 'running' | 'stopping' | 'draining' | 'settled';

// 126 and 127 are what POSIX shells report for the same two conditions.
const EXIT_CODE_NOT_EXECUTABLE = 126;
const EXIT_CODE_NOT_FOUND = 127;
const NO_EXIT_CODE = -1;

/** The exit codes that mean success where nobody says otherwise. */
export const SUCCESS_EXIT_CODES: readonly number[] = Object.freeze([0]);

/** Whether the command exited by itself with one of these codes, or was started detached, as asked. */
export function isSuccess(outcome: Outcome, successExitCodes: readonly number[]): boolean {
  return outcome.kind === 'detached' || (outcome.kind === 'exited' && successExitCodes.includes(outcome.exitCode));
}

/** The cause of the stop, whether or not the command had been started; `undefined` for a run that was not stopped. */
export function stopCauseOf(outcome: Outcome): StopCause | undefined {
  return outcome.kind === 'stopped' || outcome.kind === 'not-started' ? outcome.cause : undefined;
}

/** Whether a timeout or an idle timeout ended the run. */
export function isTimedOut(outcome: Outcome): boolean {
  const cause = stopCauseOf(outcome);
  return cause === 'timeout' || cause === 'idle';
}

/** Whether the run was ended by its caller. */
export function isCancelled(outcome: Outcome): boolean {
  return stopCauseOf(outcome) === 'cancelled';
}

/** The real exit code if there is one; 127 and 126 for a command that was not found or may not be executed; else -1. */
export function exitCodeOf(outcome: Outcome): number {
  switch (outcome.kind) {
    case 'exited':
      return outcome.exitCode;
    case 'stopped':
      return exitCodeOfStatus(outcome.status);
    case 'not-started':
      if (outcome.error.code === 'COMMAND_NOT_FOUND') return EXIT_CODE_NOT_FOUND;
      return outcome.error.code === 'PERMISSION_DENIED' ? EXIT_CODE_NOT_EXECUTABLE : NO_EXIT_CODE;
    case 'signaled':
    case 'lost':
    case 'detached':
      return NO_EXIT_CODE;
  }
}

/** The signal that ended the leader, `null` if none did. */
export function signalOf(outcome: Outcome): string | null {
  if (outcome.kind === 'signaled') return outcome.signal;
  return outcome.kind === 'stopped' && 'signal' in outcome.status ? outcome.status.signal : null;
}

function exitCodeOfStatus(status: ExitStatus): number {
  if ('code' in status) return status.code;
  return 'terminated' in status ? status.terminated : NO_EXIT_CODE;
}
