/**
 * The error that `reject: true` throws for a run without success.
 */
import { CODE_OF_CAUSE, type ErrorCode } from './error-codes.js';
import { CommandFailedError, WorkingDirectoryError, type CustodyError } from './errors.js';
import { exceptionName } from './nt-status.js';
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
      return exceptionName(outcome.exitCode) === undefined ? 'NON_ZERO_EXIT' : 'PROCESS_CRASHED';
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
  const name = command.file.split(/[\\/]/).at(-1) ?? command.file;
  switch (outcome.kind) {
    case 'exited': {
      const exception = exceptionName(outcome.exitCode);
      return exception === undefined
        ? `${name} exited with code ${outcome.exitCode}`
        : `${name} was ended by ${exception}`;
    }
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
