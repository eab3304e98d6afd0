/**
 * Runs stages: in their order, beside each other where they say so, once more after a repair.
 *
 * Decides what is skipped. A stage that was started is never stopped because of another one: its result is worth having.
 */
import { isAbsolute, posix, relative, resolve, sep } from 'node:path';
import { TimeBudget } from '../core/budget.js';
import type { RunOptions } from '../core/run-options.js';
import type { RunResult } from '../core/run-result.js';
import { isAbortSignal, isText, Issues } from '../core/validate.js';
import type { Diagnostic } from '../parsers/diagnostic.js';
import { parseDiagnostics } from '../parsers/parse-diagnostics.js';
import type { Runner } from '../runner/runner.js';
import { readStages, type PlannedCommand, type PlannedStage } from './read-stages.js';
import type { StageResult, ValidationOutput, ValidationStage } from './stage.js';

/** Options of {@link validate}. */
export interface ValidateOptions {
  /** Directory of the project. @defaultValue the host's */
  readonly cwd?: string | undefined;
  /** `true`: goes on after a failure. Stages that name a failed one in `after` are skipped all the same. @defaultValue `false` */
  readonly continueOnFailure?: boolean | undefined;
  /** `false`: repairs nothing. @defaultValue `true` */
  readonly fix?: boolean | undefined;
  /** Time for all stages together, see `timeBudget()`. What has not begun when it is spent is skipped. */
  readonly budget?: TimeBudget | undefined;
  /** Stops what runs and skips the rest. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of each stage when it has ended or was skipped. What it throws is thrown. */
  readonly onStage?: ((result: StageResult) => void) | undefined;
}

/** Bytes of output kept of each stream: lint reports in JSON are long, and cut ones cannot be read. */
const MAX_OUTPUT_BYTES = 8 * 1024 * 1024;

/**
 * Runs the stages and tells what came of each.
 *
 * @throws `CommandValidationError` (as a rejection) naming every option and every property of a stage that is wrong.
 */
export async function validate(
  runner: Runner,
  stages: readonly ValidationStage[],
  options: ValidateOptions = {},
): Promise<ValidationOutput> {
  checkOptions(options);
  return new Validation(runner, readStages(stages), options).run();
}

function checkOptions({ cwd, continueOnFailure, fix, budget, signal, onStage }: ValidateOptions): void {
  const issues = new Issues('');
  if (cwd !== undefined) isText(cwd, 'cwd', issues);
  for (const [name, value] of Object.entries({ continueOnFailure, fix })) {
    if (value !== undefined && typeof value !== 'boolean') issues.add(name, 'must be true or false');
  }
  if (budget !== undefined && !TimeBudget.is(budget)) issues.add('budget', 'must come from timeBudget()');
  if (signal !== undefined) isAbortSignal(signal, 'signal', issues);
  if (onStage !== undefined && typeof onStage !== 'function') issues.add('onStage', 'must be a function');
  issues.throwIfAny();
}

class Validation {
  readonly #runner: Runner;
  readonly #stages: readonly PlannedStage[];
  readonly #options: ValidateOptions;
  readonly #cwd: string;
  readonly #ended: (Promise<StageResult> | undefined)[] = [];
  #hasFailed = false;

  constructor(runner: Runner, stages: readonly PlannedStage[], options: ValidateOptions) {
    this.#runner = runner;
    this.#stages = stages;
    this.#options = options;
    this.#cwd = resolve(options.cwd ?? '.');
  }

