/**
 * What library authors and the rooms above program against: a runner, the handle of a run, a scope.
 *
 * Failures of a run are results, not exceptions; what throws is listed at each function.
 */
import type { BackendCapabilities, BackendKind, Containment, StreamName } from '../backend/backend.js';
import type { Cleanup } from '../core/cleanup.js';
import type { RunState } from '../core/outcome.js';
import type { Backpressure, OutputLine } from '../core/output-handlers.js';
import type { CommandSpec, Encoding, OutputOf, RunOptions } from '../core/run-options.js';
import type { RunResult } from '../core/run-result.js';

import type { Shells } from './shells/shells.js';

export type { StreamName } from '../backend/backend.js';
export type { OutputLine } from '../core/output-handlers.js';

/**
 * Runs a command and resolves when nothing of it is left, or it is known what is.
 *
 * @throws `TypeError` (as a rejection) if there is no command.
 * @throws {@link CommandValidationError} (as a rejection) with code `VALIDATION_FAILED`, naming every property.
 * @throws {@link CommandFailedError} (as a rejection) if `reject` is set and the run had no success.
 */
export interface RunFunction {
  <E extends Encoding = 'utf8'>(
    file: string,
    args?: readonly string[],
    options?: RunOptions<E>,
  ): Promise<RunResult<OutputOf<E>>>;
  <E extends Encoding = 'utf8'>(command: CommandSpec, options?: RunOptions<E>): Promise<RunResult<OutputOf<E>>>;
}

/**
 * Starts a command and returns its handle at once.
 *
 * @throws `TypeError` if there is no command.
 * @throws {@link CommandValidationError} with code `VALIDATION_FAILED`, naming every property.
 */
export interface StartFunction {
  <E extends Encoding = 'utf8'>(
    file: string,
    args?: readonly string[],
    options?: RunOptions<E>,
  ): RunHandle<OutputOf<E>>;
  <E extends Encoding = 'utf8'>(command: CommandSpec, options?: RunOptions<E>): RunHandle<OutputOf<E>>;
}

/**
 * Runs a command and blocks the calling thread until it has settled. Timeouts hold; an AbortSignal is looked at once. It does
 * not wait for a slot of the runner: only this thread could free one.
 *
 * @throws `TypeError`, {@link CommandValidationError} and {@link CommandFailedError} as {@link RunFunction} does.
 */
export interface RunSyncFunction {
  <E extends Encoding = 'utf8'>(
    file: string,
    args?: readonly string[],
    options?: RunOptions<E>,
  ): RunResult<OutputOf<E>>;
  <E extends Encoding = 'utf8'>(command: CommandSpec, options?: RunOptions<E>): RunResult<OutputOf<E>>;
}

/** Runs commands. The functions need no `this` and may be taken out of their runner. */
export interface Runner {
  readonly run: RunFunction;
  readonly start: StartFunction;
}

