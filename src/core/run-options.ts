/**
 * What a caller may say about a run. Values only: reading and checking them is `invocation.ts`, their limits are
 * `policy/limits.ts`.
 */
import type { Containment, OutputTarget, StragglerPolicy } from './launch-spec.js';
import type { Backpressure, OutputHandlers } from './output-handlers.js';
import type { ResourceLimits } from './resource-limits.js';
import type { OverflowStrategy } from './retention.js';
import type { TeeOptions } from './tee.js';
import type { TextEncoding } from './text-encoding.js';

/** How the child's environment is made of the host's and the given variables. */
export type EnvMode = 'inherit' | 'merge' | 'replace' | 'minimal';

/** Variables to set; `undefined` or `null` removes the name from what would be inherited. */
export type EnvVariables = Readonly<Record<string, string | undefined | null>>;

/** What standard input can be read from: a web stream, a stream of Node, an async generator. */
export type InputSource = AsyncIterable<string | Uint8Array>;

/** Standard input: nothing, a pipe that stays open for `handle.write`, the host's own, or a file. */
export type StdinOption = 'ignore' | 'pipe' | 'inherit' | { readonly file: string };

/**
 * Form of the captured output: bytes, bytes as base64 text, or text. `auto` recognises UTF-16 and a byte order mark, which it
 * leaves out, and reads everything else as UTF-8.
 */
export type Encoding = TextEncoding | 'buffer' | 'base64' | 'auto';

/** Type of captured output under an {@link Encoding}. */
export type OutputOf<E extends Encoding> = E extends 'buffer' ? Uint8Array : string;

/** The part of the options that describes the command itself. */
export interface CommandOptions {
  /**
   * Working directory.
   *
   * @defaultValue the host's
   */
  readonly cwd?: string | undefined;
  /** Variables, applied to what {@link CommandOptions.envMode} provides. Those of the options win over those of the command. */
  readonly env?: EnvVariables | undefined;
  /**
   * `inherit` and `merge`: the host's environment with `env` on top. `replace`: `env` and nothing else. `minimal`: `env` on
   * top of a short list of names that programs need to work at all (`PATH`, `HOME`, `LANG` and the like).
   *
   * @remarks `merge` differs from `inherit` once a configuration excludes names; `merge` passes them on.
   * @defaultValue `'inherit'`
   */
  readonly envMode?: EnvMode | undefined;
  /**
   * Standard input as text (UTF-8), bytes, or a stream of either; the child sees the end of input after it, unless `stdin` is
   * `'pipe'`. A stream is read as fast as the command reads, given back when the run ends, and stops the run when it fails.
   */
  readonly input?: string | Uint8Array | InputSource | undefined;
  /** @defaultValue `'ignore'`: the child reads end of input at once. */
  readonly stdin?: StdinOption | undefined;
  /**
   * Time the run may take before it is stopped.
   *
   * @remarks Milliseconds of monotonic time from the start of the child, 1 to 86 400 000. With the native backend a blocked
   * event loop does not stretch it; with the fallback it does (see `capabilities().deadlines`). There is no "unlimited".
   * @defaultValue `300_000`
   */
  readonly timeoutMs?: number | undefined;
}

/** A command as a value. */
export interface CommandSpec extends CommandOptions {
  /** A name to look up in the child's `PATH`, or a path (it contains a separator) resolved against `cwd`. */
  readonly file: string;
  readonly args?: readonly string[] | undefined;
}

