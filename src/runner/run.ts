/**
 * One run, from its turn at the gate to its last fact: the listener of the backend and the source of the result.
 *
 * It is what a run costs, so it holds no closures and makes its promises when they are asked for. Output stays in the backend
 * until the run is let go of: `run()` does that when the result is there, a handle when it is disposed or collected. A run
 * whose cleanup is not final (kept stragglers, unconfirmed) stays in the custody of its group until it is.
 */
import type { Backend, Flow, LaunchId, LaunchListener } from '../backend/backend.js';
import { isFinalCleanup, type Cleanup } from '../core/cleanup.js';
import { correlate, redactIds, type CorrelationIds } from '../core/correlation.js';
import { CustodyError } from '../core/errors.js';
import type { Invocation } from '../core/invocation.js';
import type { StopCause } from '../core/outcome.js';
import { reasonText } from '../core/reason.js';
import type { Redactor } from '../core/redactor.js';
import { wantedFailure } from '../core/run-failure.js';
import { createResult, type ResultParts, type RunResult } from '../core/run-result.js';
import {
  isShortage,
  launchFailure,
  notLaunched,
  type LaunchFailure,
  type SettledFacts,
} from '../core/settled-facts.js';
import { NONE_WITHHELD } from '../policy/env-policy.js';
import { MAX_CANCEL_GRACE_MS } from '../policy/limits.js';
import { listenForAbort, stopListeningForAbort, type AbortTarget } from './abort-listeners.js';
import { readOutput } from './capture.js';
import { currentCorrelation } from './correlation-context.js';
import { NO_ATTACHMENTS, type RunAttachment } from './run-attachment.js';
import { RunAnswers } from './run-answers.js';
import { OutputHold } from './output-hold.js';
import type { RunContext } from './run-context.js';
import type { RunGroup } from './run-group.js';
import { RunReporter } from './run-reporter.js';
import { capturedStreams } from './run-taps.js';
import { TimeLimit } from './time-limit.js';
import { environmentFor, toLaunchSpec } from './to-launch-spec.js';
import { Turn, type TurnOwner } from './turn.js';

/** A result whose form is known to its caller only. */
export type AnyResult = RunResult<string | Uint8Array>;

export class Run implements LaunchListener, AbortTarget, TurnOwner {
  readonly id: string;
  readonly backend: Backend;
  readonly correlationIds: CorrelationIds;
  readonly answers = new RunAnswers();
  readonly hold: OutputHold;
  /** Of everything that is shown of the run; `undefined` where nothing is redacted. */
  readonly redactor: Redactor | undefined;
  /** `undefined`: nobody observes. */
  readonly #reporter: RunReporter | undefined;
  readonly #context: RunContext;
  readonly #group: RunGroup;
  readonly #turn: Turn;
  /** `undefined`: no budget. */
  readonly #limit: TimeLimit | undefined;
  #invocation: Readonly<Invocation>;
  #isReferenced = true;
  #launchId: LaunchId | undefined;
  #pid: number | undefined;
  #withheldEnv = NONE_WITHHELD;
  #cancelReason: string | undefined;
  #facts: SettledFacts | undefined;
  #attachments = NO_ATTACHMENTS;

  /** `hasHandle`: as in {@link OutputHold.of}. */
  constructor(
    context: RunContext,
    group: RunGroup,
    invocation: Readonly<Invocation>,
    redactor: Redactor | undefined,
    hasHandle: boolean,
  ) {
    this.id = context.nextId();
    this.redactor = redactor;
    this.backend = context.selected.backend;
    this.#context = context;
    this.#group = group;
    this.#invocation = invocation;
    this.hold = OutputHold.of(this, hasHandle);
    this.correlationIds = redactIds(correlate(currentCorrelation(), invocation.correlation), redactor);
    this.#turn = new Turn(context.gate, context.clock, this, invocation);
    this.#limit = TimeLimit.of(context.clock, invocation);
    const { observers, wallMs } = context;
    this.#reporter = observers === undefined ? undefined : new RunReporter(observers, this, wallMs);
  }

  get invocation(): Readonly<Invocation> {
    return this.#invocation;
  }