/** A run in progress, or one that has ended and still has its output at hand. */
export interface RunHandle<T extends string | Uint8Array = string> extends AsyncDisposable {
  readonly id: string;
  /** `undefined` until the command has been started. Information only: nothing here signals by pid. */
  readonly pid: number | undefined;
  readonly state: RunState;
  /** Settles when the run has. Rejects with {@link CommandFailedError} only with `reject: true`. */
  readonly result: Promise<RunResult<T>>;
  /** The teardown receipt in its final form: an unconfirmed or kept cleanup is waited for. Never rejects. */
  readonly cleanup: Promise<Cleanup>;
  /** The last bytes or lines kept of a stream, as text. Takes nothing away; works during the run and after it. */
  tail(stream: StreamName, size: TailSize): string;
  /** Bytes from `cursor` on, at most 64 KiB of them. Takes nothing away; pass `next` to the following call. */
  read(stream: StreamName, cursor: number): StreamRead;
  /**
   * The lines of the run, as they come. From the call on nothing is lost: the command waits when its lines are not taken,
   * while its timeout goes on. What had been dropped before is reported as a gap. The loop ends when the run has ended, for
   * whatever reason; leaving it early stops the run and waits until it has settled.
   *
   * @throws {@link CustodyError} with code `VALIDATION_FAILED` while another loop reads the lines of this run.
   */
  lines(options?: LinesOptions): AsyncIterableIterator<OutputLine>;
  /**
   * Standard output as a web stream of bytes, from the first use on; for Node there is `Readable.fromWeb`. Nothing is lost and
   * nothing read ahead: while nobody reads, the command waits. Cancelling it lets the command go on. Errors with code
   * `OUTPUT_LIMIT` where output was dropped, which can only be before that or after the run was stopped.
   */
  readonly stdout: ReadableStream<Uint8Array>;
  /** Standard error in the same way. */
  readonly stderr: ReadableStream<Uint8Array>;
  /**
   * Standard input, which must be `'pipe'`, as a web stream. Closing it ends the input, and so does aborting it. Once the run has
   * settled, writing fails with errno `EPIPE`, so that `pipeTo` cancels its source; closing does not.
   */
  readonly stdin: WritableStream<string | Uint8Array>;
  /**
   * Connects standard output to the standard input of `next` and returns `next`. They stand and fall together: a command that
   * fails stops the one it is piped into, and one that has ended stops the one that writes to it.
   *
   * @throws {@link CommandValidationError} with code `VALIDATION_FAILED` if the input of `next` is not `'pipe'`.
   */
  pipe<H extends RunHandle | RunHandle<Uint8Array>>(next: H): H;
  /**
   * Writes to standard input, which must be `'pipe'`. Resolves when the bytes have been taken over, so that waiting for it
   * is back-pressure. Bytes for a child that no longer reads are dropped. Do not change `chunk` before that.
   *
   * @throws {@link CustodyError} (as a rejection) with code `VALIDATION_FAILED` if there is no pipe or input was ended.
   */
  write(chunk: string | Uint8Array): Promise<void>;
  /** Ends standard input after everything written. Idempotent. */
  endInput(): void;
  /** Asks the command to end and kills what is left after the grace period. Idempotent; the first reason stays. */
  stop(reason?: string): void;
  /** Kills at once. */
  kill(): void;
  /** Lets the run keep the event loop alive, which is the default. */
  ref(): void;
  /** Lets the host end while this runs; the run ends with it. */
  unref(): void;
  /**
   * Stops the run, waits for its teardown and frees its output. Idempotent.
   *
   * @throws {@link CustodyError} (as a rejection) with code `CLEANUP_UNCONFIRMED` if processes may still be alive.
   */
  dispose(): Promise<void>;
  /**
   * Calls `listener` each time the command was suspended by its terminal (Ctrl+Z). For the command line program, which then
   * suspends itself.
   *
   * @internal
   */
  onSuspended(listener: () => void): void;
  /** Gives the terminal back to a suspended command and lets it go on. @internal */
  resume(): void;
}

/** How much of the end of a stream is wanted. */
export type TailSize = { readonly bytes: number } | { readonly lines: number };

/** A stretch of one stream. */
export interface StreamRead {
  readonly bytes: Uint8Array;
  /** Cursor for the following call. */
  readonly next: number;
  /** Bytes between the cursor given and the first of `bytes` that are no longer kept. */
  readonly dropped: number;
  /** The stream has ended and `next` is its end. */
  readonly end: boolean;
}

/** Options of {@link RunHandle.lines}. */
export interface LinesOptions {
  /** @defaultValue both */
  readonly streams?: readonly StreamName[] | undefined;
  /** `drop-oldest`: the command does not wait, and what was missed is reported as a gap. @defaultValue `'block'` */
  readonly backpressure?: Backpressure | undefined;
}

