/** What the runner itself observed: stops, refusals before and at the start. It decides over all text. */
import type { ErrorCode } from '../../core/error-codes.js';
import type { StopCause } from '../../core/outcome.js';
import type { LimitName } from '../../core/resource-limits.js';
import { quote } from '../evidence-view.js';
import type { FailureEvidence } from '../evidence.js';
import type { FailureRule } from '../rule.js';
import type { FailureSubcode } from '../subcodes.js';

const OF_CAUSE: Readonly<Record<StopCause, FailureSubcode>> = {
  cancelled: 'cancelled_by_caller',
  'host-exit': 'host_exit',
  timeout: 'run_timeout',
  idle: 'idle_timeout',
  'output-limit': 'output_limit',
  'resource-limit': 'limit_exceeded',
};

const OF_LIMIT: Readonly<Record<LimitName, FailureSubcode>> = {
  memoryBytes: 'memory_limit',
  cpuTimeMs: 'cpu_time_limit',
  maxProcesses: 'processes_limit',
  maxOpenFiles: 'open_files_limit',
  maxFileSizeBytes: 'file_size_limit',
};

const OF_RESOURCE_ERRNO: Readonly<Record<string, FailureSubcode>> = {
  EMFILE: 'too_many_open_files',
  ENFILE: 'too_many_open_files',
  EAGAIN: 'process_limit',
  ENOMEM: 'out_of_memory',
  ENOSPC: 'disk_full',
};

/** Errno names of a refusal that has no code of its own. */
const OF_OTHER_ERRNO: Readonly<Record<string, FailureSubcode>> = {
  ...OF_RESOURCE_ERRNO,
  ENAMETOOLONG: 'path_too_long',
  ELOOP: 'symlink_loop',
  ETXTBSY: 'file_locked',
  EBUSY: 'file_locked',
  EROFS: 'read_only',
  EINVAL: 'invalid_path',
};

/** Stops: the first cause is final, so nothing the command wrote changes it. */
const stopRule: FailureRule = {
  name: 'observed:stop',
  examine: ({ evidence: { stopCause, limit } }) => {
    if (stopCause === undefined) return undefined;
    const isLimit = stopCause === 'resource-limit' && limit !== undefined;
    const evidence = [quote('runner', isLimit ? `stopped: ${stopCause}, ${limit}` : `stopped: ${stopCause}`)];
    return { subcode: isLimit ? OF_LIMIT[limit] : OF_CAUSE[stopCause], certainty: 'certain', evidence };
  },
};

/** Refusals: the code of the error, narrowed by its errno and by what was missing. */
const refusalRule: FailureRule = {
  name: 'observed:refusal',
  examine: ({ evidence }) => {
    const { errorCode, errno = '' } = evidence;
    const subcode = errorCode === undefined ? undefined : subcodeOfCode(errorCode, evidence);
    if (subcode === undefined) return undefined;
    const text = [errorCode, errno, evidence.missing ?? ''].filter((part) => part !== '').join(' ');
    return { subcode, certainty: 'certain', evidence: [quote('runner', text)] };
  },
};

function subcodeOfCode(code: ErrorCode, { errno = '', missing }: FailureEvidence): FailureSubcode | undefined {
  switch (code) {
    case 'COMMAND_NOT_FOUND':
      return missing === 'interpreter' ? 'bad_interpreter' : 'executable_not_found';
    case 'PERMISSION_DENIED':
      return errno === 'ENOEXEC' ? 'exec_format' : 'missing_exec_bit';
    case 'WORKING_DIRECTORY_NOT_FOUND':
      return errno === 'EACCES' || errno === 'EPERM' ? 'directory_denied' : 'missing_directory';
    case 'RESOURCE_LIMIT':
      return OF_RESOURCE_ERRNO[errno] ?? 'resource_refused';
    case 'TIMEOUT':
      return 'run_timeout';
    case 'OUTPUT_LIMIT':
      return 'output_limit';
    case 'CANCELLED':
      return 'cancelled_by_caller';
    case 'VALIDATION_FAILED':
      return 'invalid_arguments';
    case 'TARGET_UNAVAILABLE':
      return 'target_unavailable';
    case 'NOT_ELIGIBLE':
      return 'not_eligible';
    case 'MALFORMED_OUTPUT':
      return 'malformed_output';
    case 'CONCURRENCY_LIMIT':
      return 'queue_timeout';
    case 'ARGV_TOO_LONG':
      return 'arguments_too_long';
    case 'SHELL_COMMAND_TOO_LONG':
      return 'shell_line_too_long';
    case 'CONTAINMENT_UNAVAILABLE':
    case 'LIMITS_UNENFORCEABLE':
    case 'OBSERVER_UNAVAILABLE':
      return 'not_available_here';
    case 'NATIVE_UNAVAILABLE':
      return 'native_addon';
    case 'CLEANUP_UNCONFIRMED':
      return 'cleanup_unconfirmed';
    case 'UNKNOWN':
      return OF_OTHER_ERRNO[errno] ?? (errno === '' ? 'status_lost' : 'unexplained');
    case 'PROCESS_CRASHED':
    case 'NON_ZERO_EXIT':
      // These two say that the command ran: its status and its output say more.
      return undefined;
    default:
      return 'unexplained';
  }
}

export const OBSERVED_RULES: readonly FailureRule[] = [stopRule, refusalRule];
