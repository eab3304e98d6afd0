/**
 * `custody/audit`: a tamper-evident store of what was run.
 *
 * @module custody/audit
 */
export { auditObserver, type AuditObserverOptions } from './audit-observer.js';
export type { AuditHealth, AuditStore, AuditStoreOptions, FullOutput, VerifyOptions } from './audit-store.js';
export { GENESIS, type ChainEnd } from './chain.js';
export { DEFAULT_AUDIT_FILE, openAuditStore } from './open-audit-store.js';
export type { AuditedRun, AuditPage, AuditQuery } from './query.js';
export type {
  AuditedArtifact,
  AuditedCleanup,
  AuditedCommand,
  AuditedStream,
  AuditEvent,
  AuditRecord,
  CheckpointEvent,
  CleanupEvent,
  DroppedEvent,
  EndEvent,
  ExecutionFields,
  PrunedEvent,
  StartEvent,
  StoredEvent,
} from './record.js';
export { replayPlan, type MissingPart, type ReplayPlan } from './replay.js';
export type { ArchiveHook, PruneOptions, PruneReport } from './retention.js';
export type { DriverName } from './sqlite-driver.js';
export type { AuditStatistics } from './statistics.js';
export type { ChainProblem, Verification } from './verify.js';