/** Options of one run. Everything is optional; a property that is `undefined` counts as not given. */
export interface RunOptions<E extends Encoding = 'utf8'> extends CommandOptions, OutputHandlers {
  /** @defaultValue `'capture'` */
  readonly stdout?: OutputTarget | undefined;
  /** @defaultValue `'capture'` */
  readonly stderr?: OutputTarget | undefined;
  /**
   * Milliseconds without any output after which the run is stopped, 1 to 86 400 000.
   *
   * @defaultValue none
   */
  readonly idleTimeoutMs?: number | undefined;
  /**
   * Milliseconds between the request to terminate and the kill, 0 to 60 000; 0 kills at once.
   *
   * @defaultValue `2000`
   */
  readonly graceMs?: number | undefined;
  /**
   * Milliseconds that a pipe held open by others is read after the command has ended, 0 to 60 000.
   *
   * @defaultValue `500`
   */
  readonly drainMs?: number | undefined;
  /**
   * `merged` gives the command one pipe for both streams: `stdout` then holds both in the exact order of writing, `stderr`
   * nothing, and lines are tagged `combined`.
   *
   * @defaultValue `'separate'`
   */
  readonly stdio?: 'separate' | 'merged' | undefined;
  /**
   * Bytes kept of each stream, 1024 to 104 857 600; `overflow` says which of them.
   *
   * @defaultValue `1_048_576`
   */
  readonly maxOutputBytes?: number | undefined;
  /**
   * What is kept of a stream with more than `maxOutputBytes`: `head-tail` its beginning (a quarter) and its end, `head`
   * its beginning, `tail` its end.
   *
   * @defaultValue `'head-tail'`
   */
  readonly overflow?: OverflowStrategy | undefined;
  /** `false`: text says nothing at the place where bytes are missing. @defaultValue `true` */
  readonly truncationMarker?: boolean | undefined;
  /**
   * `false` keeps no more than the last 65 536 bytes of each stream: for outputs of any size that somebody else reads by line,
   * by chunk, as a stream or in a file.
   *
   * @defaultValue `true`
   */
  readonly captureOutput?: boolean | undefined;
  /** `lf`: text has LF where the command wrote CRLF. Byte counts stay those of the command. @defaultValue `'keep'` */
  readonly newlines?: 'keep' | 'lf' | undefined;
  /** Bytes that `onChunk` is given at most, 1 to 65 536. @defaultValue `4096` */
  readonly chunkBytes?: number | undefined;
  /**
   * What happens when a handler does not keep up: it misses the oldest output, which it is told as a gap, or the command waits.
   *
   * @defaultValue `'drop-oldest'`
   */
  readonly backpressure?: Backpressure | undefined;
  /** Copies the output to a file, as bytes. Nothing that happens to the file is fatal; `result.output.tee` tells. */
  readonly tee?: string | TeeOptions | undefined;
  /**
   * What a stream with more than `maxOutputBytes` means: `truncate` drops what `overflow` says, `kill` stops the run.
   *
   * @defaultValue `'truncate'`
   */
  readonly onOverflow?: 'truncate' | 'kill' | undefined;
  /** Stops the run when it aborts; a run that has not started never starts. */
  readonly signal?: AbortSignal | undefined;
  /**
   * What happens to processes that a finished command leaves behind: ended and named, named and kept until the scope or the
   * host ends, or named and let go.
   *
   * @defaultValue `'kill'`
   */
  readonly stragglers?: StragglerPolicy | undefined;
  /**
   * How the processes of the run are held. One that is named here is used or the run fails with `CONTAINMENT_UNAVAILABLE`.
   *
   * @defaultValue the strongest available, see `capabilities().defaultContainment`
   */
  readonly containment?: Containment | undefined;
  /**
   * What the processes of the run may use. One that is exceeded ends the run with cause `resource-limit`; `result.breach` says
   * which. Limits of a call are put on top of those of its runner, one by one.
   *
   * @defaultValue none
   */
  readonly limits?: ResourceLimits | undefined;
  /**
   * What happens where nothing can hold one of the `limits`: `true` fails the launch with `LIMITS_UNENFORCEABLE`, `false` goes
   * on and names it in `result.unenforcedLimits`.
   *
   * @defaultValue `false`
   */
  readonly strictLimits?: boolean | undefined;
  /**
   * Form of the output. `buffer` returns bytes, without decoding and without a truncation marker; `result.bytes()` does so
   * for every form.
   *
   * @defaultValue `'utf8'`
   */
  readonly encoding?: E | undefined;
  /** `true`: a run without success rejects with {@link CommandFailedError} instead of resolving. @defaultValue `false` */
  readonly reject?: boolean | undefined;
}
