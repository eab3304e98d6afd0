/**
 * Hears of runs and tells an audit store. Makes plain events of what it hears and keeps nothing else; what is stored of them is
 * the store's business.
 *
 * A record of an end says what is known of the cleanup then. It never says more: where processes may still be alive it says
 * `unconfirmed`, and a record of its own follows when that changes.
 */
import type { Cleanup } from '../core/cleanup.js';
import type { RunResult } from '../core/run-result.js';
import type { LaunchedEvent, RunObserver, SettledEvent } from '../core/observer.js';
import { stopCauseOf } from '../core/outcome.js';
import type { Usage } from '../core/settled-facts.js';
import type { AuditStore } from './audit-store.js';
import { EVENT_VERSION, type AuditedCleanup, type AuditedStream, type EndEvent, type StartEvent } from './record.js';

/** Options of {@link auditObserver}. */
export interface AuditObserverOptions {
  /** Who asked for the runs. @defaultValue none */
  readonly userId?: string | undefined;
  /** Whether records keep the end of the output. @defaultValue `true` */
  readonly includeOutput?: boolean | undefined;
  /** Bytes that are kept of each stream, 0 to 1 048 576. @defaultValue `10_240` */
  readonly maxOutputBytes?: number | undefined;
  /** Whether all that a result keeps of its output becomes a file beside the store. @defaultValue `false` */
  readonly fullOutput?: boolean | undefined;
}

/** Bytes of each stream in a record. */
export const MAX_EXCERPT_BYTES = { standard: 10_240, max: 1_048_576 } as const;

type AnyResult = RunResult<string | Uint8Array>;

/**
 * An observer that writes a record of each start and each end into a store.
 *
 * @example
 * const store = openAuditStore({ file: '.custody/audit.db' });
 * const runner = createRunner({ observers: [auditObserver(store)] });
 */
export function auditObserver(store: AuditStore, options: AuditObserverOptions = {}): RunObserver {
  const {
    userId = null,
    includeOutput = true,
    maxOutputBytes = MAX_EXCERPT_BYTES.standard,
    fullOutput = false,
  } = options;
  const limit = includeOutput ? Math.min(Math.max(0, maxOutputBytes), MAX_EXCERPT_BYTES.max) : undefined;
  return {
    launched: (event) => {
      store.append(startEvent(event, userId));
    },
    settled: (event) => {
      store.append(endEvent(event, userId, limit), fullOutput ? outputOf(event.result) : undefined);
    },
    cleanedUp: ({ id, cleanup }) => {
      store.append({
        cleanup: cleanupOf(cleanup),
        eventType: 'command_cleanup',
        executionId: id,
        version: EVENT_VERSION,
      });
    },
    health: () => {
      const { problems, refusal } = store.health();
      return { problems, refusal };
    },
  };
}

// The keys of all that is made here are in canonical order: `canonicalText` is quick then.

function startEvent({ id, command, correlationIds, request }: LaunchedEvent, userId: string | null): StartEvent {
  const { env, envMode, hasInput, secretNames, timeoutMs, unsetEnv } = request;
  return {
    arguments: command.args,
    // The store makes the line when it has taken out what nobody should see.
    command: '',
    commandId: correlationIds.commandId,
    cwd: command.cwd ?? hostDirectory(),
    eventType: 'command_execution_start',
    executable: command.file,
    executionId: id,
    repoSha: correlationIds.repoSha,
    request: { env, envMode, hasInput, secretNames, timeoutMs, unsetEnv },
    runId: correlationIds.runId,
    sessionId: correlationIds.sessionId,
    shell: command.shell,
    stepId: correlationIds.stepId,
    targetId: correlationIds.targetId,
    taskId: correlationIds.taskId,
    toolCallId: correlationIds.toolCallId,
    userId,
    version: EVENT_VERSION,
    worktreeId: correlationIds.worktreeId,
  };
}

