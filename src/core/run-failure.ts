/**
 * The errors that `reject: true` and `throwOnCancel: true` throw for a run without success.
 */
import { CODE_OF_CAUSE, type ErrorCode } from './error-codes.js';
import { CommandFailedError, RunAbortedError, WorkingDirectoryError, type CustodyError } from './errors.js';
import type { Invocation } from './invocation.js';
import { exceptionName } from './nt-status.js';
import type { Redactor } from './redactor.js';
import type { RunResult } from './run-result.js';

/** The error that the caller of `invocation` wants instead of this result; `undefined`: the result it is. */
export function wantedFailure(
  { reject, throwOnCancel }: Readonly<Invocation>,
  result: RunResult<string | Uint8Array>,
  redactor: Redactor | undefined,
): CustodyError | undefined {
  if (throwOnCancel && result.cancelled) return new RunAbortedError(messageOf(result, redactor), result);
  return reject && !result.success ? failureOf(result, redactor) : undefined;
}

/** The error for a result without success. A missing working directory keeps its own class. */
export function failureOf(result: RunResult<string | Uint8Array>, redactor?: Redactor): CustodyError {
  const { outcome } = result;
  const cause = 'error' in outcome ? outcome.error : undefined;
  if (cause instanceof WorkingDirectoryError) return cause;
  return new CommandFailedError(codeOf(result), messageOf(result, redactor), result, cause);
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

/** A result may show what its error, which goes to logs, must not. */
function messageOf(result: RunResult<string | Uint8Array>, redactor: Redactor | undefined): string {
  const message = describe(result);
  return redactor?.redact(message) ?? message;
}

function describe({ command, outcome, reason }: RunResult<string | Uint8Array>): string {
  // The line of a shell may hold anything, so only the shell is named.
  const name = command.shell ?? command.file.split(/[\\/]/).at(-1) ?? command.file;
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
