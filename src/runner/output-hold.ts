/**
 * Who needs the output of a run, which stays in the backend until the last of them lets go: its handle, its handlers, a copy in a
 * file. What they use is made with its first use.
 */
import { NO_TAPS, RunTaps, type TapReports } from './run-taps.js';
import { RunStreams } from './run-streams.js';
import type { Run } from './run.js';

export class OutputHold {
  readonly #run: Run;
  #holders: number;
  #streams: RunStreams | undefined;
  #taps: RunTaps | undefined;

  /** `hasHandle`: the output is kept after the run has settled, until the handle lets go. */
  constructor(run: Run, hasHandle: boolean) {
    this.#run = run;
    this.#holders = hasHandle ? 1 : 0;
  }

  /** Whether somebody has not let go. */
  get isHeld(): boolean {
    return this.#holders > 0;
  }

  /** Whether somebody is going to listen from the start of the command on. */
  get isAwaited(): boolean {
    return this.isHeld || RunTaps.areWantedBy(this.#run.invocation);
  }

  /** The streams of the run, for those who read or write them. */
  get streams(): RunStreams {
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
    this.#run.releaseIfDone();
  }

  /** There is a launch, or another one. */
  launched(): void {
    if (RunTaps.areWantedBy(this.#run.invocation)) this.#taps ??= RunTaps.open(this.#run, this.isHeld);
  }

  /** There will be no launch. */
  refused(): void {
    if (RunTaps.areWantedBy(this.#run.invocation)) this.#taps ??= RunTaps.openRefused(this.#run);
  }

  /** Has to be waited for before the result is made; `undefined` if there is nothing to wait for. */
  flushed(): Promise<void> | undefined {
    return this.#taps?.flushed();
  }

  reports(): TapReports {
    return this.#taps?.reports() ?? NO_TAPS;
  }
}
