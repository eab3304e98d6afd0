// A Node host that the containment suite talks to: one JSON request per line of its standard input, one JSON answer per line
// of its standard output. It runs payloads with custody, tells what custody reported beside what the kernel showed in the
// very turn in which the result settled, and ends in the way it is asked to.
//
// The bundle under test comes by CUSTODY_TEST_MODULE, the addon by CUSTODY_ADDON_FILE. `{"in": "worker"}` in a request sends it
// to a worker thread that does the same. The host ends itself after two minutes.
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

const LIFETIME_MS = 120_000;
const READY_LIMIT_MS = 15_000;

const custody = await import(process.env.CUSTODY_TEST_MODULE);
const containment = process.env.CUSTODY_TEST_CONTAINMENT;
const runner = custody.createRunner({
  native: 'require',
  ...(containment === undefined ? {} : { defaults: { containment } }),
});
/** Handles of `start`, by executable. */
const handles = new Map();
const worker = { thread: undefined, requests: 0 };

/**
 * The living processes that run an executable, by its path or, where that is not shown to us, by its unique name; all in one
 * turn of the event loop. As in oracle.ts, new processes are looked at until there are none.
 */
function membersOf(file) {
  const looked = new Set();
  const found = [];
  for (let look = 0; look < 200 && found.length === 0; look += 1) {
    const fresh = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && !looked.has(entry));
    if (look > 0 && fresh.length === 0) break;
    for (const pid of fresh) {
      looked.add(pid);
      if (isMember(pid, file, look > 0)) found.push(Number(pid));
    }
  }
  return found;
}

/** `isNew`: it was not there when the question was asked, so that it has lived since, even if it has ended by now. */
function isMember(pid, file, isNew) {
  try {
    const runsIt = executableOf(pid) === file;
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const nameEnd = stat.lastIndexOf(')');
    const isNamed = stat.slice(stat.indexOf('(') + 1, nameEnd) === basename(file);
    return /^[ZX]/.test(stat.slice(nameEnd + 2)) ? isNew && isNamed : isNamed || runsIt;
  } catch {
    return false;
  }
}

function executableOf(pid) {
  try {
    return readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '');
  } catch {
    return undefined; // Gone, or another user's.
  }
}

/** Waits until a payload is ready. A run that settles first never gets so far, which its report tells. */
async function ready(file, handle) {
  const end = performance.now() + READY_LIMIT_MS;
  while (!existsSync(file) && handle.state !== 'settled') {
    if (performance.now() > end) {
      throw new Error(`not ready: ${handle.state} ${handle.tail('stderr', { bytes: 500 })}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function receiptOf({ status, mechanism, leaderReaped, killed, survivors, elapsedMs }) {
  return { status, mechanism, leaderReaped, killed, survivors, elapsedMs };
}

/** An outcome whose error is its text. */
function toPlain(outcome) {
  const error = outcome.error === undefined ? {} : { error: `${outcome.error.code}: ${outcome.error.message}` };
  return { ...outcome, ...error };
}

/** What was reported, and what was so in the same turn: nothing is awaited between the two. */
async function settled(handle, file) {
  const result = await handle.result;
  const alive = membersOf(file);
  const { outcome, cleanup, durationMs, success } = result;
  return {
    outcome: toPlain(outcome),
    success,
    durationMs,
    heldBy: [...result.output.stdout.heldBy, ...result.output.stderr.heldBy],
    cleanup: receiptOf(cleanup),
    alive,
  };
}

async function final(handle, file) {
  const cleanup = await handle.cleanup;
  return { cleanup: receiptOf(cleanup), alive: membersOf(file) };
}

/** Ends of a run that are asked for; the others come from the options or from the payload. */
const ends = {
  stop: (handle) => handle.stop(),
  kill: (handle) => handle.kill(),
  abort: (_handle, controller) => controller.abort(),
  dispose: (handle) => void handle.dispose(),
};

const operations = {
  capabilities: () => runner.capabilities(),

  /** A run from start to its last fact. */
  async run({ file, ready: readyFile, args, options, end, final: wantsFinal = true }) {
    const controller = new AbortController();
    const handle = runner.start(file, args, { ...options, signal: controller.signal });
    if (readyFile !== undefined) await ready(readyFile, handle);
    const started = performance.now();
    ends[end]?.(handle, controller);
    const report = await settled(handle, file);
    const answer = { ...report, stoppedForMs: performance.now() - started };
    return wantsFinal ? { ...answer, final: await final(handle, file) } : answer;
  },

  /** Starts a run and leaves it running. */
  async start({ file, ready: readyFile, args, options }) {
    const handle = runner.start(file, args, options);
    handles.set(file, { handle, report: settled(handle, file) });
    await ready(readyFile, handle);
    return { pid: handle.pid, state: handle.state };
  },

  /** Ends a started run, if asked to, and reports it. */
  async settle({ file, end }) {
    const { handle, report } = handles.get(file);
    ends[end]?.(handle);
    return report;
  },

  async final({ file }) {
    return final(handles.get(file).handle, file);
  },

  state: ({ file }) => ({ state: handles.get(file).handle.state }),

  forget({ file }) {
    handles.delete(file);
    return {};
  },

  /** A short command: the executor works. */
  async echo({ file }) {
    const { stdout, outcome, cleanup } = await runner.run(file, ['--kinds']);
    return { stdout, outcome: toPlain(outcome), cleanup: receiptOf(cleanup) };
  },

  holdings: () => ({
    descriptors: readdirSync('/proc/self/fd').length - 1,
    threads: readdirSync('/proc/self/task').length,
  }),

  async close() {
    await runner.close();
    return {};
  },

  /** Blocks the event loop, so that nothing of JavaScript's can answer for a while. */
  block({ ms }) {
    for (const end = performance.now() + ms; performance.now() < end;);
    return {};
  },

  exit: () => process.exit(3),
  throw: () =>
    void setImmediate(() => {
      throw new Error('thrown on purpose');
    }),
  segv: () => process.kill(process.pid, 'SIGSEGV'),

  /** Nothing is left to wait for but runs that the host was told not to wait for. */
  natural() {
    for (const { handle } of handles.values()) handle.unref();
    input?.close();
    process.stdin.destroy();
    clearTimeout(lifetime);
  },

  async terminate() {
    await worker.thread.terminate();
    return {};
  },
};

function answer(line) {
  if (isMainThread) process.stdout.write(`${JSON.stringify(line)}\n`);
  else parentPort.postMessage(line);
}

async function serve(request) {
  if (request.in === 'worker' && isMainThread) {
    worker.thread ??= startWorker();
    return worker.thread.postMessage(request);
  }
  try {
    const value = await operations[request.do](request);
    if (value !== undefined) answer({ id: request.id, value });
  } catch (error) {
    answer({ id: request.id, error: String(error.stack ?? error) });
  }
}

function startWorker() {
  const thread = new Worker(new URL(import.meta.url));
  thread.on('message', answer);
  return thread;
}

const lifetime = isMainThread ? setTimeout(() => process.kill(process.pid, 'SIGKILL'), LIFETIME_MS) : undefined;
lifetime?.unref();
const input = isMainThread ? createInterface({ input: process.stdin }) : undefined;
if (isMainThread) {
  input.on('line', (line) => void serve(JSON.parse(line)));
  answer({ up: process.pid });
} else {
  parentPort.on('message', (request) => void serve(request));
}
