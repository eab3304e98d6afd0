/**
 * What a caller may say about a run. Values only: reading and checking them is `invocation.ts`, their limits are
 * `policy/limits.ts`.
 */
import type { TimeBudget } from './budget.js';
import type { CorrelationOption } from './correlation.js';
import type { EligibilityMode, EligibilityPolicy } from './eligibility.js';
import type { Containment, OutputTarget, StragglerPolicy } from './launch-spec.js';
import type { Backpressure, OutputHandlers } from './output-handlers.js';
import type { ErrorParser } from './parsed-errors.js';
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

/** What happens when a command is to run as root. */
export type ElevatedPolicy = 'allow' | 'warn' | 'refuse';

/** What is refused of a command without a shell that reads as if there were one. */
export type ArgvMetachars = 'off' | 'executable' | 'warn' | 'reject';

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
   * `inherit`: the host's environment without the names of `envExclude`, and `env` on top. `merge`: the same with all names.
   * `replace`: `env` and nothing else, so that even `PATH`, `HOME` and, on Windows, `SystemRoot` have to be given. `minimal`:
   * `env` on top of a short list of names that programs need to work at all (`PATH`, `HOME`, `LANG` and the like) and of those
   * that `envInclude` names.
   *
   * @defaultValue `'inherit'`
   */
  readonly envMode?: EnvMode | undefined;
  /**
   * Globs (`*`, `?`, in any case) of names in the host's environment that pass although `envExclude` has them too or, with
   * `minimal`, although they are not on its list.
   *
   * @defaultValue `['PATH', 'HOME', 'TEMP', 'TMP']`
   */
  readonly envInclude?: readonly string[] | undefined;
  /**
   * Globs of names in the host's environment that the command does not get, such as `['*_TOKEN', '*_KEY']`. What `env` and
   * `secrets` give always passes; `result.withheldEnv` lists what did not.
   *
   * @defaultValue none
   */
  readonly envExclude?: readonly string[] | undefined;
  /**
   * Variables with values that nobody may read: they reach the command through its environment and nothing else, win over
   * `env`, and are redacted in everything that is shown of the run. Those of a call are put on top of its runner's.
   */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
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
  /** @defaultValue `'capture'` */
  readonly stdout?: OutputTarget | undefined;
  /** @defaultValue `'capture'` */
  readonly stderr?: OutputTarget | undefined;
  /**
   * Bytes kept of each stream, 1024 to 104 857 600: the first quarter of them and, beyond that, the last bytes.
   *
   * @defaultValue `1_048_576`
   */
  readonly maxOutputBytes?: number | undefined;
  /**
   * What the processes of the run may use. One that is exceeded ends the run with cause `resource-limit`; `result.breach` says
   * which. Limits of a call are put on top of those of its runner, one by one.
   *
   * @defaultValue none
   */
  readonly limits?: ResourceLimits | undefined;
  /**
   * Runs the command in a shell: `file` is then a line of that shell, and each of `args` is quoted by its rules and put after it.
   * `true` is `sh`, on Windows `cmd`; or `'bash'`, `'powershell'`, the path of a shell, or such a path with its flags as in
   * `'/bin/bash -c'`. Everything else holds as without a shell, and `result.command.shell` names it.
   *
   * @defaultValue `false`
   */
  readonly shell?: boolean | string | undefined;
  /**
   * With `shell`: refuses arguments that hold anything a shell could act on, or that go up by `..`, although they are quoted.
   *
   * @defaultValue `false`
   */
  readonly strictShell?: boolean | undefined;
}

/** What to redact; values and patterns of a call are put on top of those of its runner. */
export interface RedactOptions {
  /** Values to redact wherever they are, each of at least 6 characters. */
  readonly values?: readonly string[] | undefined;
  /** Patterns in RE2 syntax, for example `'(?i)corp-[a-z0-9]{8}'`; each is looked for within a line. */
  readonly patterns?: readonly string[] | undefined;
  /** Redact what looks like a secret: known kinds of tokens, and values that are assigned to a telling name. @defaultValue `true` */
  readonly builtIn?: boolean | undefined;
  /** Overwrite secrets by `*` in bytes, too: of a result, of `onChunk` and of web streams. @defaultValue `false` */
  readonly bytes?: boolean | undefined;
}

/** A command as a value. */
export interface CommandSpec extends CommandOptions {
  /**
   * A name to look up in the child's `PATH`, or a path (it contains a separator) resolved against `cwd`. With `shell`: a line.
   */
  readonly file: string;
  readonly args?: readonly string[] | undefined;
}

