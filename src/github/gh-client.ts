/**
 * Runs `gh` and turns what a run can end in into a value or one of the errors of this room.
 *
 * The run shows its output as it is, because JSON that was redacted is no JSON any more. Tokens are taken out of every text
 * that is read, and errors show nothing that looks like a secret (SPEC D-36).
 */
import { READ_BY_PROGRAM } from '../core/read-by-program.js';
import type { RunOptions } from '../core/run-options.js';
import type { RunResult } from '../core/run-result.js';
import { failureOf } from '../core/run-failure.js';
import { excerptOf } from '../core/excerpt.js';
import type { Redactor } from '../core/redactor.js';
import { classifyResult } from '../failure/classify.js';
import { redactFailure } from '../failure/diagnostics.js';
import { createRedactor } from '../policy/redaction/create-redactor.js';
import type { Runner } from '../runner/runner.js';
import {
  GitHubAuthError,
  GitHubCLINotFoundError,
  GitHubError,
  GitHubOutputError,
  type GitHubErrorDetails,
} from './errors.js';
import { GH_FAILURE_RULES, isLoginFailure } from './failure-rules.js';
import { ghEnvironment } from './gh-environment.js';
import type { CallOptions, GitHubPlan } from './options.js';

/** Bytes kept of each stream: thousands of issues with their texts. More is refused, not cut. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const RAW_OUTPUT_CHARACTERS = 8_192;

/** One command of `gh`. */
export interface GhCommand extends CallOptions {
  /** Such as `['issue', 'view']`: what errors name. */
  readonly name: readonly string[];
  readonly args: readonly string[];
  readonly input?: string | undefined;
}

export class GhClient {
  readonly plan: GitHubPlan;
  readonly #runner: Runner;
  readonly #options: RunOptions;
  readonly #tokens: Redactor;
  readonly #secrets: Redactor;

  constructor(runner: Runner, plan: GitHubPlan) {
    const { cwd, token, timeoutMs } = plan;
    this.plan = plan;
    this.#runner = runner;
    const values: readonly (readonly [string, string])[] = token === undefined ? [] : [['token', token]];
    this.#tokens = createRedactor({ values, builtIn: false, patterns: [], longRuns: false });
    this.#secrets = createRedactor({ values, builtIn: true, patterns: [], longRuns: false });
    this.#options = {
      ...READ_BY_PROGRAM,
      ...ghEnvironment(plan),
      cwd,
      timeoutMs,
      maxOutputBytes: MAX_OUTPUT_BYTES,
    };
  }

  /** Runs it, whatever comes of it. */
  run({ name, args, input, signal, budget }: GhCommand): Promise<RunResult> {
    const stdin = input === undefined ? { stdin: 'ignore' as const } : { input };
    return this.#runner.run(this.plan.executable, [...name, ...args], { ...this.#options, ...stdin, signal, budget });
  }

  /**
   * The JSON it wrote, as `read` sees it; `read` notes what is wrong.
   *
   * @throws {@link GitHubOutputError} if it is none, or anything was noted.
   */
  parse<T>(command: GhCommand, result: RunResult, read: (value: unknown, problems: string[]) => T | undefined): T {
    this.#refuseTruncated(command, result);
    const problems: string[] = [];
    let value: T | undefined;
    try {
      value = read(JSON.parse(result.stdout, this.#withoutTokens), problems);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      problems.push('it is no JSON');
    }
    if (value === undefined || problems.length > 0) throw this.outputError(command, result, problems);
    return value;
  }

  /** {@link GhClient.parse} of a command that has to succeed. */
  async json<T>(command: GhCommand, read: (value: unknown, problems: string[]) => T | undefined): Promise<T> {
    const result = await this.run(command);
    if (!result.success) throw this.errorOf(command, result);
    return this.parse(command, result, read);
  }

  /** The error for a run without success. */
  errorOf({ name }: GhCommand, result: RunResult): GitHubError {
    const operation = name.join(' ');
    const failure = redactFailure(classifyResult(result, { rules: GH_FAILURE_RULES }), this.#redact);
    const { outcome } = result;
    const cause = 'error' in outcome ? outcome.error : undefined;
    const details: GitHubErrorDetails = { ...this.#details(operation, result), failure, cause };
    if (cause?.missing === 'executable') return new GitHubCLINotFoundError(this.plan.executable, details);
    if (outcome.kind === 'exited' && failure !== null && isLoginFailure(failure.subcode)) {
      return new GitHubAuthError(details);
    }
    const { code, message } = failureOf(result);
    const what = failure === null ? '' : ` (${failure.subcode}: ${failure.hints[0] ?? ''})`;
    return new GitHubError(code, `gh ${operation}: ${this.#redact(message)}${what}`, details);
  }

  outputError({ name }: GhCommand, result: RunResult, problems: readonly string[]): GitHubOutputError {
    return new GitHubOutputError(problems, { ...this.#details(name.join(' '), result), failure: null });
  }

  #refuseTruncated(command: GhCommand, result: RunResult): void {
    if (!result.output.stdout.truncated) return;
    throw this.outputError(command, result, [`it has more than ${MAX_OUTPUT_BYTES} bytes: ask for fewer`]);
  }

  #details(operation: string, { stdout, stderr, exitCode }: RunResult): Omit<GitHubErrorDetails, 'failure'> {
    const written = [stderr, stdout].filter((text) => text !== '').join('\n');
    // Redacted before it is cut: half a token at the edge would not be recognised.
    return { operation, exitCode, rawOutput: excerptOf(this.#redact(written), RAW_OUTPUT_CHARACTERS) };
  }

  readonly #redact = (text: string): string => this.#secrets.redact(text);

  readonly #withoutTokens = (_key: string, value: unknown): unknown =>
    typeof value === 'string' ? this.#tokens.redact(value) : value;
}
