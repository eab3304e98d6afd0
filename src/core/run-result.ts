/**
 * The result of a run: plain, frozen data derived from what the backend reported.
 *
 * Every flag comes from `outcome`, so that none can contradict it. Output is decoded once, when the run settles; the bytes
 * are kept only where both streams wrote and `combined()` may need them.
 */
import type { Cleanup, CleanupMechanism, ProcessName } from './cleanup.js';
import { combinedBytes, combinedText, type CapturedOutput } from './combined-output.js';
import type { Invocation } from './invocation.js';
import { isoTime } from './iso-time.js';
import type { Containment } from './launch-spec.js';
import { exitCodeOf, isCancelled, isSuccess, isTimedOut, signalOf, type Outcome } from './outcome.js';
import { textOf } from './output-slice.js';
import type { LimitBreach, LimitName } from './resource-limits.js';
import type { SettledFacts, StreamFacts, Usage } from './settled-facts.js';
import type { ShellName } from './shell-choice.js';
import { outcomeOf, reasonOf } from './settled-outcome.js';

/** What was run. */
export interface CommandSummary {
  readonly file: string;
  readonly args: readonly string[];
  /** As given; `null`: the host's. */
  readonly cwd: string | null;
  /** The shell that ran it; `null`: none, which is the rule. */
  readonly shell: ShellName | null;
  /** The file that was executed, that of the shell if there was one; `null` if none was found. */
  readonly resolvedFile: string | null;
}

/** Bytes of one output stream. */
export interface StreamSummary {
  /** Bytes the command wrote. */
  readonly totalBytes: number;
  /** Bytes of the stream that are in the result. */
  readonly keptBytes: number;
  readonly droppedBytes: number;
  /** Whether anything was dropped. */
  readonly truncated: boolean;
  /** `false`: reading was cut off while others still held the stream, see `heldBy`. */
  readonly complete: boolean;
  /** Processes that still held the stream when the drain limit passed. */
  readonly heldBy: readonly ProcessName[];
}

/** How a run ended and what it left. `T` is the form of its output. */
export interface RunResult<T extends string | Uint8Array = string> {
  /** Unique for each run, such as `exec-...`. */
  readonly id: string;
  readonly command: CommandSummary;
  readonly outcome: Outcome;
  /** Whether the command exited by itself with code 0, or was started detached, as asked. */
  readonly success: boolean;
  /** The real exit code; 127 if the command was not found, 126 if it may not be executed, -1 if there is none. */
  readonly exitCode: number;
  /** The signal that ended the command, also if it came from here. */
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  /** Why the run was stopped, in words; `null` if it was not. */
  readonly reason: string | null;
  readonly stdout: T;
  readonly stderr: T;
  /** Both streams in the order of arrival, which is exact within what `capabilities().order` says. */
  combined(): T;
  readonly output: { readonly stdout: StreamSummary; readonly stderr: StreamSummary };
  /** The teardown receipt as known when the run settled; see `handle.cleanup` for its final form. */
  readonly cleanup: Cleanup;
  readonly usage: Usage;
  /**
   * The first limit that was exceeded; `null` if none was. The outcome tells whether the run was stopped for it: one that
   * had ended, or was being stopped for something else, keeps its outcome.
   */
  readonly breach: LimitBreach | null;
  /** Limits that were asked for and that nothing held here. */
  readonly unenforcedLimits: readonly LimitName[];
  /** Monotonic milliseconds from the start to the end of cleanup. */
  readonly durationMs: number;
  /** ISO 8601, UTC. */
  readonly startTime: string;
  /** `startTime` plus `durationMs`. */
  readonly endTime: string;
  readonly pid: number | null;
  readonly backend: 'native' | 'fallback';
  /** The containment that was in force. */
  readonly containment: Containment;
}

