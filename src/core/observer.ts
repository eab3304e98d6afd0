/**
 * What audit, telemetry and whoever else may hear about runs. An observer changes no run: one that throws, or rejects, is
 * counted and otherwise ignored. It may refuse runs before they begin, if it says so by `health`.
 */
import type { Cleanup } from './cleanup.js';
import type { CorrelationIds } from './correlation.js';
import type { EnvMode } from './run-options.js';
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

/** What a run was asked for beside its command, without the values of secrets: what somebody needs who wants to run it again. */
export interface RunRequest {
  /** Variables that were set on top of those of the host. Registered secrets in their values are redacted. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of variables that were removed. */
  readonly unsetEnv: readonly string[];
  readonly envMode: EnvMode;
  /** Names of the variables that were given as `secrets`. */
  readonly secretNames: readonly string[];
  /** Milliseconds. */
  readonly timeoutMs: number;
  /** Whether the command was given input: its bytes are not kept. */
  readonly hasInput: boolean;
}

/** A run has been accepted. */
export interface LaunchedEvent extends RunEvent {
  readonly request: RunRequest;
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

/** What an observer says of itself when a runner asks. */
export interface ObserverHealth {
  /** What speaks against relying on it, in sentences; they are listed by `health()` of the runner. */
  readonly problems: readonly string[];
  /** Why no command may be started now; `null`: they may. Runs are then refused with `OBSERVER_UNAVAILABLE`. */
  readonly refusal: string | null;
}

/** Hears about the runs of a runner, in this order for each of them. Only what is there is called. */
export interface RunObserver {
  /** A run has been accepted. It is followed by exactly one `settled`, whatever happens, be it that nothing is started. */
  launched?(event: LaunchedEvent): void;
  /** The command runs. Left out where nothing was started. */
  started?(event: StartedEvent): void;
  /** Its presence costs a wake-up of the event loop for output that nobody else looks at. */
  output?(event: OutputEvent): void;
  /** The run has settled; the last event, unless its cleanup goes on. */
  settled?(event: SettledEvent): void;
  /** The cleanup of a run that had settled before has ended. */
  cleanedUp?(event: CleanedUpEvent): void;
  /**
   * Asked by `health()` of the runner, and before each run. The one way for an observer to keep a command from being started:
   * for those that must hear of every run or there shall be none. One that throws here is counted like any other fault.
   */
  health?(): ObserverHealth;
}
