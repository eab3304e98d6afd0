/**
 * From "the system refused" to an error with a code: the one place where errno names become codes of ours.
 */
import { displayPath } from './display-path.js';
import { CustodyError, WorkingDirectoryError } from './errors.js';
import type { Containment } from './launch-spec.js';
import type { LimitName } from './resource-limits.js';
import type { LaunchFailure } from './settled-facts.js';

/** What was to be started, as far as messages speak of it. */
export interface LaunchSubject {
  readonly file: string;
  readonly cwd: string | undefined;
  readonly containment: Containment;
  /** Limits that nothing would have held. */
  readonly unenforcedLimits: readonly LimitName[];
}

const RESOURCE_ERRNOS: ReadonlySet<string> = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'ENOSPC']);

/** The error of a launch that the system refused. */
export function launchError(failure: LaunchFailure, subject: LaunchSubject): CustodyError {
  const { operation, errno } = failure;
  const details = { operation, errno };
  if (operation === 'containment') {
    const message = `containment '${subject.containment}' is not available${suffix(errno)}`;
    return new CustodyError('CONTAINMENT_UNAVAILABLE', message, details);
  }
  if (operation === 'limits') {
    const message = `nothing can enforce ${subject.unenforcedLimits.join(', ')} with containment '${subject.containment}' here`;
    return new CustodyError('LIMITS_UNENFORCEABLE', message, details);
  }
  if (operation === 'eligibility') {
    return new CustodyError('NOT_ELIGIBLE', failure.detail ?? 'the command is not eligible', details);
  }
  if (operation === 'identity') return new CustodyError('PERMISSION_DENIED', identityMessage(failure), details);
  if (operation === 'elevated') {
    const message = "refused to run as root: give uid and gid, or set elevated to 'allow'";
    return new CustodyError('PERMISSION_DENIED', message, details);
  }
  if (operation === 'network') {
    const message =
      "network 'none' cannot be given to a local command: use a runner that can, such as that of custody/docker";
    return new CustodyError('CONTAINMENT_UNAVAILABLE', message, details);
  }
  if (operation === 'queue')
    return new CustodyError('CONCURRENCY_LIMIT', failure.detail ?? 'no slot was free', details);
  if (operation === 'observe')
    return new CustodyError('OBSERVER_UNAVAILABLE', failure.detail ?? 'an observer refuses runs', details);
  if (operation === 'shell-length') {
    const message = failure.detail ?? 'the line is too long for the shell';
    return new CustodyError('SHELL_COMMAND_TOO_LONG', message, details);
  }
  if (operation === 'encode') {
    return new CustodyError('VALIDATION_FAILED', 'a string of the command is not Unicode text', details);
  }
  if (operation === 'batch') {
    const message = `${displayPath(subject.file)} is a batch file, and cmd.exe would not take an argument with % or a line break as text`;
    return new CustodyError('VALIDATION_FAILED', message, details);
  }
  if (operation === 'builtin') {
    const message = `the built-in ${displayPath(subject.file)} cannot be run like this: ${failure.detail ?? 'refused'}`;
    return new CustodyError('VALIDATION_FAILED', message, details);
  }
  if (operation === 'closing') return new CustodyError('CANCELLED', 'not started: the host is exiting', details);
  if (failure.subject === 'cwd') {
    const what = errno === 'ENOENT' ? 'not found' : `cannot be entered${suffix(errno)}`;
    return new WorkingDirectoryError(`working directory ${what}: ${displayPath(subject.cwd ?? '.')}`, details);
  }
  if (failure.subject === 'stdin') {
    const what = errno === 'ENOENT' ? 'not found' : `cannot be opened${suffix(errno)}`;
    return new CustodyError('UNKNOWN', `file for standard input ${what}`, details);
  }
  return executableError(failure, displayPath(subject.file));
}

function executableError(failure: LaunchFailure, file: string): CustodyError {
  const { operation, errno } = failure;
  const details = { operation, errno };
  switch (errno) {
    case 'ENOENT':
    case 'ENOTDIR':
      return failure.subject === 'interpreter'
        ? new CustodyError('COMMAND_NOT_FOUND', `interpreter of ${file} not found`, {
            ...details,
            missing: 'interpreter',
          })
        : new CustodyError('COMMAND_NOT_FOUND', `command not found: ${file}`, { ...details, missing: 'executable' });
    case 'EACCES':
    case 'EPERM':
      return new CustodyError('PERMISSION_DENIED', `permission denied: ${file}`, details);
    case 'ENOEXEC':
      return new CustodyError('PERMISSION_DENIED', `not an executable: ${file}`, details);
    case 'E2BIG':
      return new CustodyError(
        'ARGV_TOO_LONG',
        failure.detail ?? 'arguments and environment are too long for the system',
        details,
      );
    default:
      if (RESOURCE_ERRNOS.has(errno)) {
        return new CustodyError('RESOURCE_LIMIT', `the system refused to start ${file}${suffix(errno)}`, details);
      }
      return new CustodyError(
        'UNKNOWN',
        `${file} could not be started: ${failure.detail ?? `${operation} failed`}${suffix(errno)}`,
        details,
      );
  }
}

function identityMessage({ errno }: LaunchFailure): string {
  if (errno === 'ENOTSUP') return 'the command cannot be run as another user or group by this backend on this system';
  return `the host may not run a command as this user and group: it has to be root${suffix(errno)}`;
}

function suffix(errno: string): string {
  return errno === '' ? '' : ` (${errno})`;
}
