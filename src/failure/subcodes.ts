/** The table of subcodes: category, hint, retry verdict and prerequisites of everything the built-in rules can say. */
import type { FailureCategory, RetryVerdict } from './failure.js';
import type { SubcodeEntry } from './subcode-entry.js';
import { HOST_SUBCODES } from './subcodes-host.js';
import { REMOTE_SUBCODES } from './subcodes-remote.js';
import { RUN_SUBCODES } from './subcodes-run.js';

const TABLE = { ...RUN_SUBCODES, ...HOST_SUBCODES, ...REMOTE_SUBCODES } as const;

/**
 * A subcode of the built-in rules.
 *
 * @useDeclaredType
 */
export type FailureSubcode = keyof typeof TABLE;

/** What the built-in rules say of each subcode. */
export const SUBCODES: Readonly<Record<FailureSubcode, SubcodeEntry>> = TABLE;

/** Why a failure of a category does not go away by itself. */
const LASTING: Readonly<Record<FailureCategory, string>> = {
  cancelled: 'it was ended on purpose',
  timeout: 'it would take as long again',
  output_overflow: 'it would write as much again',
  resource_limit: 'it would need as much again',
  validation: 'the same call is refused again',
  concurrency_limit: 'the limit stays',
  working_directory: 'the directory does not appear by itself',
  argv_too_long: 'the same arguments are as long again',
  shell_command_too_long: 'the same line is as long again',
  filesystem_path: 'the same path fails again',
  permission_lock: 'permissions do not change by themselves',
  resource_exhausted: 'the resource does not come back by itself',
  shell_environment: 'the environment stays as it is',
  missing_executable: 'the program does not appear by itself',
  dependency: 'the dependency does not appear by itself',
  token: 'the same token is refused again',
  auth: 'the same credentials are refused again, and accounts get locked',
  network: 'the server or its certificate stays as it is',
  process_crash: 'a crash has a cause that stays',
  command_failed: 'the command would come to the same result',
  unknown: 'the cause is not known',
};

/** What no rule can make retryable: another attempt would be refused as well, or would do harm. */
const NEVER_CATEGORIES: ReadonlySet<FailureCategory> = new Set(['auth', 'token', 'cancelled', 'validation']);
const NEVER_SUBCODES: ReadonlySet<string> = new Set<FailureSubcode>(['path_too_long', 'reserved_name']);

/** The verdict, given why the cause may pass; `undefined`: it does not pass by itself. */
export function retryVerdict(category: FailureCategory, subcode: string, transient: string | undefined): RetryVerdict {
  if (transient === undefined || NEVER_CATEGORIES.has(category) || NEVER_SUBCODES.has(subcode)) {
    return { retryable: false, reason: LASTING[category] };
  }
  return { retryable: true, reason: transient };
}