/** Runs and starts commands that all end with it. */
export interface Scope extends Runner, AsyncDisposable {
  /**
   * Stops everything started in the scope, what a straggler policy kept alive included, and waits until that is confirmed.
   * A command asked for after the call is not started: its result is cancelled. Idempotent.
   *
   * @throws {@link CustodyError} (as a rejection) with code `CLEANUP_UNCONFIRMED` if processes may still be alive.
   */
  dispose(): Promise<void>;
}

/** What the backend in use can do, which file it is, and why it is not the native one. */
export type RunnerCapabilities = BackendCapabilities & {
  /** The addon that was loaded; absent with the fallback. */
  readonly file?: string;
  /** Why the fallback serves; absent with the native backend. */
  readonly fallbackReason?: string;
  /** `false`: nothing was tried yet, so a level that is available may still be refused by the system. */
  readonly probed: boolean;
};

/** What goes on for one {@link RunOptions.target}. */
export interface TargetActivity {
  /** `executing` while at least one command runs, failed or not; `ready` before and after. */
  readonly state: 'ready' | 'executing';
  readonly executing: number;
  readonly queued: number;
}

/** What a runner does at the moment: a copy, which does not change any more. */
export interface RunnerActivity {
  readonly state: 'ready' | 'executing';
  /** Commands that have been launched and have not settled; nested ones and `runSync` included. */
  readonly executing: number;
  /** Commands that wait for a slot. */
  readonly queued: number;
  /** Commands that have settled and whose processes may still be alive. They hold no slot. */
  readonly quarantined: number;
  /** Bytes that the output buffers of the executing commands may hold. */
  readonly bufferBytes: number;
  /** Bytes of output that the handles of commands that have settled keep. */
  readonly keptBytes: number;
  /** By name, the targets for which commands execute or wait. Every other target is ready. */
  readonly targets: Readonly<Record<string, TargetActivity>>;
}

/** Whether a runner can be relied on, as far as is known without trying. Plain data. */
export interface RunnerHealth {
  /** `degraded`: it works, and `problems` says what is weaker or wrong. `closed`: it starts nothing any more. */
  readonly status: 'ok' | 'degraded' | 'closed';
  readonly backend: BackendKind;
  /** The containment that commands get. */
  readonly containment: Containment;
  /** Whether `probeCapabilities` has tried what it says. */
  readonly probed: boolean;
  readonly activity: RunnerActivity;
  readonly problems: readonly string[];
}

/** The runner of this package: a {@link Runner} and everything around it. */
export interface CustodyRunner extends Runner, AsyncDisposable {
  readonly runSync: RunSyncFunction;
  /** A scope: everything started in it ends, confirmed, when it is disposed. */
  readonly scope: () => Scope;
  /**
   * What can be relied on here, before anything runs. Loads the backend, starts nothing.
   *
   * @throws `CustodyError` with code `NATIVE_UNAVAILABLE` if the native backend is required and cannot be loaded.
   */
  readonly capabilities: () => RunnerCapabilities;
  /**
   * The same after trying: starts the guardian program once, which makes a cgroup and a namespace and removes them again.
   * {@link CustodyRunner.capabilities} says the same from then on. Takes some milliseconds; tried once.
   *
   * @throws `CustodyError` (as a rejection) with code `NATIVE_UNAVAILABLE` as `capabilities` does, and
   *   with `CANCELLED` if the runner is closed.
   */
  readonly probeCapabilities: () => Promise<RunnerCapabilities>;
  /** How many commands run and wait. */
  readonly activity: () => RunnerActivity;
  /**
   * Whether this runner can be relied on, and what speaks against it. Starts nothing.
   *
   * @throws `CustodyError` with code `NATIVE_UNAVAILABLE` as `capabilities` does.
   */
  readonly health: () => RunnerHealth;
  /** The shells that the option `shell` chooses from. */
  readonly shells: Shells;
  /** Ends everything started by this runner as {@link Scope.dispose} does, its scopes included. */
  close(): Promise<void>;
}
