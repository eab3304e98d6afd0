/** What callers of `custody/coderabbit` may say, checked: everything that is wrong at once, before anything is started. */
import { TimeBudget } from '../core/budget.js';
import { isAbortSignal, isInRange, isOneOf, isText, Issues, type Range } from '../core/validate.js';

/** How to reach CodeRabbit. */
export interface CodeRabbitOptions {
  /** The repository, or a directory in it. @defaultValue the host's */
  readonly cwd?: string | undefined;
  /**
   * Key to use. It reaches the CLI through its environment and nothing else, and is redacted by its value.
   *
   * @defaultValue that in the environment of the host, else the login of the CLI
   */
  readonly apiKey?: string | undefined;
  /** Name or path of the program. @defaultValue `'coderabbit'` */
  readonly executable?: string | undefined;
  /** Milliseconds a review may take, 1 to 7 200 000. @defaultValue `1_800_000` */
  readonly timeoutMs?: number | undefined;
}

/** What to review. */
export interface ReviewOptions {
  /** Files and directories to look at, relative to `cwd` or absolute. @defaultValue all that was changed */
  readonly files?: readonly string[] | undefined;
  /** Which changes. @defaultValue what the CLI takes, which is all */
  readonly type?: 'all' | 'committed' | 'uncommitted' | undefined;
  /** Branch to compare with. @defaultValue what the CLI takes */
  readonly base?: string | undefined;
  /** Ends the review. */
  readonly signal?: AbortSignal | undefined;
  /** Time that this call shares with others, see `timeBudget()`. */
  readonly budget?: TimeBudget | undefined;
}

/** Options with defaults in place. */
export interface CodeRabbitPlan extends Pick<CodeRabbitOptions, 'cwd' | 'apiKey'> {
  readonly executable: string;
  readonly timeoutMs: number;
}

const TIMEOUT_MS: Range = { min: 1, max: 7_200_000, standard: 1_800_000 };
const TYPES = ['all', 'committed', 'uncommitted'] as const;

/** @throws `CommandValidationError` naming every option that is wrong. */
export function readCodeRabbitOptions(options: CodeRabbitOptions): CodeRabbitPlan {
  const issues = new Issues('coderabbit.');
  const { cwd, apiKey, executable = 'coderabbit', timeoutMs = TIMEOUT_MS.standard } = options;
  for (const [name, value] of Object.entries({ cwd, apiKey, executable })) {
    if (value !== undefined) isText(value, name, issues);
  }
  isInRange(timeoutMs, TIMEOUT_MS, 'timeoutMs', issues);
  issues.throwIfAny();
  return { cwd, apiKey, executable, timeoutMs };
}

/** @throws `CommandValidationError` naming every option that is wrong. */
export function checkReviewOptions({ files, type, base, signal, budget }: ReviewOptions): void {
  const issues = new Issues('');
  if (files !== undefined) {
    if (!Array.isArray(files) || files.length === 0) issues.add('files', 'must be a list that is not empty');
    else files.forEach((file, index) => isText(file, `files[${index}]`, issues));
  }
  if (type !== undefined) isOneOf(type, TYPES, 'type', issues);
  if (base !== undefined) isText(base, 'base', issues);
  if (signal !== undefined) isAbortSignal(signal, 'signal', issues);
  if (budget !== undefined && !TimeBudget.is(budget)) issues.add('budget', 'must come from timeBudget()');
  issues.throwIfAny();
}