function endEvent(event: SettledEvent, userId: string | null, limit: number | undefined): EndEvent {
  const { id, command, correlationIds, result } = event;
  const { outcome, output } = result;
  return {
    arguments: command.args,
    backend: result.backend,
    cancelled: result.cancelled,
    cause: stopCauseOf(outcome) ?? null,
    cleanup: cleanupOf(result.cleanup),
    command: '',
    commandId: correlationIds.commandId,
    containment: result.containment,
    cwd: command.cwd ?? hostDirectory(),
    durationMs: result.durationMs,
    endTime: result.endTime,
    error: 'error' in outcome ? { code: outcome.error.code, message: outcome.error.message } : null,
    eventType: 'command_execution_end',
    executable: command.file,
    executionId: id,
    exitCode: result.exitCode,
    outcome: outcome.kind,
    outputTruncated: output.stdout.truncated || output.stderr.truncated,
    pid: result.pid,
    queuedMs: result.queuedMs,
    reason: result.reason,
    repoSha: correlationIds.repoSha,
    runId: correlationIds.runId,
    sessionId: correlationIds.sessionId,
    shell: command.shell,
    signal: result.signal,
    startTime: result.startTime,
    stderr: streamOf(result, 'stderr', limit),
    stdout: streamOf(result, 'stdout', limit),
    stepId: correlationIds.stepId,
    success: result.success,
    targetId: correlationIds.targetId,
    taskId: correlationIds.taskId,
    timedOut: result.timedOut,
    toolCallId: correlationIds.toolCallId,
    usage: usageOf(result.usage),
    userId,
    version: EVENT_VERSION,
    worktreeId: correlationIds.worktreeId,
  };
}

/** `null` where it has been removed. */
function hostDirectory(): string | null {
  try {
    return process.cwd();
  } catch {
    return null;
  }
}

function cleanupOf({ status, mechanism, killed, survivors }: Cleanup): AuditedCleanup {
  return { killed: killed.length, mechanism, status, survivors };
}

function usageOf({ peakRssBytes, processes, scope, systemMs, userMs }: Usage): Usage {
  return { peakRssBytes, processes, scope, systemMs, userMs };
}

function streamOf(result: AnyResult, name: 'stdout' | 'stderr', limit: number | undefined): AuditedStream {
  const { totalBytes, droppedBytes } = result.output[name];
  const text = textOf(result, name);
  const excerpt = limit === undefined || text === undefined ? undefined : endOf(text, limit);
  return {
    artifact: null,
    droppedBytes,
    excerpt: excerpt?.text ?? null,
    omittedBytes: excerpt?.omittedBytes ?? 0,
    totalBytes,
  };
}

/** Bytes are not shown: secrets in them are not redacted unless somebody asked for it. */
function textOf(result: AnyResult, name: 'stdout' | 'stderr'): string | undefined {
  const text = result[name];
  const { encoding, totalBytes } = result.output[name];
  return typeof text === 'string' && encoding !== 'base64' && totalBytes > 0 ? text : undefined;
}

function outputOf(result: AnyResult): { readonly stdout: string | undefined; readonly stderr: string | undefined } {
  return { stdout: textOf(result, 'stdout'), stderr: textOf(result, 'stderr') };
}

/** The end of a text, whole characters and whole lines where there are any. */
function endOf(text: string, limit: number): { readonly text: string; readonly omittedBytes: number } {
  // No character takes fewer bytes than it has units.
  if (text.length <= limit && Buffer.byteLength(text) <= limit) return { text, omittedBytes: 0 };
  const bytes = Buffer.from(text.slice(-limit || text.length));
  let from = Math.max(0, bytes.length - limit);
  while (from < bytes.length && ((bytes[from] ?? 0) & 0xc0) === 0x80) from += 1;
  const lineEnd = bytes.indexOf(0x0a, from);
  // A piece of a secret may stand where a line was cut; a line that is most of it stays all the same.
  if (lineEnd !== -1 && lineEnd - from < limit / 2) from = lineEnd + 1;
  const kept = limit === 0 ? '' : bytes.toString('utf8', from);
  return { text: kept, omittedBytes: Buffer.byteLength(text) - Buffer.byteLength(kept) };
}
