/**
 * A synchronous launch where there can be no worker: `spawnSync`, which knows no grace period, no drain limit and no listener.
 *
 * The leader is killed at its deadline, and members it leaves behind are not signalled: their group's number was given free
 * before we hear of anything. A group that is not seen to be gone is reported as unconfirmed.
 */
import { childProcess } from './child-process.js';
import type { LaunchSpec, SettledFacts } from '../backend.js';
import type { Cleanup } from '../../core/cleanup.js';
import type { ExitStatus } from '../../core/outcome.js';
import { ByteRing } from '../../core/byte-ring.js';
import { errnoOf, spawnFailure } from './executable-lookup.js';
import type { LaunchRemains } from './finished-launch.js';
import { LONGEST_TIMEOUT_MS } from '../loop-timer.js';
import { NOT_CAPTURED, notStarted, unwatched } from './run-facts.js';
import { SegmentLog } from './segment-log.js';
import { closePlan, isFailure, planSpawn, type LaunchContext } from './spawn-plan.js';

/** Bytes per stream that `spawnSync` may hold before it kills: it cannot drop any. */
const SPAWN_SYNC_BYTES = 256 * 1024 * 1024;

/** `true` when no process of the group is left. A signal of 0 reaches a group without doing anything to it. */
function isGroupGone(leader: number): boolean {
  if (process.platform === 'win32' || leader <= 1) return false;
  try {
    process.kill(-leader, 0);
    return false;
  } catch (error) {
    return errnoOf(error) === 'ESRCH';
  }
}

export function spawnAndWait(spec: LaunchSpec, context: LaunchContext): LaunchRemains {
  const plan = planSpawn(spec, context);
  if (isFailure(plan)) return nothing(notStarted(plan, spec));
  const startedAtMs = Date.now();
  const startedAt = performance.now();
  const input = spec.stdin.kind === 'pipe' ? spec.stdin.input : undefined;
  const result = childProcess().spawnSync(plan.path, plan.args, {
    ...plan.options,
    ...(input === undefined ? {} : { input }),
    timeout: Math.min(Math.ceil(spec.timeoutMs), LONGEST_TIMEOUT_MS),
    killSignal: 'SIGKILL',
    maxBuffer: SPAWN_SYNC_BYTES,
  });
  closePlan(plan);
  const errno = errnoOf(result.error);
  if (result.pid === 0) return nothing(notStarted(spawnFailure(errno, plan.path, context.directory), spec));
  const durationMs = performance.now() - startedAt;
  const segments = new SegmentLog();
  const stdout = ringOf(result.stdout, spec);
  const stderr = ringOf(result.stderr, spec);
  if (stdout !== undefined) segments.append('stdout', 0, stdout.end, startedAtMs);
  if (stderr !== undefined) segments.append('stderr', 0, stderr.end, startedAtMs);
  const facts: SettledFacts = {
    ending: 'ended',
    status: statusOf(result.status, result.signal),
    stop: stopOf(errno),
    failure: null,
    pid: result.pid,
    resolvedFile: plan.resolvedFile,
    startedAtMs,
    durationMs,
    stdout: stdout === undefined ? NOT_CAPTURED : { ...NOT_CAPTURED, totalBytes: stdout.end, keptBytes: stdout.kept },
    stderr: stderr === undefined ? NOT_CAPTURED : { ...NOT_CAPTURED, totalBytes: stderr.end, keptBytes: stderr.kept },
    cleanup: receiptOf(result.pid, errno === 'ETIMEDOUT', durationMs),
    ...unwatched(spec),
  };
  const read = segments.read(0);
  return { facts, stdout: stdout?.contents(), stderr: stderr?.contents(), segments: read.segments, missed: 0 };
}

function nothing(facts: SettledFacts): LaunchRemains {
  return { facts, stdout: undefined, stderr: undefined, segments: [], missed: 0 };
}

function statusOf(code: number | null, signal: NodeJS.Signals | null): ExitStatus {
  return signal === null ? { code: code ?? 0 } : { signal, coreDumped: false };
}

function stopOf(errno: string): SettledFacts['stop'] {
  if (errno === 'ETIMEDOUT') return { cause: 'timeout', manner: 'forced' };
  return errno === 'ENOBUFS' ? { cause: 'output-limit', manner: 'forced' } : null;
}

function ringOf(bytes: Buffer | null, { ringBytes, headBytes }: LaunchSpec): ByteRing | undefined {
  if (bytes === null) return undefined;
  const ring = new ByteRing(ringBytes, headBytes);
  ring.append(bytes);
  return ring;
}

/** The leader is gone when `spawnSync` returns, and with it the right to signal its group by number. */
function receiptOf(leader: number, wasKilled: boolean, elapsedMs: number): Cleanup {
  return {
    status: isGroupGone(leader) ? 'confirmed-group-only' : 'unconfirmed',
    mechanism: 'child-only',
    leaderReaped: true,
    steps: wasKilled ? [{ signal: 'SIGKILL', scope: 'leader', atMs: elapsedMs }] : [],
    killed: [],
    survivors: [],
    elapsedMs: 0,
  };
}
