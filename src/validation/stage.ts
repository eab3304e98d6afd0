/** A stage of a validation, and what comes of it. Values only. */
import type { EnvVariables } from '../core/run-options.js';
import type { Diagnostic } from '../parsers/diagnostic.js';
import type { FormatName } from '../parsers/formats.js';

/** A command: a line, which is split into words without a shell, or its words. */
export type StageCommand = string | readonly string[];

/** One check of a project. */
export interface ValidationStage {
  /** Unique among the stages. */
  readonly name: string;
  /** Passes if it exits with 0. */
  readonly command: StageCommand;
  /**
   * Whether a failure may be repaired: once, by `fixCommand` or, without one, by the command itself, which then is one that
   * repairs what it finds. After that it runs once more.
   *
   * @defaultValue `true` with a `fixCommand`, else `false`
   */
  readonly fixable?: boolean | undefined;
  readonly fixCommand?: StageCommand | undefined;
  /**
   * Names of stages that must have passed before; this one then waits for no others and may run beside them. An empty list waits
   * for nothing.
   *
   * @defaultValue every stage before it has ended
   */
  readonly after?: readonly string[] | undefined;
  /** Working directory, against that of the validation. */
  readonly cwd?: string | undefined;
  readonly env?: EnvVariables | undefined;
  /** `true`: commands are lines of the default shell. @defaultValue `false` */
  readonly shell?: boolean | undefined;
  /** Milliseconds each of its commands may take. @defaultValue that of the runner */
  readonly timeoutMs?: number | undefined;
  /** How its output is read, see `custody/parsers`. @defaultValue `'auto'` */
  readonly format?: 'auto' | 'none' | FormatName | readonly FormatName[] | undefined;
}

/** What came of one stage. */
export interface StageResult {
  readonly stage: string;
  /** `skipped`: it was not run, and `reason` says why. */
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly passed: boolean;
  /** Standard output and standard error in the order of arrival; `''` if there was none. */
  readonly output: string;
  /** Monotonic milliseconds of all of its commands. */
  readonly durationMs: number;
  /** What the output says, if the stage failed; never empty then. Files are relative to the directory of the validation. */
  readonly errors: readonly Diagnostic[];
  readonly fixAttempted: boolean;
  /** Why it was skipped, stopped or not started, in words; `null` otherwise. */
  readonly reason: string | null;
  /** -1: there is none. */
  readonly exitCode: number;
}

/** What came of a validation. JSON-serialisable. */
export interface ValidationOutput {
  /** Whether every stage passed; so it is where there was none. */
  readonly success: boolean;
  /** One for each stage, in their order. */
  readonly stages: readonly StageResult[];
  readonly durationMs: number;
}
