/**
 * The error that `reject: true` throws for a run without success.
 */
import { CODE_OF_CAUSE, type ErrorCode } from './error-codes.js';
import { CommandFailedError, WorkingDirectoryError, type CustodyError } from './errors.js';
import type { RunResult } from './run-result.js';

/** The error for a result without success. A missing working directory keeps its own class. */
export function failureOf(result: RunResult<string | Uint8Array>): CustodyError {
  const { outcome } = result;
  const cause = 'error' in outcome ? outcome.error : undefined;
  if (cause instanceof WorkingDirectoryError) return cause;
  return new CommandFailedError(codeOf(result), messageOf(result), result, cause);
}

function codeOf({ outcome }: RunResult<string | Uint8Array>): ErrorCode {
  switch (outcome.kind) {
    case 'exited':
      return 'NON_ZERO_EXIT';
    case 'signaled':
      return 'PROCESS_CRASHED';
    case 'stopped':
      return CODE_OF_CAUSE[outcome.cause];
    case 'not-started':
    case 'lost':
      return outcome.error.code;
    case 'detached':
      return 'UNKNOWN';
  }
}

function messageOf({ command, outcome, reason }: RunResult<string | Uint8Array>): string {
  // The line of a shell may hold anything, so only the shell is named.
  const name = command.shell ?? command.file.split(/[\\/]/).at(-1) ?? command.file;
  switch (outcome.kind) {
    case 'exited':
      return `${name} exited with code ${outcome.exitCode}`;
    case 'signaled':
      return `${name} was ended by ${outcome.signal}`;
    case 'stopped':
      return `${name} was stopped: ${reason ?? outcome.cause}`;
    case 'not-started':
    case 'lost':
      return outcome.error.message;
    case 'detached':
      return `${name} was started detached`;
  }
}
