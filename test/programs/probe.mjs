// Node hosts that use custody and end in different ways: `node probe.mjs <role> <probe> [<probe of the worker>]`.
//
// The bundle under test comes by CUSTODY_TEST_MODULE, the backend by CUSTODY_NATIVE. A host prints `up` once its commands
// are there; what becomes of them after its end is asserted from outside. Each host ends itself after a minute.
import { closeSync, openSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const LIFETIME_MS = 60_000;

const roles = {
  async exit(custody, probe) {
    await startAll(custody, probe);
    process.exit(3);
  },

  async throw(custody, probe) {
    await startAll(custody, probe);
    setImmediate(() => {
      throw new Error('thrown on purpose');
    });
  },

  async reject(custody, probe) {
    await startAll(custody, probe);
    setImmediate(() => Promise.reject(new Error('rejected on purpose')));
  },

  async 'natural-end'(custody, probe) {
    for (const handle of await startAll(custody, probe)) handle.unref();
  },

  async stay(custody, probe) {
    await startAll(custody, probe);
    setInterval(() => undefined, 1000);
  },

  // Awaits nothing: the running command alone keeps the host alive.
  async finish(custody, probe) {
    const handle = custody.start(probe, ['drip', '3', '100']);
    void handle.result.then((result) => print(JSON.stringify({ stdout: result.stdout, outcome: result.outcome })));
  },

  'worker-terminate': (custody, probe, workerProbe) =>
    besideWorker(custody, probe, workerProbe, (worker) => worker.terminate()),

  'worker-exit': (custody, probe, workerProbe) =>
    besideWorker(custody, probe, workerProbe, (worker) => worker.postMessage('exit')),

  'worker-ends': (custody, probe, workerProbe) =>
    besideWorker(custody, probe, workerProbe, (worker) => worker.postMessage('end')),

  // Blocked in a synchronous run, where no handler of the host can run.
  async 'wait-sync'(custody, probe, answers) {
    const answered = new Promise((resolve) => {
      if (answers === 'answers') process.once('SIGTERM', resolve);
    });
    const { outcome } = custody.runSync(probe, ['sleep', '30000']);
    print(JSON.stringify({ outcome }));
    const alive = setInterval(() => undefined, 1000);
    await answered;
    clearInterval(alive);
    print('answered');
  },

  async 'few-descriptors'(custody, probe) {
    await custody.run(probe, ['args', 'warm']);
    const taken = [];
    try {
      for (;;) taken.push(openSync('/dev/null', 'r'));
    } catch {
      // Now there are none left.
    }
    const { outcome, launches } = await custody.run(probe, ['args', 'x']);
    const recovering = custody.run(probe, ['args', 'x']);
    // The launch has failed by now, and waits to be tried again.
    while (custody.activity().queued === 0) {
      custody.run(probe, ['args', 'y']);
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const descriptor of taken) closeSync(descriptor);
    const { stdout, launches: launchesAgain } = await recovering;
    print(JSON.stringify({ kind: outcome.kind, code: outcome.error?.code, launches, stdout, launchesAgain }));
  },

  // Runs one role of the probe and prints what it wrote: what a host passes on of what it was given itself.
  async relay(custody, probe, role) {
    const result = await custody.run(probe, [role]);
    process.stdout.write(result.stdout);
  },

  // A command runs with a parameter file, and the host ends meanwhile: by process.exit, or as it is told from outside.
  async 'parameter-file'(custody, probe, folder, ending) {
    await custody.withParameterFile(
      'value',
      async (path) => {
        const handle = custody.start(probe, ['wait', path]);
        await ready([handle]);
        print('up');
        if (ending === 'exit') process.exit(0);
        await handle.result;
      },
      { folder },
    );
  },

  // The command gets the streams of the host itself.
  async 'pass-through'(custody, probe) {
    const { outcome, stdout } = await custody.run(probe, ['copy-stdin'], {
      stdin: 'inherit',
      stdout: 'inherit',
      stderr: 'inherit',
    });
    print(JSON.stringify({ outcome, stdout }));
  },
};

function print(line) {
  process.stdout.write(`${line}\n`);
}

async function startAll(custody, probe) {
  const handles = [['wait'], ['fork-tree', '2', '2'], ['ignore-terminate']].map((args) => custody.start(probe, args));
  await ready(handles);
  print('up');
  return handles;
}

async function ready(handles) {
  while (!handles.every((handle) => handle.tail('stdout', { bytes: 100 }).includes('ready'))) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Commands here and in a worker; the worker goes; the commands here must not notice. */
async function besideWorker(custody, probe, workerProbe, endWorker) {
  const own = custody.start(probe, ['fork-tree', '2', '2']);
  await ready([own]);
  const worker = new Worker(new URL(import.meta.url), { workerData: { probe: workerProbe } });
  await new Promise((resolve) => worker.once('message', resolve));
  print('up');
  const exited = new Promise((resolve) => worker.once('exit', resolve));
  endWorker(worker);
  await exited;
  const { stdout } = await custody.run(probe, ['args', 'still']);
  print(JSON.stringify({ state: own.state, stdout }));
  process.stdin.resume().once('end', () => process.exit(0));
}

async function inWorker(custody) {
  const handles = [['wait'], ['fork-tree', '1', '2']].map((args) => custody.start(workerData.probe, args));
  await ready(handles);
  parentPort.on('message', (message) => {
    if (message === 'exit') process.exit(0);
    for (const handle of handles) handle.unref();
    parentPort.close();
  });
  parentPort.postMessage('up');
}

async function main() {
  const [role, ...probes] = process.argv.slice(2);
  if (role === '--roles') return print(Object.keys(roles).join('\n'));
  const custody = await import(process.env.CUSTODY_TEST_MODULE);
  if (!isMainThread) return inWorker(custody);
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), LIFETIME_MS).unref();
  return roles[role](custody, ...probes);
}

await main();
