/**
 * The result of a run: plain, frozen data derived from what the backend reported.
 *
 * Every flag comes from `outcome`, so that none can contradict it. Output is decoded once, when the run settles; the bytes
 * are kept only where both streams wrote and `combined()` may need them.
 */
import type { Cleanup, CleanupMechanism } from './cleanup.js';
import type { CapturedOutput, TaggedText } from './combined-output.js';
import type { CorrelationIds } from './correlation.js';
import type { Invocation } from './invocation.js';
import { isoTime } from './iso-time.js';
import type { BackendKind, Containment } from './launch-spec.js';
import { exitCodeOf, isCancelled, isSuccess, isTimedOut, signalOf, type Outcome } from './outcome.js';
import type { ParsedError, ParsedErrors } from './parsed-errors.js';
import type { Redactor } from './redactor.js';
import { everywhere } from './read-redact.js';
import type { LimitBreach, LimitName } from './resource-limits.js';
import { resultDocument, type ResultDocument } from './result-document.js';
import { ResultOutput, type OutputSummary } from './result-output.js';
import type { SettledFacts, Usage } from './settled-facts.js';
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

/** How a run ended and what it left. `T` is the form of its output. */
export interface RunResult<T extends string | Uint8Array = string> {
  /** Unique for each run, such as `exec-...`. */
  readonly id: string;
  readonly command: CommandSummary;
  /** Ids of the work this run belongs to, from the option `correlation` and from `withCorrelation`. */
  readonly correlationIds: CorrelationIds;
  readonly outcome: Outcome;
  /** Whether the command exited by itself with one of `successExitCodes`, or was started detached, as asked. */
  readonly success: boolean;
  /** The exit codes that meant success; `[0]` unless the call said otherwise. */
  readonly successExitCodes: readonly number[];
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
  /** The same as text, told apart by stream: stretches in the order of arrival. */
  segments(): readonly TaggedText[];
  /** The bytes kept of a stream, whatever form its text has; a gap leaves no trace in them. */
  bytes(stream: 'stdout' | 'stderr'): Uint8Array;
  /** The result as plain data, without secrets, whatever `redact` shows here; `parseResult` of `custody/results` reads it. */
  toJSON(): ResultDocument;
  readonly output: OutputSummary;
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
  /** Names of the host's environment that `envExclude` or mode `minimal` kept from the command. */
  readonly withheldEnv: readonly string[];
  /** What the caller should know of this run, in words: a secret that could not be redacted, for instance. */
  readonly warnings: readonly string[];
  /** What `parseErrors` found in the output, redacted; empty without it. */
  readonly errors: readonly ParsedError[];
  /** Monotonic milliseconds from the start to the end of cleanup. */
  readonly durationMs: number;
  /** ISO 8601, UTC. */
  readonly startTime: string;
  /** `startTime` plus `durationMs`. */
  readonly endTime: string;
  readonly pid: number | null;
  readonly backend: BackendKind;
  /** The containment that was in force. */
  readonly containment: Containment;
  /** Milliseconds spent waiting for a slot of the runner, before `startTime`. */
  readonly queuedMs: number;
  /** How often the launch was tried: more than once where the system was short of processes, descriptors or memory. */
  readonly launches: number;
}

/** All that a result is made of. */
export interface ResultParts {
  readonly id: string;
  readonly correlationIds: CorrelationIds;
  readonly invocation: Readonly<Invocation>;
  readonly facts: SettledFacts;
  readonly captured: CapturedOutput;
  /** Reason of the first cancellation, `undefined` if there was none. */
  readonly cancelReason: string | undefined;
  readonly backend: BackendKind;
  /** The containment that was asked for, by name or by default. */
  readonly containment: Containment;
  readonly queuedMs: number;
  readonly launches: number;
  readonly withheldEnv: readonly string[];
  /** `undefined`: nothing is redacted. */
  readonly redactor: Redactor | undefined;
  readonly taps: Pick<OutputSummary, 'handlers' | 'tee'>;
  readonly parsed: ParsedErrors;
}

/** The result of a run that has settled. */
export function createResult(parts: ResultParts): RunResult<string | Uint8Array> {
  return new SettledResult(parts);
}

class SettledResult implements RunResult<string | Uint8Array> {
  readonly id: string;
  readonly command: CommandSummary;
  readonly correlationIds: CorrelationIds;
  readonly outcome: Outcome;
  readonly success: boolean;
  readonly successExitCodes: readonly number[];
  readonly exitCode: number;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  readonly reason: string | null;
  readonly stdout: string | Uint8Array;
  readonly stderr: string | Uint8Array;
  readonly output: OutputSummary;
  readonly cleanup: Cleanup;
  readonly usage: Usage;
  readonly breach: LimitBreach | null;
  readonly unenforcedLimits: readonly LimitName[];
  readonly withheldEnv: readonly string[];
  readonly warnings: readonly string[];
  readonly errors: readonly ParsedError[];
  readonly durationMs: number;
  readonly startTime: string;
  readonly endTime: string;
  readonly pid: number | null;
  readonly backend: BackendKind;
  readonly containment: Containment;
  readonly queuedMs: number;
  readonly launches: number;
  readonly #output: ResultOutput;
  /** `undefined` where nothing is redacted. */
  readonly #redacted: ResultParts | undefined;