/** Options of one run. Everything is optional; a property that is `undefined` counts as not given. */
export interface RunOptions<E extends Encoding = 'utf8'> extends CommandOptions, OutputHandlers {
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
  /**
   * Copies the output to a file, as bytes, in which those of secrets are overwritten by `*`. Nothing that happens to the file is
   * fatal; `result.output.tee` tells. A named pipe or a socket is no such file and is not written.
   */
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
  /**
   * What is replaced by `[REDACTED]` in everything that is shown of the run: the text of the result, lines, tails, its command
   * and reason, messages of errors. Values of `secrets` always are. `true`: what looks like a secret as well. An object: what
   * it says. `false`: the result shows what the command wrote; lines, tails and messages stay redacted.
   *
   * @remarks This keeps logs clean and isolates nothing: a command may write what it knows in a form that nobody recognises.
   * Bytes (`encoding: 'buffer'` and `'base64'`, `result.bytes()`, `onChunk`, web streams) are as the command wrote them unless
   * `bytes` is set; so are, in any case, `handle.read()`, `handle.pipe()` and streams that are inherited.
   * @defaultValue values of `secrets` only
   */
  readonly redact?: boolean | RedactOptions | undefined;
  /** `true`: a run without success rejects with {@link CommandFailedError} instead of resolving. @defaultValue `false` */
  readonly reject?: boolean | undefined;
  /**
   * Exit codes that mean success, whole numbers, at least one: `[0, 1]` for a `grep` that may find nothing. They decide over
   * `result.success`, and with it over `reject`, `classifyResult`, `retry` and pipelines.
   *
   * @defaultValue `[0]`
   */
  readonly successExitCodes?: readonly number[] | undefined;
  /**
   * Finds errors in the output, for `result.errors`; for instance one of `custody/parsers`. It gets what the command wrote, before
   * anything is redacted. What it throws, or returns that is no error, is a warning of the result and nothing else.
   *
   * @defaultValue none
   */
  readonly parseErrors?: ErrorParser | undefined;
  /**
   * The user that the command runs as, by number, with `gid`. The host must be root, and stays it: the command is held and ended
   * as any other. Not on Windows.
   *
   * @remarks The command has `gid` as its only group. Directory and streams are opened by the host, with its rights. What the
   * system refuses is a result `not-started` with code `PERMISSION_DENIED`.
   * @defaultValue the host's
   */
  readonly uid?: number | undefined;
  /** The group that the command runs as, by number, in place of all groups of the host. Alone or with `uid`. @defaultValue the host's */
  readonly gid?: number | undefined;
  /**
   * What happens when the command would run as root: nothing, a warning in `result.warnings`, or a result `not-started` with
   * code `PERMISSION_DENIED`. On Windows nobody asks.
   *
   * @defaultValue `'allow'`; `'refuse'` with preset `agent`
   */
  readonly elevated?: ElevatedPolicy | undefined;
  /** Ids to carry into `result.correlationIds` and to observers, on top of those of `withCorrelation`. */
  readonly correlation?: CorrelationOption | undefined;
  /** `true`: a cancelled run rejects with {@link RunAbortedError}, whatever `reject` says. @defaultValue `false` */
  readonly throwOnCancel?: boolean | undefined;
  /**
   * Milliseconds the command may wait for a slot of its runner, 0 to 86 400 000; 0 does not wait. After that its result is
   * `not-started` with code `CONCURRENCY_LIMIT`. Time in the queue does not count against `timeoutMs`.
   *
   * @defaultValue `timeoutMs`
   */
  readonly queueTimeoutMs?: number | undefined;
  /**
   * Milliseconds for all of it, 1 to 86 400 000: the queue, the run and its end. The stop begins so early that the grace period
   * fits and the kill comes in time; only what a killed command takes to be confirmed dead may come on top.
   *
   * @defaultValue none
   */
  readonly totalBudgetMs?: number | undefined;
  /** A budget shared with other commands, see `timeBudget()`. The command gets the smaller of its timeout and what is left. */
  readonly budget?: TimeBudget | undefined;
  /** What the command is for, such as the name of a host or a project: counted by this name in `runner.activity()`. */
  readonly target?: string | undefined;
  /**
   * `true` for a command that another command of the same runner waits for, for example one that is asked for while its lines
   * are handled. It does not wait for a slot, so it cannot wait for itself: it takes one of as many places beside the slots, and
   * with none of them free its result is `not-started` with code `CONCURRENCY_LIMIT` at once.
   *
   * @defaultValue `false`
   */
  readonly nested?: boolean | undefined;
  /**
   * What is said to a command that looks as if a shell were expected to read it, when none is. `executable`: a `file` that is a whole
   * line is refused; `reject`: so is any argument with a character that a shell acts on; `warn`: such arguments are named in
   * `result.warnings`; `off`: nothing is said. Arguments reach the command as they are in each case.
   *
   * @defaultValue `'executable'`
   */
  readonly argvMetachars?: ArgvMetachars | undefined;
  /**
   * What happens to a command that should not be run unattended: a server, a watcher, something left in the background, a dialogue,
   * an executable on a list. Shells and other wrappers are looked into. `off`: it is not judged. `warn`: the verdict stands in
   * `result.warnings`. `enforce`: it is not started, with code `NOT_ELIGIBLE`. A call can only harden what its runner says, or give
   * a reason in `override`.
   *
   * @defaultValue `'off'`; with preset `agent` `'enforce'` and a list of denied executables
   */
  readonly eligibility?: EligibilityMode | EligibilityPolicy | undefined;
  /**
   * `none`: the command must not reach any network. Only a runner that can keep it from that starts it, such as that of
   * `custody/docker`; every other one refuses with `CONTAINMENT_UNAVAILABLE`.
   *
   * @defaultValue `'inherit'`
   */
  readonly network?: 'inherit' | 'none' | undefined;
  /** Lets `cwd` be outside of the root of the runner, if that has one. @defaultValue `false` */
  readonly allowOutsideRoot?: boolean | undefined;
}
