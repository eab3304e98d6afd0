/**
 * `custody/failure`: what kind of failure a run ended in, what to do about it, and whether to try again.
 *
 * @module custody/failure
 */
export { C_LOCALE } from './c-locale.js';
export { classifyFailure, classifyResult, type ClassifyOptions } from './classify.js';
export { collectDiagnostics, type Diagnostics, type DiagnosticsOptions, type StreamTail } from './diagnostics.js';
export type { EvidenceView, StreamLines } from './evidence-view.js';
export type { FailureEvidence } from './evidence.js';
export {
  FAILURE_CATEGORIES,
  type EvidenceLine,
  type Failure,
  type FailureCategory,
  type FailureCertainty,
  type RetryVerdict,
} from './failure.js';
export { createFailureLedger, type FailureLedger, type FailureLedgerOptions } from './failure-ledger.js';
export { PREREQUISITES, type Prerequisite, type PrerequisiteId, type PrerequisiteKind } from './prerequisites.js';
export { evidenceOf } from './result-evidence.js';
export { retry, type Attempt, type AttemptRecord, type RetryEnd, type RetryReport } from './retry.js';
export type { RetryClock } from './retry-clock.js';
export type { RetryOptions } from './retry-options.js';
export { textRule, type FailureRule, type RuleFinding, type TextPatterns } from './rule.js';
export type { SubcodeEntry } from './subcode-entry.js';
export { SUBCODES, type FailureSubcode } from './subcodes.js';
