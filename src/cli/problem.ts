/**
 * What keeps a command of the CLI from doing its work, as people are told of it: one sentence, and what to do about it.
 *
 * Decides the form of every error that ends the CLI. A stack trace is never shown: it helps whoever debugs custody, who asks
 * for it with `CUSTODY_DEBUG=1`.
 */
import type { ErrorCode } from '../core/error-codes.js';
import { CustodyError } from '../core/errors.js';
import { EXIT, exitCodeOfError } from './exit-codes.js';

/** Thrown by commands whose request cannot be met for a reason outside of the library. `message`: a clause, without a full stop. */
export class Problem extends Error {
  override readonly name = 'Problem';
  /** What the reader can do, as a clause. */
  readonly remedy: string | undefined;
  readonly exitCode: number;

  constructor(message: string, remedy?: string, exitCode: number = EXIT.usage) {
    super(message);
    this.remedy = remedy;
    this.exitCode = exitCode;
  }
}

/** What is to be written to stderr, and the exit code. */
export interface RenderedProblem {
  readonly text: string;
  readonly exitCode: number;
}

/**
 * What to do about errors of the library, for people at a shell. Those that are missing say it in their message: the issues of a
 * call that is not valid, and the reasons of the system.
 */
const REMEDIES: Partial<Record<ErrorCode, string>> = {
  COMMAND_NOT_FOUND: 'correct its name or PATH, or install it',
  PERMISSION_DENIED: 'check that it is a program and that you may execute it',
  WORKING_DIRECTORY_NOT_FOUND: 'create the directory or correct --cwd',
  ARGV_TOO_LONG: 'pass large values through standard input or a file',
  SHELL_COMMAND_TOO_LONG: 'pass large values through standard input or a file',
  CONTAINMENT_UNAVAILABLE: '"custody doctor" shows what can be had here',
  NATIVE_UNAVAILABLE: 'build the addon, or set CUSTODY_NATIVE=auto',
  LIMITS_UNENFORCEABLE: 'leave out --strict-limits; "custody doctor" shows what is enforced here',
};

/** What the reader can do about an error of the library; `undefined` where its message says it. */
export function remedyOf(code: ErrorCode): string | undefined {
  return REMEDIES[code];
}

/** Any error that ended a command of the CLI. `isDebugged`: `CUSTODY_DEBUG` is set. */
export function renderProblem(error: unknown, isDebugged: boolean): RenderedProblem {
  const trace = isDebugged && error instanceof Error && error.stack !== undefined ? `${error.stack}\n` : '';
  if (error instanceof Problem) {
    return { text: sentence(error.message, error.remedy) + trace, exitCode: error.exitCode };
  }
  if (error instanceof CustodyError) {
    return { text: sentence(error.message, remedyOf(error.code)) + trace, exitCode: exitCodeOfError(error.code) };
  }
  const message = error instanceof Error ? error.message : String(error);
  const remedy = 'please report this with the output of CUSTODY_DEBUG=1 and "custody doctor"';
  return { text: sentence(`internal error: ${message}`, remedy) + trace, exitCode: EXIT.internal };
}

function sentence(message: string, remedy: string | undefined): string {
  return `custody: ${message}${remedy === undefined ? '' : `; ${remedy}`}\n`;
}
