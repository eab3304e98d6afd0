/**
 * Who needs the output of a run, which stays in the backend until the last of them lets go: its handle, its handlers, a copy in a
 * file. What they use is made with its first use.
 */
import { CustodyError } from '../core/errors.js';
import { keepWaiting } from './input-feed.js';
import { NO_TAPS, RunTaps, type TapReports } from './run-taps.js';
import { RunStreams } from './run-streams.js';
import type { Run } from './run.js';

export class OutputHold {
  /** `undefined`: what runs share whose output nobody needs but their results. */
  readonly #run: Run | undefined;
  readonly #hasTaps: boolean;
  #holders: number;
  #streams: RunStreams | undefined;
  #taps: RunTaps | undefined;

  /** The hold of a run. `hasHandle`: the output is kept after the run has settled, until the handle lets go. */
  static of(run: Run, hasHandle: boolean): OutputHold {
    const hasTaps = RunTaps.areWantedBy(run.invocation);
    if (run.invocation.inputSource !== undefined) keepWaiting(run.invocation.inputSource);
    return hasHandle || hasTaps ? new OutputHold(run, hasHandle, hasTaps) : NO_HOLD;
  }

  constructor(run: Run | undefined, hasHandle: boolean, hasTaps: boolean) {
    this.#run = run;
    this.#hasTaps = hasTaps;
    this.#holders = hasHandle ? 1 : 0;
  }

  /** Whether somebody has not let go. */
  get isHeld(): boolean {
    return this.#holders > 0;
  }

  /** Whether somebody is going to listen from the start of the command on. */
  get isAwaited(): boolean {
    return this.isHeld || this.#hasTaps;
  }

  /** The streams of the run, for those who read or write them. */
  get streams(): RunStreams {
    if (this.#run === undefined) throw new CustodyError('UNKNOWN', 'nobody holds the output', { operation: 'streams' });
    this.#streams ??= new RunStreams(this.#run);
    return this.#streams;
  }

  /** Somebody needs the output after the run has settled, until {@link OutputHold.letGo}. */
  take(): void {
    this.#holders += 1;
  }

  /** One of those who held the output needs it no more. */
  letGo(): void {
    this.#holders -= 1;
    this.#run?.releaseIfDone();
  }

  /** There is a launch, or another one. */
  launched(): void {
    if (this.#run !== undefined && this.#hasTaps) this.#taps ??= RunTaps.open(this.#run, this.isHeld);
  }

  /** There will be no launch. */
  refused(): void {
    if (this.#run !== undefined && this.#hasTaps) this.#taps ??= RunTaps.openRefused(this.#run);
  }

  /** Has to be waited for before the result is made; `undefined` if there is nothing to wait for. */
  flushed(): Promise<void> | undefined {
    return this.#taps?.flushed();
  }

  reports(): TapReports {
    return this.#taps?.reports() ?? NO_TAPS;
  }
}

const NO_HOLD = new OutputHold(undefined, false, false);
