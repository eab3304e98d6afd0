/**
 * Runs commands and keeps custody of every process they create. This is the whole public surface of the main entry.
 *
 * @module custody
 */
export type {
  BackendCapabilities,
  BackendKind,
  ContainmentLevel,
  Containment,
  OutputTarget,
  StragglerPolicy,
} from './backend/backend.js';
export type { BuiltinCall, BuiltinHandler, BuiltinWriter } from './backend/builtins/builtin-call.js';
export type { NativeMode } from './backend/backend-selector.js';
export type { TimeBudget } from './core/budget.js';
export { Command } from './core/command.js';
export type { CommandBuilder, OutputChoice } from './core/command-builder.js';
export type { CommandDocument } from './core/command-json.js';
export { parseCommandLine } from './core/command-line.js';
export { summarizeCommand, type SummaryLimits, type SummarySubject } from './core/command-summary.js';
export type { Cleanup, CleanupMechanism, CleanupStatus, ProcessName, StopStep, Survivor } from './core/cleanup.js';
export type { CorrelationIds, CorrelationName, CorrelationOption } from './core/correlation.js';
export type { EligibilityMode, EligibilityPolicy } from './core/eligibility.js';
export { ERROR_CODES, type ErrorCode, type ErrorCodeEntry } from './core/error-codes.js';
export {
  CommandFailedError,
  CommandValidationError,
  CustodyError,
  RunAbortedError,
  WorkingDirectoryError,
  type CustodyErrorDetails,
  type CustodyErrorDocument,
  type MissingSubject,
  type ValidationIssue,
} from './core/errors.js';
export type {
  CleanedUpEvent,
  LaunchedEvent,
  ObserverHealth,
  OutputEvent,
  RunEvent,
  RunObserver,
  RunRequest,
  SettledEvent,
  StartedEvent,
} from './core/observer.js';
export type { ExitStatus, Outcome, RunState, StopCause, StopManner } from './core/outcome.js';
export type {
  ArgvMetachars,
  CommandOptions,
  CommandSpec,
  ElevatedPolicy,
  Encoding,
  EnvMode,
  EnvVariables,
  InputSource,
  OutputOf,
  RedactOptions,
  RunOptions,
  StdinOption,
} from './core/run-options.js';
export type { LimitBreach, LimitName, LimitReach, LimitSupport, ResourceLimits } from './core/resource-limits.js';
export type { TaggedText } from './core/combined-output.js';
export type {
  Backpressure,
  HandlerReport,
  OutputChunk,
  OutputHandlers,
  OutputLine,
  OutputTag,
} from './core/output-handlers.js';
export { OutputBuffer, type OutputBufferOptions } from './core/output-buffer.js';
export type { OutputSummary, StreamSummary } from './core/result-output.js';
export type { ResultDocument } from './core/result-document.js';
export type { ErrorParser, FoundError, ParsableOutput, ParsedError } from './core/parsed-errors.js';
export type { OverflowStrategy } from './core/retention.js';
export type { CommandSummary, RunResult } from './core/run-result.js';
export type { TeeOptions, TeeReport } from './core/tee.js';
export type { TextEncoding } from './core/text-encoding.js';
export type { Usage } from './core/settled-facts.js';
export type { ShellName } from './core/shell-choice.js';
export { SECRET_NAME_GLOBS, type Preset } from './policy/presets.js';
export { withCorrelation } from './runner/correlation-context.js';
export { createRunner, withParameterFile, type RunnerOptions } from './runner/create-runner.js';
export type { GateOptions } from './runner/gate-limits.js';
export {
  activity,
  capabilities,
  health,
  probeCapabilities,
  run,
  runSync,
  scope,
  shells,
  start,
} from './runner/default-runner.js';
export type { ParameterFileFunction, ParameterFileOptions } from './runner/parameter-file.js';
export type { ShellCommand, ShellLine, Shells } from './runner/shells/shells.js';
export type {
  CustodyRunner,
  LinesOptions,
  RunFunction,
  RunHandle,
  Runner,
  RunnerActivity,
  RunnerCapabilities,
  RunnerHealth,
  RunSyncFunction,
  Scope,
  StartFunction,
  StreamName,
  StreamRead,
  TailSize,
  TargetActivity,
} from './runner/runner.js';
export { timeBudget } from './runner/time-budget.js';
