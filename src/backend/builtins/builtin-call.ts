/** What a built-in is given and may return: the contract of the modules named in the option `builtins` of a runner. */

/** Where a built-in writes: a `Writable` of node:stream, described without the types of Node. */
export interface BuiltinWriter {
  /** Waits while the runner does not read, as writing to a pipe does. @returns true */
  write(chunk: string | Uint8Array): boolean;
}

/** One call of a built-in. Everything in it is a copy or belongs to the thread of the call. */
export interface BuiltinCall {
  readonly args: readonly string[];
  /** Absolute. A thread cannot change its directory: resolve paths against this, not by `process.cwd()`. */
  readonly cwd: string;
  /** The environment by the policy of the run; `process.env` holds the same. */
  readonly env: Readonly<Record<string, string>>;
  /** Aborts when the call is asked to end; what has not ended after the grace period is terminated. */
  readonly signal: AbortSignal;
  /** A `Readable` of node:stream. */
  readonly stdin: AsyncIterable<Uint8Array>;
  /** `console` and `process.stdout` write here too. */
  readonly stdout: BuiltinWriter;
  readonly stderr: BuiltinWriter;
}

/**
 * What the module of a built-in exports as `run`. A number from 0 to 255 that it returns is the exit code, and nothing is 0. What it
 * throws goes to standard error, with exit code 1.
 */
export type BuiltinHandler = (call: BuiltinCall) => number | undefined | Promise<number | undefined> | Promise<void>;
