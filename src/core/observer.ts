/**
 * What audit, telemetry and whoever else may hear about runs. An observer changes nothing: one that throws, or rejects, is
 * counted and otherwise ignored.
 */
import type { Cleanup } from './cleanup.js';
import type { CorrelationIds } from './correlation.js';
import type { CommandSummary, RunResult } from './run-result.js';

/** What every event says. */
export interface RunEvent {
  /** The id of the result. */
  readonly id: string;
  readonly command: CommandSummary;
  readonly correlationIds: CorrelationIds;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

/** The command has been started. */
export interface StartedEvent extends RunEvent {
  readonly pid: number;
}

/** New output; news of a busy stream are put together. */
export interface OutputEvent extends RunEvent {
  /** Bytes of the stream so far. */
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
}

/** Nothing about the run changes any more, but perhaps its cleanup. */
export interface SettledEvent extends RunEvent {
  readonly result: RunResult<string | Uint8Array>;
}

/** The cleanup that was not final when the run settled is now. */
export interface CleanedUpEvent extends RunEvent {
  readonly cleanup: Cleanup;
}

/** Hears about the runs of a runner, in this order for each of them. Only what is there is called. */
export interface RunObserver {
  /** A run has been accepted. It is followed by exactly one `settled`, whatever happens, be it that nothing is started. */
  launched?(event: RunEvent): void;
  /** The command runs. Left out where nothing was started. */
  started?(event: StartedEvent): void;
  /** Its presence costs a wake-up of the event loop for output that nobody else looks at. */
  output?(event: OutputEvent): void;
  /** The run has settled; the last event, unless its cleanup goes on. */
  settled?(event: SettledEvent): void;
  /** The cleanup of a run that had settled before has ended. */
  cleanedUp?(event: CleanedUpEvent): void;
}