/** All that a result is made of. */
export interface ResultParts {
  readonly id: string;
  readonly invocation: Readonly<Invocation>;
  readonly facts: SettledFacts;
  readonly captured: CapturedOutput;
  /** Reason of the first cancellation, `undefined` if there was none. */
  readonly cancelReason: string | undefined;
  readonly backend: 'native' | 'fallback';
  /** The containment that was asked for, by name or by default. */
  readonly containment: Containment;
}

/** The result of a run that has settled. */
export function createResult(parts: ResultParts): RunResult<string | Uint8Array> {
  return new SettledResult(parts);
}

class SettledResult implements RunResult<string | Uint8Array> {
  readonly id: string;
  readonly command: CommandSummary;
  readonly outcome: Outcome;
  readonly success: boolean;
  readonly exitCode: number;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  readonly reason: string | null;
  readonly stdout: string | Uint8Array;
  readonly stderr: string | Uint8Array;
  readonly output: { readonly stdout: StreamSummary; readonly stderr: StreamSummary };
  readonly cleanup: Cleanup;
  readonly usage: Usage;
  readonly breach: LimitBreach | null;
  readonly unenforcedLimits: readonly LimitName[];
  readonly durationMs: number;
  readonly startTime: string;
  readonly endTime: string;
  readonly pid: number | null;
  readonly backend: 'native' | 'fallback';
  readonly containment: Containment;
  /** Both streams in bytes; `undefined` where one of them is empty and the other is the whole. */
  readonly #both: CapturedOutput | undefined;

  constructor({ id, invocation, facts, captured, cancelReason, backend, containment }: ResultParts) {
    const { file, args, cwd, encoding, launchTarget } = invocation;
    const { stdout, stderr } = captured;
    const { breach, unenforcedLimits } = facts;
    const outcome = outcomeOf(facts, { file: launchTarget?.file ?? file, cwd, containment, unenforcedLimits });
    this.id = id;
    const shell = launchTarget?.shell ?? null;
    const resolvedFile = facts.resolvedFile === '' ? null : facts.resolvedFile;
    this.command = { file, args, cwd: cwd ?? null, shell, resolvedFile };
    this.outcome = outcome;
    this.success = isSuccess(outcome);
    this.exitCode = exitCodeOf(outcome);
    this.signal = signalOf(outcome);
    this.timedOut = isTimedOut(outcome);
    this.cancelled = isCancelled(outcome);
    this.reason = reasonOf(outcome, invocation, cancelReason, breach);
    this.stdout = encoding === 'buffer' ? stdout.bytes : textOf(stdout);
    this.stderr = encoding === 'buffer' ? stderr.bytes : textOf(stderr);
    this.output = { stdout: summaryOf(facts.stdout), stderr: summaryOf(facts.stderr) };
    this.cleanup = facts.cleanup;
    this.usage = facts.usage;
    this.breach = breach;
    this.unenforcedLimits = unenforcedLimits;
    this.durationMs = facts.durationMs;
    this.startTime = isoTime(facts.startedAtMs);
    this.endTime = isoTime(facts.startedAtMs + facts.durationMs);
    this.pid = facts.pid ?? null;
    this.backend = backend;
    this.containment = levelInForce(facts.cleanup.mechanism, containment);
    this.#both = stdout.bytes.length > 0 && stderr.bytes.length > 0 ? captured : undefined;
    Object.freeze(this);
  }

  combined(): string | Uint8Array {
    if (this.#both === undefined) return this.stdout.length > 0 ? this.stdout : this.stderr;
    return typeof this.stdout === 'string' ? combinedText(this.#both) : combinedBytes(this.#both);
  }
}

function summaryOf({ totalBytes, keptBytes, complete, heldBy }: StreamFacts): StreamSummary {
  const droppedBytes = totalBytes - keptBytes;
  return { totalBytes, keptBytes, droppedBytes, truncated: droppedBytes > 0, complete, heldBy };
}

/** The default may turn out weaker than wished when the run starts; the mechanism tells. */
function levelInForce(mechanism: CleanupMechanism, wished: Containment): Containment {
  if (mechanism === 'group') return 'group';
  return mechanism === 'child-only' ? 'none' : wished;
}