  constructor(parts: ResultParts) {
    const { id, invocation, facts, captured, cancelReason, backend, containment, withheldEnv, redactor, taps } = parts;
    const { breach, unenforcedLimits } = facts;
    const inResult = invocation.redact?.inResult === false ? undefined : redactor;
    const command = commandShown(invocation, inResult, facts.resolvedFile);
    const subject = inResult === redactor ? command : commandShown(invocation, redactor, facts.resolvedFile);
    const file = command.shell === null ? subject.file : (invocation.launchTarget?.file ?? subject.file);
    const outcome = outcomeOf(facts, { file, cwd: subject.cwd ?? undefined, containment, unenforcedLimits });
    this.id = id;
    this.command = command;
    this.correlationIds = parts.correlationIds;
    this.outcome = outcome;
    this.success = isSuccess(outcome, invocation.successExitCodes);
    this.successExitCodes = invocation.successExitCodes;
    this.exitCode = exitCodeOf(outcome);
    this.signal = signalOf(outcome);
    this.timedOut = isTimedOut(outcome);
    this.cancelled = isCancelled(outcome);
    const reason = reasonOf(outcome, invocation, cancelReason, breach);
    this.reason = reason === null || inResult === undefined ? reason : inResult.redact(reason);
    this.#output = new ResultOutput(captured, facts, invocation, inResult);
    this.stdout = this.#output.stdout;
    this.stderr = this.#output.stderr;
    const { handlers, tee } = taps;
    this.output = { stdout: this.#output.stdoutSummary, stderr: this.#output.stderrSummary, handlers, tee };
    this.cleanup = facts.cleanup;
    this.usage = facts.usage;
    this.breach = breach;
    this.unenforcedLimits = unenforcedLimits;
    this.withheldEnv = withheldEnv;
    const warnings = redactor === undefined ? invocation.warnings : warningsOf(invocation, redactor);
    const { errors, warning } = parts.parsed;
    this.warnings = warning === undefined ? warnings : [...warnings, warning];
    this.errors = errors;
    this.durationMs = facts.durationMs;
    this.startTime = isoTime(facts.startedAtMs);
    this.endTime = isoTime(facts.startedAtMs + facts.durationMs);
    this.pid = facts.pid ?? null;
    this.backend = facts.cleanup.mechanism === 'worker' ? 'worker' : backend;
    this.containment = levelInForce(facts.cleanup.mechanism, containment);
    this.queuedMs = parts.queuedMs;
    this.launches = parts.launches;
    this.#redacted = redactor === undefined ? undefined : parts;
    Object.freeze(this);
  }

  combined(): string | Uint8Array {
    return this.#output.combined();
  }

  segments(): readonly TaggedText[] {
    return this.#output.segments();
  }

  bytes(stream: 'stdout' | 'stderr'): Uint8Array {
    return this.#output.bytes(stream);
  }

  toJSON(): ResultDocument {
    if (this.#redacted === undefined) return resultDocument(this);
    const { invocation, redactor } = this.#redacted;
    const shared = { ...this.#redacted, invocation: { ...invocation, redact: everywhere(invocation.redact) } };
    return resultDocument(createResult(shared), redactor);
  }
}

function warningsOf(invocation: Readonly<Invocation>, redactor: Redactor): readonly string[] {
  const inherited = (['stdout', 'stderr'] as const).filter((name) => invocation[name] === 'inherit');
  return [
    // The reason of an override is in the caller's words.
    ...invocation.warnings.map((warning) => redactor.redact(warning)),
    ...redactor.warnings,
    ...inherited.map((name) => `${name} is not redacted: it is inherited`),
  ];
}

/** What was run, as it is shown. `resolvedFile`: `''` if none was found, or none is known yet. */
export function commandShown(
  { file, args, cwd, launchTarget }: Readonly<Invocation>,
  redactor: Redactor | undefined,
  resolvedFile = '',
): CommandSummary {
  const shell = launchTarget?.shell ?? null;
  const executed = resolvedFile === '' ? null : resolvedFile;
  if (redactor === undefined) return Object.freeze({ file, args, cwd: cwd ?? null, shell, resolvedFile: executed });
  return Object.freeze({
    file: redactor.redact(file),
    args: Object.freeze(args.map((arg) => redactor.redact(arg))),
    cwd: cwd === undefined ? null : redactor.redact(cwd),
    shell,
    resolvedFile: executed === null ? null : redactor.redact(executed),
  });
}

/** The default may turn out weaker than wished when the run starts; the mechanism tells. */
function levelInForce(mechanism: CleanupMechanism, wished: Containment): Containment {
  if (mechanism === 'group') return 'group';
  return mechanism === 'child-only' || mechanism === 'worker' ? 'none' : wished;
}
