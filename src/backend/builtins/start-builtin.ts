/**
 * Starts the leader of a run as a thread: the built-in that the file of the launch names, in a worker of its own.
 *
 * The boundary is weaker than that of a process, and the receipt says so by its mechanism `worker`: the thread is known to be gone,
 * processes that its code started by itself are not. What a thread cannot be given is refused, never left out silently.
 */
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import type { LaunchFailure, LaunchSpec } from '../backend.js';
import { findBuiltFile } from '../built-file.js';
import { checkDirectory, errnoOf } from '../fallback/executable-lookup.js';
import type { Leader, LeaderOwner, StartLeader } from '../fallback/leader.js';
import type { LaunchContext } from '../fallback/spawn-plan.js';
import { fileSystem, streams, workerThreads } from '../lazy-builtins.js';
import { isBuiltinOutput, type BuiltinWorkerData } from './builtin-protocol.js';
import { WorkerContainer } from './worker-container.js';

/** Modules of built-ins by name. */
export type BuiltinModules = ReadonlyMap<string, URL>;

/** Starts launches whose file is the name of one of `modules`. */
export function builtinStarter(modules: BuiltinModules): StartLeader {
  return (spec, context, owner) => {
    const module = modules.get(spec.file);
    const file = findBuiltFile('backend/builtins/builtin-worker.js');
    const failure = refusalOf(spec, context, module, file);
    if (failure !== undefined || module === undefined || file === undefined) {
      owner.leaderFailed(failure ?? refused('its module is not known'));
      return undefined;
    }
    try {
      return startThread(file, module, { spec, context, owner });
    } catch (error) {
      // Node's permission model refuses workers.
      owner.leaderFailed({ operation: 'worker', errno: errnoOf(error), subject: 'none' });
      return undefined;
    }
  };
}

/** A call that is wrong for a built-in and always will be. */
export function refused(detail: string): LaunchFailure {
  return { operation: 'builtin', errno: 'ENOTSUP', subject: 'none', detail };
}

function refusalOf(
  spec: LaunchSpec,
  { directory }: LaunchContext,
  module: URL | undefined,
  worker: URL | undefined,
): LaunchFailure | undefined {
  const { stdin, uid, gid } = spec;
  if (stdin.kind === 'inherit' || stdin.kind === 'file') return refused('it takes its input by input or a pipe');
  if (uid !== undefined || gid !== undefined) return { operation: 'identity', errno: 'ENOTSUP', subject: 'none' };
  if (worker === undefined) return refused('the file of its thread is not in this bundle');
  if (module !== undefined && !fileSystem().existsSync(module)) {
    return { operation: 'exec', errno: 'ENOENT', subject: 'executable' };
  }
  return checkDirectory(directory);
}

interface ThreadParts {
  readonly spec: LaunchSpec;
  readonly context: LaunchContext;
  readonly owner: LeaderOwner;
}

function startThread(file: URL, module: URL, { spec, context, owner }: ThreadParts): Leader {
  const given = Object.entries(context.environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const env = Object.fromEntries(given);
  const pending = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const data: BuiltinWorkerData = { module: module.href, args: spec.args, cwd: context.directory, env, pending };
  // Neither the flags of the host nor its environment are the built-in's business. Node's own streams of the thread are not used.
  const worker = new (workerThreads().Worker)(file, {
    ...{ workerData: data, argv: [...spec.args], execArgv: [], env },
    ...{ stdin: true, stdout: true, stderr: true },
  });
  const taken = (bytes: number): void => {
    Atomics.sub(pending, 0, bytes);
    Atomics.notify(pending, 0);
  };
  const stdout = threadOutput(taken);
  const stderr = spec.stderr === 'merged' ? stdout : threadOutput(taken);
  forward(stdout, spec.stdout, process.stdout);
  if (spec.stderr !== 'merged') forward(stderr, spec.stderr, process.stderr);
  listen(worker, { stdout, stderr, owner });
  if (spec.stdin.kind === 'ignore') worker.stdin?.end();
  return {
    pid: undefined,
    resolvedFile: fileURLToPath(module),
    stdin: spec.stdin.kind === 'pipe' ? worker.stdin : null,
    stdout: spec.stdout === 'capture' ? stdout.readable : null,
    stderr: spec.stderr === 'capture' ? stderr.readable : null,
    container: new WorkerContainer(worker),
    ref: () => {
      worker.ref();
    },
    unref: () => {
      worker.unref();
    },
  };
}

/** Sends output on that is not captured. */
function forward({ readable }: ThreadOutput, target: LaunchSpec['stdout'], host: NodeJS.WriteStream): void {
  if (target === 'inherit') readable.pipe(host, { end: false });
  else if (target === 'ignore') readable.resume();
}

interface Listening {
  readonly stdout: ThreadOutput;
  readonly stderr: ThreadOutput;
  readonly owner: LeaderOwner;
}

function listen(worker: Worker, { stdout, stderr, owner }: Listening): void {
  let thrown = '';
  worker.on('message', (message: unknown) => {
    if (isBuiltinOutput(message)) (message.fd === 1 ? stdout : stderr).accept(message.bytes);
  });
  worker.on('error', (error: unknown) => {
    // The code of the exit is 1 then. Output may still be on its way and comes first.
    thrown = `${textOf(error)}\n`;
  });
  worker.on('exit', (code) => {
    if (thrown !== '') stderr.readable.push(thrown);
    for (const output of new Set([stdout, stderr])) output.readable.push(null);
    owner.leaderExited({ code });
  });
}

/** A thread can throw anything. */
function textOf(error: unknown): string {
  try {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  } catch {
    return 'something was thrown that has no text';
  }
}

/** One output stream of a thread, in this one. */
interface ThreadOutput {
  readonly readable: Readable;
  accept(bytes: Uint8Array): void;
}

/** `taken` hears what nobody has to wait for any more: the thread goes on by it. */
function threadOutput(taken: (bytes: number) => void): ThreadOutput {
  let waiting = 0;
  const tell = (): void => {
    if (waiting > 0) taken(waiting);
    waiting = 0;
  };
  const readable = new (streams().Readable)({ read: tell });
  return {
    readable,
    accept(bytes) {
      waiting += bytes.length;
      if (readable.push(bytes)) tell();
    },
  };
}
