/**
 * What a store holds: records, each with one event. Written by this version, read from any.
 *
 * Names of fields are those of the results they come from. Readers keep what they do not know: a field, or an event of a newer
 * custody, is part of the chain and is shown as it stands.
 */
import type { CleanupMechanism, CleanupStatus, Survivor } from '../core/cleanup.js';
import type { CorrelationIds } from '../core/correlation.js';
import type { Containment, BackendKind } from '../core/launch-spec.js';
import type { StopCause } from '../core/outcome.js';
import type { RunRequest } from '../core/observer.js';
import type { Usage } from '../core/settled-facts.js';
import type { ShellName } from '../core/shell-choice.js';

/** Raised when a field of an event is removed or changes its meaning; new fields do not raise it. */
export const EVENT_VERSION = 1;

/** A command as records show it: without secrets. */
export interface AuditedCommand {
  /** The beginning of the command line, which globs are matched with. */
  readonly command: string;
  readonly executable: string;
  readonly arguments: readonly string[];
  /** Absolute where the host knew it; `null` where it did not. */
  readonly cwd: string | null;
  readonly shell: ShellName | null;
}

/** What the events of one execution share. */
export interface ExecutionFields extends CorrelationIds, AuditedCommand {
  readonly version: number;
  /** The id of the result, such as `exec-...`. */
  readonly executionId: string;
  readonly userId: string | null;
}

/** A command has been accepted. */
export interface StartEvent extends ExecutionFields {
  readonly eventType: 'command_execution_start';
  readonly request: RunRequest;
}

/** What a record keeps of one output stream. */
export interface AuditedStream {
  readonly totalBytes: number;
  /** Bytes that the result did not keep. */
  readonly droppedBytes: number;
  /** The end of the text; `null` where none was kept: not captured, not asked for, or bytes. */
  readonly excerpt: string | null;
  /** Bytes of the result's text that are not in the excerpt. */
  readonly omittedBytes: number;
  /** The file with all that the result kept, if that was asked for. */
  readonly artifact: AuditedArtifact | null;
}

/** A file beside the store. */
export interface AuditedArtifact {
  /** Its name in the folder of artifacts. */
  readonly file: string;
  readonly bytes: number;
  /** SHA-256 in base64. */
  readonly sha256: string;
}

/** The teardown receipt as far as records keep it. */
export interface AuditedCleanup {
  readonly status: CleanupStatus;
  readonly mechanism: CleanupMechanism;
  readonly killed: number;
  readonly survivors: readonly Survivor[];
}

/** A run has settled. */
export interface EndEvent extends ExecutionFields {
  readonly eventType: 'command_execution_end';
  readonly outcome: 'exited' | 'signaled' | 'stopped' | 'not-started' | 'lost' | 'detached';
  readonly cause: StopCause | null;
  readonly reason: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly success: boolean;
  readonly exitCode: number;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  readonly startTime: string;
  readonly endTime: string;
  readonly durationMs: number;
  readonly queuedMs: number;
  readonly outputTruncated: boolean;
  readonly stdout: AuditedStream;
  readonly stderr: AuditedStream;
  readonly cleanup: AuditedCleanup;
  readonly usage: Usage;
  readonly pid: number | null;
  readonly backend: BackendKind;
  readonly containment: Containment;
}

/** The cleanup of a run that had settled before has ended. */
export interface CleanupEvent {
  readonly version: number;
  readonly eventType: 'command_cleanup';
  readonly executionId: string;
  readonly cleanup: AuditedCleanup;
}

/** Records have been removed on purpose: what makes the gap they leave a lawful one. */
export interface PrunedEvent {
  readonly version: number;
  readonly eventType: 'records_pruned';
  /** Why, in words. */
  readonly reason: string;
  readonly count: number;
  /** The last of those removed from the beginning of the chain; `null` if none were. */
  readonly through: { readonly sequence: number; readonly hash: string } | null;
  /** First and last sequence of stretches that are tombstones now: sequence and hashes without an event. */
  readonly tombstones: readonly (readonly [first: number, last: number])[];
}

/** Records were lost before they could be written. */
export interface DroppedEvent {
  readonly version: number;
  readonly eventType: 'records_dropped';
  readonly count: number;
  readonly reason: string;
}

/** The chain up to a record, signed. */
export interface CheckpointEvent {
  readonly version: number;
  readonly eventType: 'chain_checkpoint';
  readonly sequence: number;
  readonly hash: string;
  /** Ed25519 over the canonical JSON of `{ hash, sequence }`, base64. */
  readonly signature: string;
  /** The public key, SPKI in base64. */
  readonly publicKey: string;
}

/** Everything that this version writes. */
export type AuditEvent = StartEvent | EndEvent | CleanupEvent | PrunedEvent | DroppedEvent | CheckpointEvent;

/** An event as it is read: of this version, or of another one. */
export type StoredEvent = Readonly<Record<string, unknown>> & { readonly eventType: string };

/** One row of the chain. */
export interface AuditRecord {
  /** From 0, without a gap. */
  readonly sequence: number;
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly event: StoredEvent;
  /** `GENESIS` for the first. */
  readonly previousHash: string;
  /** SHA-256 over the canonical JSON of all the others, base64. */
  readonly hash: string;
}

/** What an event is about, however a version named it. */
export type EventKind = 'start' | 'end' | 'cleanup' | 'other';

const KINDS: Readonly<Record<string, EventKind>> = {
  command_execution_start: 'start',
  command_execution_end: 'end',
  command_cleanup: 'cleanup',
  // Names that other writers of such records use.
  command_execution_complete: 'end',
  command_execution: 'end',
};

/** What the event is about. */
export function kindOf(eventType: unknown): EventKind {
  return typeof eventType === 'string' && Object.hasOwn(KINDS, eventType) ? (KINDS[eventType] ?? 'other') : 'other';
}

/** What the columns of an entry say beside its event: copies, for the indexes. */
export interface EntryColumns {
  readonly kind: EventKind;
  readonly executionId: string | null;
  readonly runId: string | null;
  readonly sessionId: string | null;
  readonly taskId: string | null;
  readonly toolCallId: string | null;
  readonly command: string | null;
  readonly failed: number | null;
}

/** Characters of a command in its column and index. */
const COLUMN_COMMAND_LENGTH = 400;

/** The columns of an event; what is not of the right type is left out. */
export function columnsOf(event: StoredEvent): EntryColumns {
  const { success } = event;
  const kind = kindOf(event.eventType);
  return {
    kind,
    executionId: textIn(event, 'executionId'),
    runId: textIn(event, 'runId'),
    sessionId: textIn(event, 'sessionId'),
    taskId: textIn(event, 'taskId'),
    toolCallId: textIn(event, 'toolCallId'),
    command: textIn(event, 'command')?.slice(0, COLUMN_COMMAND_LENGTH).toWellFormed() ?? null,
    failed: kind === 'end' ? Number(success === false) : null,
  };
}

function textIn(event: StoredEvent, name: string): string | null {
  const value = event[name];
  return typeof value === 'string' ? value : null;
}

/** Reads the text of an event; `undefined` if it is none. */
export function parseEvent(text: string): StoredEvent | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    return typeof (value as { eventType?: unknown }).eventType === 'string' ? (value as StoredEvent) : undefined;
  } catch {
    return undefined;
  }
}
