/**
 * The error classes of the package.
 *
 * Every error carries a stable `code`, the `operation` that failed and the `cause` it was given. Messages are short, are
 * for people, may change, and hold neither output nor values of environment variables.
 */
import type { ErrorCode } from './error-codes.js';
import type { RunResult } from './run-result.js';

/** Particulars of a {@link CustodyError}. */
export interface CustodyErrorDetails {
  /** What was being done, such as `exec`, `chdir` or `validate`. */
  readonly operation: string;
  readonly cause?: unknown;
  /** Errno name such as `ENOENT`. */
  readonly errno?: string;
  readonly missing?: MissingSubject;
}

/** What an ENOENT was about. */
export type MissingSubject = 'executable' | 'interpreter' | 'cwd';

/** An error as plain data. */
export interface CustodyErrorDocument {
  readonly name: string;
  readonly code: ErrorCode;
  readonly operation: string;
  readonly message: string;
  readonly errno?: string | undefined;
  readonly missing?: MissingSubject | undefined;
}

/** Base of every error of this package. */
export class CustodyError extends Error {
  override readonly name: string = 'CustodyError';
  readonly code: ErrorCode;
  readonly operation: string;
  /** Errno name such as `ENOENT`; `undefined` where the system gave none. */
  readonly errno: string | undefined;
  /** What was not found; `undefined` unless something was looked for in vain. */
  readonly missing: MissingSubject | undefined;

  constructor(code: ErrorCode, message: string, details: CustodyErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.operation = details.operation;
    this.errno = details.errno;
    this.missing = details.missing;
  }

  /** The error as plain data; `cause` and `stack` stay behind. */
  toJSON(): CustodyErrorDocument {
    return {
      name: this.name,
      code: this.code,
      operation: this.operation,
      message: this.message,
      errno: this.errno,
      missing: this.missing,
    };
  }
}

/** One thing wrong with the arguments of a call. */
export interface ValidationIssue {
  /** The place, such as `args[2]`, `env.FOO` or `timeoutMs`. */
  readonly property: string;
  readonly message: string;
}

/** Issues spelled out in the message; all of them are in `issues`. */
const ISSUES_IN_MESSAGE = 3;

/** The arguments of a call are not valid. Nothing was started. */
export class CommandValidationError extends CustodyError {
  override readonly name = 'CommandValidationError';
  /** Everything that was wrong, in the order of the arguments. */
  readonly issues: readonly ValidationIssue[];

  constructor(issues: readonly ValidationIssue[], cause?: unknown) {
    const spelled = issues.slice(0, ISSUES_IN_MESSAGE).map((issue) => `${issue.property} ${issue.message}`);
    const more = issues.length > ISSUES_IN_MESSAGE ? `; and ${issues.length - ISSUES_IN_MESSAGE} more` : '';
    super('VALIDATION_FAILED', `invalid command: ${spelled.join('; ')}${more}`, { operation: 'validate', cause });
    this.issues = Object.freeze([...issues]);
  }

  /** The first property that was wrong. */
  get property(): string {
    return this.issues[0]?.property ?? '';
  }

  override toJSON(): CustodyErrorDocument & { readonly property: string; readonly issues: readonly ValidationIssue[] } {
    return { ...super.toJSON(), property: this.property, issues: this.issues };
  }
}

/** A run did not succeed and its caller asked for `reject: true`. */
export class CommandFailedError extends CustodyError {
  override readonly name: string = 'CommandFailedError';
  readonly result: RunResult<string | Uint8Array>;

  constructor(code: ErrorCode, message: string, result: RunResult<string | Uint8Array>, cause?: unknown) {
    super(code, message, { operation: 'run', cause });
    this.result = result;
  }

  /** The error as plain data; `result` stays behind, because it holds output. */
  override toJSON(): CustodyErrorDocument & { readonly id: string } {
    return { ...super.toJSON(), id: this.result.id };
  }
}

/** A run was cancelled and its caller asked for `throwOnCancel: true`. Its name is that of every aborted operation. */
export class RunAbortedError extends CommandFailedError {
  override readonly name = 'AbortError';

  constructor(message: string, result: RunResult<string | Uint8Array>) {
    super('CANCELLED', message, result);
  }
}

/** The working directory of a command cannot be entered. */
export class WorkingDirectoryError extends CustodyError {
  override readonly name = 'WorkingDirectoryError';

  constructor(message: string, details: Omit<CustodyErrorDetails, 'missing'>) {
    super('WORKING_DIRECTORY_NOT_FOUND', message, { ...details, missing: 'cwd' });
  }
}
