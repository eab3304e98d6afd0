/** What the thread of a built-in and its host say to each other. */

/** What a thread starts with. */
export interface BuiltinWorkerData {
  readonly module: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** One number: bytes of output that were sent and that the host has not taken. */
  readonly pending: Int32Array;
}

/** From the thread to its host: output of descriptor 1 or 2. */
export interface BuiltinOutput {
  readonly fd: 1 | 2;
  readonly bytes: Uint8Array;
}

/** From the host to the thread: the signal of the call is to be aborted. */
export const ABORT = 'abort';

/** Bytes on their way at most, as the buffer of a pipe; a thread that has written so much waits. */
export const WINDOW_BYTES = 64 * 1024;

/** What a thread has sent, checked: the code of a built-in can reach the port too. */
export function isBuiltinOutput(message: unknown): message is BuiltinOutput {
  const { fd, bytes } = (message ?? {}) as Partial<BuiltinOutput>;
  return (fd === 1 || fd === 2) && bytes instanceof Uint8Array;
}
