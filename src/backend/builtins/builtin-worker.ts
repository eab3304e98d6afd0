/**
 * Entry of the thread of one built-in: makes the call out of what its host sent, and the exit code out of what comes back.
 *
 * Output goes out synchronously and waits for its reader, so that a loop without a pause is held back as a process at a pipe is:
 * the streams that Node gives a thread would collect without a bound. What is thrown is left to Node, which tells the host.
 */
import { Writable } from 'node:stream';
import { parentPort, workerData } from 'node:worker_threads';
import type { BuiltinHandler } from './builtin-call.js';
import { ABORT, WINDOW_BYTES, type BuiltinOutput, type BuiltinWorkerData } from './builtin-protocol.js';

const { module, args, cwd, env, pending } = workerData as BuiltinWorkerData;
const port = parentPort;
if (port === null) throw new Error('this file is the entry of a worker');

function send(fd: 1 | 2, chunk: Uint8Array): void {
  for (let from = 0; from < chunk.length; from += WINDOW_BYTES) {
    const bytes = Uint8Array.from(chunk.subarray(from, from + WINDOW_BYTES));
    for (let sent = Atomics.load(pending, 0); sent >= WINDOW_BYTES; sent = Atomics.load(pending, 0)) {
      Atomics.wait(pending, 0, sent);
    }
    Atomics.add(pending, 0, bytes.length);
    port?.postMessage({ fd, bytes } satisfies BuiltinOutput);
  }
}

function outputTo(fd: 1 | 2): Writable {
  return new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      send(fd, chunk);
      done();
    },
  });
}

const stdout = outputTo(1);
const stderr = outputTo(2);
Object.defineProperty(process, 'stdout', { value: stdout });
Object.defineProperty(process, 'stderr', { value: stderr });

const abort = new AbortController();
port.on('message', (message: unknown) => {
  if (message === ABORT) abort.abort();
});

async function call(): Promise<void> {
  const { run } = (await import(module)) as { readonly run?: unknown };
  if (typeof run !== 'function') throw new TypeError('the module of a built-in must export a function named run');
  const { signal } = abort;
  const code: unknown = await (run as BuiltinHandler)({ args, cwd, env, signal, stdin: process.stdin, stdout, stderr });
  if (code === undefined) return;
  if (typeof code !== 'number' || !Number.isInteger(code) || code < 0 || code > 255) {
    throw new TypeError('a built-in must return an exit code from 0 to 255, or nothing');
  }
  process.exitCode = code;
}

// The port keeps the thread while the call is under way, even one that waits for nothing but its signal.
await call().finally(() => {
  port.unref();
});
