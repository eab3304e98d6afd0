/**
 * What is known of a run that failed, as plain values. It may come from a result of ours (`evidenceOf`), or from anywhere else.
 */
import type { ErrorCode } from '../core/error-codes.js';
import { ERROR_CODES } from '../core/error-codes.js';
import type { MissingSubject } from '../core/errors.js';
import { STOP_CAUSES, type StopCause } from '../core/outcome.js';
import type { LimitName } from '../core/resource-limits.js';
import { Issues } from '../core/validate.js';

/** What is known of a failure. Everything is optional; the more is given, the more certain the verdict. */
export interface FailureEvidence {
  /** The program, as it was called. */
  readonly file?: string | undefined;
  readonly args?: readonly string[] | undefined;
  /** The exit code; `undefined`, `null` or -1: there is none. */
  readonly exitCode?: number | null | undefined;
  /** The signal that ended the command, such as `SIGSEGV`. */
  readonly signal?: string | null | undefined;
  readonly stdout?: string | Uint8Array | undefined;
  readonly stderr?: string | Uint8Array | undefined;
  /** Why the runner stopped the command. Decides over everything else. */
  readonly stopCause?: StopCause | undefined;
  /** The code of the error with which the runner refused or lost the command. */
  readonly errorCode?: ErrorCode | undefined;
  /** Errno name of that error. */
  readonly errno?: string | undefined;
  /** What an ENOENT of that error was about. */
  readonly missing?: MissingSubject | undefined;
  /** The limit that was exceeded, with `stopCause: 'resource-limit'`. */
  readonly limit?: LimitName | undefined;
  /** Whether the caller sent the SIGKILL: exit 137 is then no sign of memory. */
  readonly killedByUs?: boolean | undefined;
  /** Whether the kernel says that memory ran out (a cgroup's oom_kill, a job's notification). */
  readonly outOfMemory?: boolean | undefined;
}

const TEXTS = ['file', 'signal', 'errno', 'missing', 'limit'] as const;

/** @throws {@link CommandValidationError} naming every property of the wrong kind. */
export function checkEvidence(evidence: unknown): asserts evidence is FailureEvidence {
  const issues = new Issues('evidence.');
  if (typeof evidence !== 'object' || evidence === null) {
    issues.add('', 'must be an object');
    issues.throwIfAny();
    return;
  }
  const given = evidence as Record<string, unknown>;
  for (const name of TEXTS) {
    if (!isAbsent(given[name]) && typeof given[name] !== 'string') issues.add(name, 'must be a string');
  }
  for (const name of ['stdout', 'stderr']) {
    const value = given[name];
    if (!isAbsent(value) && typeof value !== 'string' && !(value instanceof Uint8Array)) {
      issues.add(name, 'must be a string or a Uint8Array');
    }
  }
  if (!isAbsent(given.exitCode) && !Number.isInteger(given.exitCode)) issues.add('exitCode', 'must be a whole number');
  if (!isAbsent(given.args) && !isStrings(given.args)) issues.add('args', 'must be an array of strings');
  if (!isAbsent(given.stopCause) && !STOP_CAUSES.includes(given.stopCause as StopCause)) {
    issues.add('stopCause', `must be one of ${STOP_CAUSES.map((cause) => `'${cause}'`).join(', ')}`);
  }
  if (!isAbsent(given.errorCode) && !Object.hasOwn(ERROR_CODES, given.errorCode as string)) {
    issues.add('errorCode', 'must be a code of ERROR_CODES');
  }
  issues.throwIfAny();
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function isStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