  /** Launches when its turn has come, unless something speaks against it. Called once. */
  launch(): void {
    if (this.#isRefused()) return;
    // Before the launch, because one that cannot be heard must not start what it could not stop.
    listenForAbort(this.#invocation.signal, this);
    if (this.#facts === undefined && this.#turn.take(this.#invocation, this.#limit?.remainingMs)) this.#launch();
    if (this.#facts === undefined) this.#group.add(this);
  }

  /** What a stream is watched for when no reader does. */
  get leastFlow(): Flow {
    return this.#reporter?.leastFlow ?? 'off';
  }

  /** Launches and blocks until the run has settled. Called instead of {@link Run.launch}. */
  launchSync(): AnyResult {
    if (!this.#isRefused()) {
      this.#turn.takeSync();
      this.#launch(this.#context.live.decidesOnSignals());
      this.#group.add(this);
      // The facts came while the call blocked, before there was an id to read output with.
      if (this.#facts !== undefined) this.#complete(this.#facts);
    }
    const { result, failure } = this.answers;
    if (result === undefined) throw new CustodyError('UNKNOWN', 'the run has not settled', { operation: 'launchSync' });
    if (failure !== undefined) throw failure;
    return result;
  }

  /** Names the run to the backend; `undefined` if it was never launched, or once its output has been released. */
  get launchId(): LaunchId | undefined {
    return this.#launchId;
  }

  /** `undefined` until the run has settled. */
  get facts(): SettledFacts | undefined {
    return this.#facts;
  }

  get pid(): number | undefined {
    if (this.#pid !== undefined || this.#launchId === undefined) return this.#pid ?? this.#facts?.pid;
    // The news of the start may still be under way; the backend knows already.
    return this.backend.snapshot(this.#launchId).pid;
  }

  /** Asks for a stop. The first reason stays; a later call may only shorten the grace period. */
  cancel(reason: string, graceMs = Math.min(this.#invocation.graceMs, MAX_CANCEL_GRACE_MS)): void {
    if (this.#facts === undefined) this.#cancelReason ??= reason;
    if (this.#launchId !== undefined) {
      this.backend.stop(this.#launchId, 'cancelled', this.#limit?.graceWithin(graceMs) ?? graceMs);
    } else if (this.#facts === undefined) this.#settleUnlaunched('cancelled');
  }

  /** Whether the run keeps the event loop alive, which is the default. */
  setRef(ref: boolean): void {
    if (this.#facts !== undefined) return;
    this.#isReferenced = ref;
    if (this.#launchId === undefined) this.#turn.setRef(ref);
    else this.backend.setRef(this.#launchId, ref);
  }

  attach(attachment: RunAttachment): void {
    if (this.#facts === undefined) this.#attachments = [...this.#attachments, attachment];
  }

  detach(attachment: RunAttachment): void {
    this.#attachments = this.#attachments.filter((other) => other !== attachment);
  }

  // Facts: from the AbortSignal and the gate, then from the backend.

  aborted(): void {
    this.cancel(reasonText(this.#invocation.signal?.reason));
  }

  turnCame(): void {
    try {
      this.#launch();
    } catch (error) {
      // Nobody is there to catch it: the caller has had the promise for long.
      this.#settleUnlaunched(launchFailure(error));
      return;
    }
    for (const attachment of this.#attachments) attachment.launched?.();
  }

  turnMissed(why: 'timeout' | LaunchFailure): void {
    this.#settleUnlaunched(why);
  }

  started(pid: number): void {
    this.#pid = pid;
    this.#reporter?.started(pid);
  }

  output(stdoutEnd: number, stderrEnd: number): void {
    this.#reporter?.output(stdoutEnd, stderrEnd);
    for (const attachment of this.#attachments) attachment.output?.(stdoutEnd, stderrEnd);
  }

  stdinWritable(): void {
    for (const attachment of this.#attachments) attachment.stdinWritable?.();
  }

  suspended(): void {
    for (const attachment of this.#attachments) attachment.suspended?.();
  }

  settled(facts: SettledFacts): void {
    if (facts.failure !== null && this.#launchesAgain(facts)) return;
    this.#facts = facts;
    if (this.#launchId === undefined) return;
    const flushed = this.hold.flushed();
    if (flushed === undefined) this.#complete(facts);
    else void flushed.then(() => this.#complete(facts));
  }

  cleanedUp(cleanup: Cleanup): void {
    if (this.answers.cleanup !== undefined) return;
    this.#reporter?.cleanedUp(cleanup);
    this.#turn.cleanup(cleanup);
    this.answers.cleanedUp(cleanup);
    this.#leave();
    this.releaseIfDone();
  }

  /** Launches with what the budgets leave. `endsOnSignal`: blocks until the run has settled, see `Backend.launchSync`. */
  #launch(endsOnSignal?: boolean): void {
    if (this.#limit !== undefined) {
      if (this.#limit.remainingMs <= 0) {
        this.#settleUnlaunched('timeout');
        return;
      }
      this.#invocation = this.#limit.fit(this.#invocation);
    }
    const { host, defaultContainment, live } = this.#context;
    const environment = environmentFor(this.#invocation, host);
    this.#withheldEnv = environment.withheld;
    const spec = toLaunchSpec(this.#invocation, environment, defaultContainment, this.hold.isAwaited);
    this.#turn.launches += 1;
    try {
      this.#launchId =
        endsOnSignal === undefined
          ? this.backend.launch(spec, this)
          : this.backend.launchSync(spec, this, endsOnSignal);
    } catch (error) {
      stopListeningForAbort(this.#invocation.signal, this);
      this.#turn.end();
      throw error;
    }
    live.enter();
    if (!this.#isReferenced) this.backend.setRef(this.#launchId, false);
    this.hold.launched();
    if (!this.hold.isHeld) this.#reporter?.watchOutput(this.backend, this.#launchId, capturedStreams(this.#invocation));
  }

  /** The system was short of something: the launch is forgotten, and another one comes. */
  #launchesAgain(facts: SettledFacts): boolean {
    const { stdin, inputSource } = this.#invocation;
    // What was written to a pipe is gone with the launch.
    if (this.#launchId === undefined || stdin === 'pipe' || inputSource !== undefined) return false;
    if (this.#cancelReason !== undefined || !isShortage(facts) || !this.#turn.retries()) return false;
    this.backend.release(this.#launchId);
    this.#launchId = undefined;
    this.#context.live.leave();
    return true;
  }

  #leave(): void {
    this.#group.delete(this);
    this.#context.live.leave();
  }

  /** Settles a run that must not be launched. */
  #isRefused(): boolean {
    const why = this.#refusal();
    if (why !== undefined) this.#settleUnlaunched(why);
    return why !== undefined;
  }

  #refusal(): StopCause | LaunchFailure | undefined {
    const { signal, refusal } = this.#invocation;
    if (signal?.aborted === true) this.#cancelReason = reasonText(signal.reason);
    else if (this.#group.closedBecause !== undefined) this.#cancelReason = this.#group.closedBecause;
    if (this.#cancelReason !== undefined) return 'cancelled';
    return this.#limit !== undefined && this.#limit.remainingMs <= 0 ? 'timeout' : refusal;
  }

  /** Settles a run that has no launch, whether or not it waits for one. */
  #settleUnlaunched(why: StopCause | LaunchFailure): void {
    const facts = notLaunched(this.#context.wallMs(), why);
    this.#facts = facts;
    stopListeningForAbort(this.#invocation.signal, this);
    this.#group.delete(this);
    // First, because the result tells how long it has waited.
    this.#turn.end();
    this.hold.refused();
    const flushed = this.hold.flushed();
    if (flushed === undefined) this.#settle(facts, true);
    else void flushed.then(() => this.#settle(facts, true));
  }

  #complete(facts: SettledFacts): void {
    stopListeningForAbort(this.#invocation.signal, this);
    // The last receipt may have come while a copy was being written.
    const isOpen = this.answers.cleanup === undefined;
    const isFinal = isOpen && isFinalCleanup(facts.cleanup, this.#invocation.stragglers);
    if (isFinal) this.#leave();
    if (isOpen) this.#turn.cleanup(facts.cleanup);
    try {
      this.#settle(facts, isFinal);
      this.releaseIfDone();
    } finally {
      if (this.#launchId !== undefined) this.#turn.keep(facts.stdout.keptBytes + facts.stderr.keptBytes);
      // Last, so that the rings of this run are gone before those of the next one come.
      this.#turn.end();
    }
  }

  #settle(facts: SettledFacts, isFinal: boolean): void {
    const attachments = this.#attachments;
    // Dropped: what a handle attached may refer to the handle, which must be free to be collected from here on.
    this.#attachments = NO_ATTACHMENTS;
    for (const attachment of attachments) attachment.settled?.();
    const { captured, parsed } = readOutput(this.backend, this.#launchId, facts, this.#invocation, this.redactor);
    const parts: ResultParts = {
      id: this.id,
      correlationIds: this.correlationIds,
      invocation: this.#invocation,
      facts,
      captured,
      cancelReason: this.#cancelReason,
      backend: this.backend.kind,
      containment: this.#invocation.containment ?? this.#context.defaultContainment,
      queuedMs: this.#turn.queuedMs,
      launches: this.#turn.launches,
      withheldEnv: this.#withheldEnv,
      redactor: this.redactor,
      taps: this.hold.reports(),
      parsed,
    };
    const result = createResult(parts);
    this.#reporter?.settled(result, parts);
    this.answers.settle(result, wantedFailure(this.#invocation, result, this.redactor));
    if (isFinal) this.answers.cleanedUp(facts.cleanup);
  }

  /** Has the backend forget the run once nobody needs its output, of which the result is made, too. */
  releaseIfDone(): void {
    const { result, cleanup } = this.answers;
    if (this.#launchId === undefined || this.hold.isHeld || result === undefined || cleanup === undefined) return;
    this.backend.release(this.#launchId);
    this.#launchId = undefined;
    this.#turn.released();
  }
}
