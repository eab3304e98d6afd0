/**
 * One run, from launch to its last fact: the listener of the backend and the source of the result.
 *
 * It is what a run costs, so it holds no closures and makes its promises when they are asked for. Output stays in the backend
 * until the run is let go of: `run()` does that when the result is there, a handle when it is disposed or collected. A run
 * whose cleanup is not final (kept stragglers, unconfirmed) stays in the custody of its group until it is.
 */
import type { Backend, LaunchId, LaunchListener } from '../backend/backend.js';
import { isFinalCleanup, type Cleanup } from '../core/cleanup.js';
import { CustodyError } from '../core/errors.js';
import type { Invocation } from '../core/invocation.js';
import { reasonText } from '../core/reason.js';
import { failureOf } from '../core/run-failure.js';
import { keptBytesOf } from '../core/retention.js';
import { createResult, type RunResult } from '../core/run-result.js';
import { notLaunched, type SettledFacts } from '../core/settled-facts.js';
import { CLEANUP_BUDGET_MS, MAX_CANCEL_GRACE_MS } from '../policy/limits.js';
import { listenForAbort, stopListeningForAbort, type AbortTarget } from './abort-listeners.js';
import { NOTHING_CAPTURED, readCaptured } from './capture.js';
import { Deferred } from './deferred.js';
import { feedInput, giveBack } from './input-feed.js';
import type { RunContext } from './run-context.js';
import { NO_TAPS, OutputTaps } from './output-taps.js';
import type { RunGroup } from './run-group.js';
import { RunStreams } from './run-streams.js';
import { toLaunchSpec } from './to-launch-spec.js';

/** A result whose form is known to its caller only. */
export type AnyResult = RunResult<string | Uint8Array>;

/** What a handle adds to a run while it goes on; it is told after the run itself and dropped when the run has settled. */
export interface RunAttachment {
  /** New ends of the streams, which are absolute positions. */
  output?(stdoutEnd: number, stderrEnd: number): void;
  stdinWritable?(): void;
  suspended?(): void;
  settled?(): void;
}

const NO_ATTACHMENTS: readonly RunAttachment[] = [];

export class Run implements LaunchListener, AbortTarget {
  readonly id: string;
  readonly invocation: Readonly<Invocation>;
  readonly backend: Backend;
  readonly #context: RunContext;
  readonly #group: RunGroup;
  /** Who still needs the output after the run has settled. */
  #holders: number;
  #streams: RunStreams | undefined;
  #taps: OutputTaps | undefined;
  #launchId: LaunchId | undefined;
  #pid: number | undefined;
  #cancelReason: string | undefined;
  #facts: SettledFacts | undefined;
  #result: AnyResult | undefined;
  #finalCleanup: Cleanup | undefined;
  #attachments = NO_ATTACHMENTS;
  #resultAnswer: Deferred<AnyResult> | undefined;
  #cleanupAnswer: Deferred<Cleanup> | undefined;
  #settledAnswer: Deferred<undefined> | undefined;

  /** `isHeld`: keep the output after the run has settled, until {@link Run.letGo}. */
  constructor(context: RunContext, group: RunGroup, invocation: Readonly<Invocation>, isHeld: boolean) {
    this.id = context.nextId();
    this.invocation = invocation;
    this.backend = context.selected.backend;
    this.#context = context;
    this.#group = group;
    this.#holders = isHeld ? 1 : 0;
  }

