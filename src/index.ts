/**
 * custody: runs commands and keeps custody of every process they create. This is the whole public surface.
 */
export type {
  BackendCapabilities,
  ContainmentLevel,
  Containment,
  OutputTarget,
  StragglerPolicy,
} from './backend/backend.js';
export type { NativeMode } from './backend/backend-selector.js';
export type { Cleanup, CleanupMechanism, CleanupStatus, ProcessName, StopStep, Survivor } from './core/cleanup.js';
export { ERROR_CODES, type ErrorCode, type ErrorCodeEntry } from './core/error-codes.js';
export {
  CommandFailedError,
  CommandValidationError,
  CustodyError,
  WorkingDirectoryError,
  type CustodyErrorDetails,
  type MissingSubject,
  type ValidationIssue,
} from './core/errors.js';
export type { ExitStatus, Outcome, RunState, StopCause, StopManner } from './core/outcome.js';
export type {
  CommandOptions,
  CommandSpec,
  Encoding,
  EnvMode,
  EnvVariables,
  InputSource,
  OutputOf,
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
export type { OverflowStrategy } from './core/retention.js';
export type { CommandSummary, RunResult } from './core/run-result.js';
export type { TeeOptions, TeeReport } from './core/tee.js';
export type { TextEncoding } from './core/text-encoding.js';
export type { Usage } from './core/settled-facts.js';
export { createRunner, type RunnerOptions } from './runner/create-runner.js';
export { capabilities, probeCapabilities, run, runSync, scope, start } from './runner/default-runner.js';
export type {
  CustodyRunner,
  LinesOptions,
  RunFunction,
  RunHandle,
  Runner,
  RunnerCapabilities,
  RunSyncFunction,
  Scope,
  StartFunction,
  StreamName,
  StreamRead,
  TailSize,
} from './runner/runner.js';