  async run(): Promise<ValidationOutput> {
    const startMs = performance.now();
    const stages = await Promise.all(this.#stages.map((_, index) => this.#end(index)));
    return {
      success: stages.every(({ passed }) => passed),
      stages,
      durationMs: Math.round(performance.now() - startMs),
    };
  }

  /** The result of a stage, which is run once. There is no cycle, so this ends. */
  #end(index: number): Promise<StageResult> {
    return (this.#ended[index] ??= this.#take(index));
  }

  async #take(index: number): Promise<StageResult> {
    const stage = this.#stages[index];
    if (stage === undefined) throw new RangeError('no such stage');
    const before = await Promise.all(stage.waitsFor.map((known) => this.#end(known)));
    const reason = this.#reasonToSkip(stage, before);
    const result = reason === undefined ? await this.#runStage(stage) : skipped(stage, reason);
    if (result.status === 'failed') this.#hasFailed = true;
    this.#options.onStage?.(result);
    return result;
  }

  #reasonToSkip(stage: PlannedStage, before: readonly StageResult[]): string | undefined {
    const { signal, budget, continueOnFailure = false } = this.#options;
    if (signal?.aborted === true) return 'the validation was cancelled';
    if (budget?.isSpent === true) return 'the time budget is spent';
    if (this.#hasFailed && !continueOnFailure) return 'a stage before it failed';
    const missing = stage.needsSuccess ? before.find(({ passed }) => !passed) : undefined;
    return missing === undefined ? undefined : `'${missing.stage}' did not pass`;
  }

  async #runStage(stage: PlannedStage): Promise<StageResult> {
    const first = await this.#runCommand(stage, stage.command);
    const fix = this.#options.fix === false ? undefined : stage.fix;
    if (first.success || fix === undefined || first.outcome.kind !== 'exited') {
      return this.#resultOf(stage, first, first.durationMs, false);
    }
    const fixed = await this.#runCommand(stage, fix);
    const second = await this.#runCommand(stage, stage.command);
    const durationMs = first.durationMs + fixed.durationMs + second.durationMs;
    // A repair that failed may have left anything: what was wrong at first is what counts then.
    return this.#resultOf(stage, second.success || fixed.success ? second : first, durationMs, true);
  }

  #runCommand({ shell, env, timeoutMs, cwd }: PlannedStage, { file, args }: PlannedCommand): Promise<RunResult> {
    const { signal, budget } = this.#options;
    const options: RunOptions = {
      cwd: resolve(this.#cwd, cwd ?? '.'),
      env,
      timeoutMs,
      shell,
      signal,
      budget,
      stdin: 'ignore',
      stdout: 'capture',
      stderr: 'capture',
      captureOutput: true,
      maxOutputBytes: MAX_OUTPUT_BYTES,
      encoding: 'utf8',
      reject: false,
      throwOnCancel: false,
    };
    return this.#runner.run(file, args, options);
  }

  #resultOf(stage: PlannedStage, result: RunResult, durationMs: number, fixAttempted: boolean): StageResult {
    const output = result.combined();
    const { success: passed, outcome, exitCode } = result;
    const reason = outcome.kind === 'not-started' ? outcome.error.message : result.reason;
    return {
      stage: stage.name,
      status: passed ? 'passed' : 'failed',
      passed,
      output,
      durationMs: Math.round(durationMs),
      errors: passed ? [] : this.#errorsIn(stage, output, reason),
      fixAttempted,
      reason,
      exitCode,
    };
  }

  #errorsIn({ format, cwd, name }: PlannedStage, output: string, reason: string | null): readonly Diagnostic[] {
    const folder = resolve(this.#cwd, cwd ?? '.');
    // What was stopped or not started says nothing of the kind at its end.
    const { diagnostics } = parseDiagnostics(output, { format, cwd: folder, failed: reason === null });
    const prefix = relative(this.#cwd, folder).split(sep).join('/');
    const placed = prefix === '' ? diagnostics : diagnostics.map((diagnostic) => placedBelow(prefix, diagnostic));
    const message = reason ?? `the stage '${name}' failed`;
    return placed.some(({ severity }) => severity === 'error') ? placed : [...placed, placeless(message)];
  }
}

/** The diagnostic of a stage that ran in a folder of the project, as the project sees it. */
function placedBelow(prefix: string, diagnostic: Diagnostic): Diagnostic {
  const { file } = diagnostic;
  return file === null || isAbsolute(file) ? diagnostic : { ...diagnostic, file: posix.join(prefix, file) };
}

function placeless(message: string): Diagnostic {
  const nowhere = { file: null, line: null, column: null, endLine: null, endColumn: null, code: null, tool: null };
  return { ...nowhere, severity: 'error', message, source: 'custody' };
}

function skipped({ name }: PlannedStage, reason: string): StageResult {
  return {
    ...{ stage: name, status: 'skipped', passed: false, output: '', durationMs: 0, errors: [] },
    ...{ fixAttempted: false, reason, exitCode: -1 },
  };
}
