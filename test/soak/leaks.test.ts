// Promised    : thousands of runs, of every kind of ending, leave the host as it was: descriptors, threads, zombies, timers
//               and memory return to where they started.
// Not promised: that memory is given back to the system at once; its growth is compared between two halves of the soak.
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { forEachBackend } from '../conformance/describe-backend.js';
import { eventually } from '../conformance/eventually.js';
import { show, type BackendScene } from '../conformance/scene.js';
import { descriptorCount, threadCount, zombiesOf } from '../programs/oracle.js';

/** Runs per backend. `npm test` takes the default, `npm run soak` 2 000, the long leg 10 000. */
const RUNS = Number(process.env['CUSTODY_SOAK_RUNS'] ?? 300);
/** Runs that fill pools, caches and compiled code before anything is measured. */
const WARM_UP_RUNS = 100;
const WIDTH = 8;
const MIB = 1024 * 1024;
/** Growth of the second half that is no leak. The resident set settles slowly: arenas of the C library, one per thread. */
const ALLOWED_GROWTH: Memory = { resident: 24 * MIB, heap: 2 * MIB, external: MIB };

/** Bytes in use after a collection. */
interface Memory {
  readonly resident: number;
  readonly heap: number;
  readonly external: number;
}

interface Holdings {
  readonly descriptors: number;
  readonly threads: number;
  readonly zombies: number;
  readonly handles: number;
}

function holdings(): Holdings {
  return {
    descriptors: descriptorCount(),
    threads: threadCount(),
    zombies: zombiesOf(process.pid).length,
    handles: process.getActiveResourcesInfo().filter((name) => /Process|Pipe/.test(name)).length,
  };
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function memory(): Promise<Memory> {
  collectGarbage();
  await setImmediate(); // Finalizers run in a turn of their own.
  collectGarbage();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { resident: rss, heap: heapUsed, external };
}

const kinds: readonly ((scene: BackendScene) => Promise<unknown>)[] = [
  (scene) => scene.runner.run(scene.probe, ['args', 'x']),
  (scene) => scene.runner.run(scene.probe, ['flood', '100000'], { maxOutputBytes: 4096 }),
  (scene) => scene.runner.run(scene.probe, ['exit-by', 'signal', '9']),
  (scene) => scene.runner.run(scene.probe, ['read-stdin'], { input: 'x'.repeat(100_000) }),
  (scene) => scene.runner.run(scene.probe, ['wait'], { timeoutMs: 20, graceMs: 20 }),
  (scene) => scene.runner.run(scene.probe, ['leave-behind', 'late', '1']),
  (scene) => scene.runner.run('custody-no-such-command'),
  (scene) => scene.runner.run(scene.probe, ['cwd'], { cwd: '/nonexistent' }),
  (scene) => scene.runner.run(scene.probe, ['wait'], { signal: AbortSignal.abort() }),
  (scene) => Promise.resolve(scene.runner.runSync(scene.probe, ['args', 'x'])),
  async (scene) => {
    const handle = scene.runner.start(scene.probe, ['drip', '3', '0']);
    for await (const line of handle.lines()) if (line.text === 'line 1') break;
    await handle.dispose();
  },
  async (scene) => {
    const handle = scene.runner.start(scene.probe, ['copy-stdin'], { stdin: 'pipe' });
    await handle.write('x');
    handle.stop();
    await handle.dispose();
  },
];

async function soak(scene: BackendScene, runs: number): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < runs) await kinds[next++ % kinds.length]?.(scene);
  };
  await Promise.all(Array.from({ length: WIDTH }, lane));
}

forEachBackend((scene) => {
  it(`EXE-14: holds no more after ${String(RUNS)} runs than before`, async () => {
    await soak(scene, WARM_UP_RUNS);
    const before = holdings();
    await soak(scene, Math.ceil(RUNS / 2));
    const halfway = await memory();
    await soak(scene, Math.floor(RUNS / 2));
    // Threads of the host's own pool come up on demand; everything else must be exactly where it was.
    const allowedThreads = before.threads + 4;
    await eventually(
      () => {
        const after = holdings();
        return (
          after.descriptors <= before.descriptors &&
          after.threads <= allowedThreads &&
          after.zombies === 0 &&
          after.handles <= before.handles
        );
      },
      () => `the holdings of the start ${show(before)}; there are ${show(holdings())}`,
    );
    const end = await memory();
    for (const kind of ['resident', 'heap', 'external'] as const) {
      expect(end[kind] - halfway[kind], `growth of ${kind}: ${show({ halfway, end })}`).toBeLessThan(
        ALLOWED_GROWTH[kind],
      );
    }
    expect(scene.members()).toEqual([]);
  });
});
