/**
 * A review by the CodeRabbit CLI. A review that could not be made is a result with a warning, never an exception: it is an
 * extra that a build does without. `isReviewed` says whether an empty list of findings means anything.
 */
import { READ_BY_PROGRAM } from '../core/read-by-program.js';
import type { RunOptions } from '../core/run-options.js';
import type { RunResult } from '../core/run-result.js';
import { classifyResult } from '../failure/classify.js';
import { redactFailure } from '../failure/diagnostics.js';
import type { Failure } from '../failure/failure.js';
import { textRule, type FailureRule } from '../failure/rule.js';
import { createRedactor } from '../policy/redaction/create-redactor.js';
import type { Runner } from '../runner/runner.js';
import type { CodeRabbitFinding, ReadReview } from './finding.js';
import {
  checkReviewOptions,
  readCodeRabbitOptions,
  type CodeRabbitOptions,
  type CodeRabbitPlan,
  type ReviewOptions,
} from './options.js';
import { readJson } from './read-json.js';
import { readText } from './read-text.js';
import { inScope } from './scope.js';

/** What came of a review. */
export interface CodeRabbitResult {
  readonly findings: readonly CodeRabbitFinding[];
  /** In words of CodeRabbit, or the number of findings. */
  readonly summary: string;
  /** What the CLI wrote, without the key. */
  readonly rawOutput: string;
  /** Whether the review was done to its end and all of it was read. */
  readonly isReviewed: boolean;
  /** What kept it from that, in words; absent if nothing did. */
  readonly warning?: string;
  /** Why the CLI failed and whether to try again; `null` if it did not. */
  readonly failure: Failure | null;
}

/** The CodeRabbit CLI. The function needs no `this`. */
export interface CodeRabbit {
  /**
   * Reviews changes.
   *
   * @throws `CommandValidationError` (as a rejection) naming every option that is wrong.
   */
  readonly runReview: (options?: ReviewOptions) => Promise<CodeRabbitResult>;
}

/** The variable with the key. */
export const CODERABBIT_TOKEN_NAMES: readonly string[] = Object.freeze(['CODERABBIT_API_KEY']);

const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;
const INSTALL_HELP = 'see https://docs.coderabbit.ai/cli';

/** Names of the host's environment that pass whatever the runner keeps back. */
const PASSED_NAMES: readonly string[] = [
  ...['PATH', 'HOME', 'TEMP', 'TMP', 'CODERABBIT_*', 'XDG_*', 'DBUS_SESSION_BUS_ADDRESS'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS'],
];

const RULES: readonly FailureRule[] = [
  textRule({ subcode: 'rate_limited', any: [/\brate[_ ]limit/i] }),
  textRule({ subcode: 'login_required', any: [/\bnot (?:logged in|authenticated)\b/i, /\bauth login\b/] }),
];

/** Options that not every version has; what it does without them is made up for here. */
interface Abilities {
  readonly json: boolean;
  readonly files: boolean;
}

/**
 * CodeRabbit through `runner`. Nothing is started before the first review.
 *
 * @throws `CommandValidationError` naming every option that is wrong.
 */
export function createCodeRabbit(runner: Runner, options: CodeRabbitOptions = {}): CodeRabbit {
  const plan = readCodeRabbitOptions(options);
  const values: readonly (readonly [string, string])[] = plan.apiKey === undefined ? [] : [['apiKey', plan.apiKey]];
  const redactor = createRedactor({ values, builtIn: false, patterns: [], longRuns: false });
  return {
    runReview: async (reviewOptions = {}) => {
      checkReviewOptions(reviewOptions);
      const result = await runWithAbilities(runner, plan, reviewOptions);
      return reviewOf(result, plan, reviewOptions, (text) => redactor.redact(text));
    },
  };
}

/** An old version refuses options that it does not know at once, so asking it again costs nothing. */
async function runWithAbilities(runner: Runner, plan: CodeRabbitPlan, review: ReviewOptions): Promise<RunResult> {
  let abilities: Abilities = { json: true, files: review.files !== undefined };
  for (;;) {
    const result = await runner.run(plan.executable, argumentsFor(review, abilities), runOptions(plan, review));
    const refused = /\bunknown (?:option|flag|argument)\W{1,3}(--agent|--files)\b/i.exec(result.stderr)?.[1];
    if (result.success || refused === undefined) return result;
    const lesser = refused === '--agent' ? { ...abilities, json: false } : { ...abilities, files: false };
    if (lesser.json === abilities.json && lesser.files === abilities.files) return result;
    abilities = lesser;
  }
}

function argumentsFor(
  { files = [], type, base }: ReviewOptions,
  { json, files: byFile }: Abilities,
): readonly string[] {
  // A file whose name begins with a dash is no option.
  const names = files.map((file) => (file.startsWith('-') ? `./${file}` : file));
  return [
    'review',
    ...(json ? ['--agent'] : ['--plain', '--no-color']),
    ...(type === undefined ? [] : ['--type', type]),
    ...(base === undefined ? [] : [`--base=${base}`]),
    ...(byFile ? ['--files', ...names] : []),
  ];
}

function runOptions({ cwd, apiKey, timeoutMs }: CodeRabbitPlan, { signal, budget }: ReviewOptions): RunOptions {
  return {
    ...READ_BY_PROGRAM,
    cwd,
    timeoutMs,
    signal,
    budget,
    env: { NO_COLOR: '1', CI: '1' },
    envInclude: PASSED_NAMES,
    ...(apiKey === undefined ? {} : { secrets: { CODERABBIT_API_KEY: apiKey } }),
    stdin: 'ignore',
    maxOutputBytes: MAX_OUTPUT_BYTES,
  };
}

function reviewOf(
  result: RunResult,
  { cwd, executable }: CodeRabbitPlan,
  { files }: ReviewOptions,
  redact: (text: string) => string,
): CodeRabbitResult {
  const { outcome } = result;
  const rawOutput = redact([result.stdout, result.stderr].filter((text) => text !== '').join('\n'));
  const failure = redactFailure(classifyResult(result, { rules: RULES }), redact);
  if (outcome.kind === 'not-started' && outcome.error.missing === 'executable') {
    const warning = `'${executable}' is not installed or not in PATH: ${INSTALL_HELP}`;
    return { findings: [], summary: 'CodeRabbit is not installed.', rawOutput, isReviewed: false, warning, failure };
  }
  const output = redact(result.stdout);
  const review = readJson(output) ?? readText(output);
  const problems = problemsOf(result, review, failure);
  const findings = review?.findings ?? [];
  const wanted = files === undefined ? findings : inScope(findings, files, cwd ?? process.cwd());
  const isReviewed = problems.length === 0;
  const isWhole = isReviewed && files === undefined;
  const summary = (isWhole ? review?.summary : undefined) ?? countOf(wanted.length);
  const warning = isReviewed ? {} : { warning: problems.join('; ') };
  return { findings: wanted, summary, rawOutput, isReviewed, ...warning, failure };
}

function problemsOf(result: RunResult, review: ReadReview | undefined, failure: Failure | null): readonly string[] {
  const problems = [...(review?.problems ?? [])];
  if (failure !== null) problems.push(`the review failed (${failure.subcode}): ${failure.hints[0] ?? ''}`);
  else if (review === undefined) problems.push('the output is neither JSON nor the text of a review');
  else if (!review.isComplete) problems.push('the output does not say that the review was completed');
  if (result.output.stdout.truncated) problems.push(`only ${MAX_OUTPUT_BYTES} bytes of the output were kept`);
  return problems;
}

function countOf(count: number): string {
  return count === 1 ? '1 finding' : `${count} findings`;
}