  /** Launches, unless the AbortSignal has aborted or the group is closed. Called once. */
  launch(): void {
    if (this.#isRefused()) return;
    const { host, defaultContainment } = this.#context;
    const isTapped = OutputTaps.areWantedBy(this.invocation);
    const hasHandle = this.#holders > 0;
    const holdsOutput = isTapped || hasHandle;
    this.#launchId = this.backend.launch(toLaunchSpec(this.invocation, host, defaultContainment, holdsOutput), this);
    this.#enter();
    if (isTapped) this.#taps = OutputTaps.open(this, hasHandle);
    if (this.invocation.inputSource !== undefined) void feedInput(this, this.invocation.inputSource);
    if (this.invocation.signal !== undefined) listenForAbort(this.invocation.signal, this);
  }

  /** Launches and blocks until the run has settled. Called instead of {@link Run.launch}. */
  launchSync(): AnyResult {
    if (!this.#isRefused()) {
      const { host, defaultContainment, live } = this.#context;
      this.#launchId = this.backend.launchSync(
        toLaunchSpec(this.invocation, host, defaultContainment, false),
        this,
        live.decidesOnSignals(),
      );
      this.#enter();
      // The facts came while the call blocked, before there was an id to read output with.
      if (this.#facts !== undefined) this.#complete(this.#facts);
    }
    const result = this.#result;
    if (result === undefined) throw new CustodyError('UNKNOWN', 'the run has not settled', { operation: 'launchSync' });
    if (this.invocation.reject && !result.success) throw failureOf(result);
    return result;
  }

  /** Settles when the run has; rejects only if the invocation says so. */
  get result(): Promise<AnyResult> {
    if (this.#resultAnswer === undefined) {
      this.#resultAnswer = new Deferred();
      this.#answer();
    }
    return this.#resultAnswer.promise;
  }

  /** Resolves with the final form of the receipt. */
  get cleanup(): Promise<Cleanup> {
    if (this.#cleanupAnswer === undefined) {
      this.#cleanupAnswer = new Deferred();
      if (this.#finalCleanup !== undefined) this.#cleanupAnswer.resolve(this.#finalCleanup);
    }
    return this.#cleanupAnswer.promise;
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

  /** Resolves when the run has settled, whatever its result. */
  async whenSettled(): Promise<void> {
    if (this.#facts !== undefined) return;
    this.#settledAnswer ??= new Deferred();
    await this.#settledAnswer.promise;
  }

  /** Asks for a stop. The first reason stays; a later call may only shorten the grace period. */
  cancel(reason: string, graceMs = Math.min(this.invocation.graceMs, MAX_CANCEL_GRACE_MS)): void {
    if (this.#launchId === undefined) return;
    if (this.#facts === undefined) this.#cancelReason ??= reason;
    this.backend.stop(this.#launchId, 'cancelled', graceMs);
  }

  /**
   * Stops the run and waits until nothing of it is left that its straggler policy does not let go.
   *
   * @throws {@link CustodyError} with code `CLEANUP_UNCONFIRMED` if that cannot be had in time.
   */
  async end(reason: string): Promise<void> {
    if (this.#facts === undefined) {
      this.cancel(reason);
      await this.whenSettled();
    }
    const cleanup = this.#finalCleanup ?? (await this.#endLeftovers(reason));
    if (cleanup !== undefined && cleanup.status !== 'unconfirmed') return;
    const message = `processes of ${this.id} may still be alive`;
    throw new CustodyError('CLEANUP_UNCONFIRMED', message, { operation: 'dispose' });
  }

  /** Its streams, for those who read or write them. */
  get streams(): RunStreams {
    this.#streams ??= new RunStreams(this);
    return this.#streams;
  }

  /** Somebody needs the output after the run has settled, until {@link Run.letGo}. */
  hold(): void {
    this.#holders += 1;
  }

  /** One of those who held the output needs it no more. */
  letGo(): void {
    this.#holders -= 1;
    this.#releaseIfDone();
  }

  attach(attachment: RunAttachment): void {
    if (this.#facts === undefined) this.#attachments = [...this.#attachments, attachment];
  }

  detach(attachment: RunAttachment): void {
    this.#attachments = this.#attachments.filter((other) => other !== attachment);
  }

  // Facts: from the AbortSignal, then from the backend.

  aborted(): void {
    this.cancel(reasonText(this.invocation.signal?.reason));
  }

  started(pid: number): void {
    this.#pid = pid;
  }

  output(stdoutEnd: number, stderrEnd: number): void {
    for (const attachment of this.#attachments) attachment.output?.(stdoutEnd, stderrEnd);
  }

  stdinWritable(): void {
    for (const attachment of this.#attachments) attachment.stdinWritable?.();
  }

  suspended(): void {
    for (const attachment of this.#attachments) attachment.suspended?.();
  }

  settled(facts: SettledFacts): void {
    this.#facts = facts;
    if (this.#launchId === undefined) return;
    const flushed = this.#taps?.flushed();
    if (flushed === undefined) this.#complete(facts);
    else void flushed.then(() => this.#complete(facts));
  }

  cleanedUp(cleanup: Cleanup): void {
    if (this.#finalCleanup !== undefined) return;
    this.#finalCleanup = cleanup;
    this.#cleanupAnswer?.resolve(cleanup);
    this.#leave();
    this.#releaseIfDone();
  }

  #enter(): void {
    this.#group.add(this);
    this.#context.live.enter();
  }

  #leave(): void {
    this.#group.delete(this);
    this.#context.live.leave();
  }

  /** Settles a run that must not be launched. */
  #isRefused(): boolean {
    const { signal } = this.invocation;
    if (signal?.aborted === true) this.#cancelReason = reasonText(signal.reason);
    else if (this.#group.closedBecause !== undefined) this.#cancelReason = this.#group.closedBecause;
    else return false;
    const facts = notLaunched(this.#context.wallMs());
    this.#facts = facts;
    this.#finalCleanup = facts.cleanup;
    if (OutputTaps.areWantedBy(this.invocation)) this.#taps = OutputTaps.openRefused(this);
    if (this.invocation.inputSource !== undefined) void giveBack(this.invocation.inputSource);
    this.#settle(facts);
    return true;
  }

  #complete(facts: SettledFacts): void {
    if (this.invocation.signal !== undefined) stopListeningForAbort(this.invocation.signal, this);
    if (isFinalCleanup(facts.cleanup, this.invocation.stragglers)) {
      this.#finalCleanup = facts.cleanup;
      this.#leave();
    }
    this.#settle(facts);
    this.#releaseIfDone();
  }

  #settle(facts: SettledFacts): void {
    const attachments = this.#attachments;
    // Dropped: what a handle attached may refer to the handle, which must be free to be collected from here on.
    this.#attachments = NO_ATTACHMENTS;
    for (const attachment of attachments) attachment.settled?.();
    this.#result = createResult({
      id: this.id,
      invocation: this.invocation,
      facts,
      captured:
        this.#launchId === undefined
          ? NOTHING_CAPTURED
          : readCaptured(this.backend, this.#launchId, facts, keptBytesOf(this.invocation)),
      cancelReason: this.#cancelReason,
      backend: this.backend.kind,
      containment: this.invocation.containment ?? this.#context.defaultContainment,
      taps: this.#taps?.reports() ?? NO_TAPS,
    });
    this.#answer();
    this.#settledAnswer?.resolve(undefined);
    if (this.#finalCleanup !== undefined) this.#cleanupAnswer?.resolve(this.#finalCleanup);
  }

  #answer(): void {
    const result = this.#result;
    if (result === undefined || this.#resultAnswer === undefined) return;
    const isFailure = this.invocation.reject && !result.success;
    this.#resultAnswer.resolve(isFailure ? Promise.reject(failureOf(result)) : result);
  }

  /** Ends what outlived the settling. `undefined`: not confirmed in time. */
  async #endLeftovers(reason: string): Promise<Cleanup | undefined> {
    this.cancel(reason);
    const late = new Deferred<undefined>();
    const limit = setTimeout(() => late.resolve(undefined), MAX_CANCEL_GRACE_MS + CLEANUP_BUDGET_MS);
    try {
      return await Promise.race([this.cleanup, late.promise]);
    } finally {
      clearTimeout(limit);
    }
  }

  #releaseIfDone(): void {
    // The result is made of the output, too.
    if (this.#launchId === undefined || this.#holders > 0) return;
    if (this.#result === undefined || this.#finalCleanup === undefined) return;
    this.backend.release(this.#launchId);
    this.#launchId = undefined;
  }
}
