/**
 * What is said of a failure: the category that programs branch on, the subcode that narrows it, the lines it was read from,
 * what to do, and whether another attempt can help.
 */
import type { Prerequisite } from './prerequisites.js';

/** Every category, in the order in which evidence is looked for; what the runner itself observed stands first. */
export const FAILURE_CATEGORIES = [
  'cancelled',
  'timeout',
  'output_overflow',
  'resource_limit',
  'validation',
  'concurrency_limit',
  'working_directory',
  'argv_too_long',
  'shell_command_too_long',
  'filesystem_path',
  'permission_lock',
  'resource_exhausted',
  'shell_environment',
  'missing_executable',
  'dependency',
  'token',
  'auth',
  'network',
  'process_crash',
  'command_failed',
  'unknown',
] as const;

/**
 * What kind of thing went wrong.
 *
 * @useDeclaredType
 */
export type FailureCategory = (typeof FAILURE_CATEGORIES)[number];

/**
 * - `certain`: the runner saw it, or an exit status that has one meaning.
 * - `likely`: the command said so in its output.
 * - `suspected`: a convention that has other explanations, such as exit code 137.
 */
export type FailureCertainty = 'certain' | 'likely' | 'suspected';

/** One line that the verdict rests on. */
export interface EvidenceLine {
  readonly source: 'runner' | 'status' | 'stderr' | 'stdout' | 'rule';
  /** At most 300 characters. */
  readonly text: string;
}

/** Whether doing the same again can help, and why. It says nothing of whether the work may be repeated: see `retry`. */
export interface RetryVerdict {
  readonly retryable: boolean;
  readonly reason: string;
}

/** A classified failure. Plain data. */
export interface Failure {
  readonly category: FailureCategory;
  /** Narrower than the category, such as `disk_full`; a rule of the caller's own may use words of its own. */
  readonly subcode: string;
  readonly certainty: FailureCertainty;
  /** Name of the rule that decided. */
  readonly rule: string;
  /** At most three. */
  readonly evidence: readonly EvidenceLine[];
  /** What to do, most important first; at least one. */
  readonly hints: readonly string[];
  readonly retry: RetryVerdict;
  /** Changes to the host that would remove the cause. Nothing here ever makes them. */
  readonly prerequisites: readonly Prerequisite[];
}
