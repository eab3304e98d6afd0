// Promised    : a runner lets no more commands run than it has slots and buffers for, everybody gets a turn in the end, and a
//               wait is bounded, can be cancelled and never ends in a deadlock that nobody hears of.
// Not promised: how long a turn takes to come; `npm run bench` prints what 500 commands do to the event loop.
import { describe, expect, it, vi } from 'vitest';
import { NativeBackend } from '../../src/backend/native/native-backend.js';
import { createRunner, type CustodyRunner, type RunnerActivity, type RunnerOptions } from '../../src/index.js';
import { patternText } from '../programs/pattern.js';
import { forEachBackend } from './describe-backend.js';
import { eventually } from './eventually.js';
import { blockEventLoop, show } from './scene.js';

const KIB = 1024;

/** Looks at a runner in every turn of the event loop until `work` is done. */
async function watchWhile<T>(runner: CustodyRunner, work: Promise<T>): Promise<{ result: T; seen: RunnerActivity[] }> {
  const seen = [runner.activity()];
  let look = setImmediate(function lookAgain() {
    seen.push(runner.activity());
    look = setImmediate(lookAgain);
  });
  try {
    return { result: await work, seen };
  } finally {
    clearImmediate(look);
  }
}

/** Not by `Math.max`: an idle loop turns more often than a call may have arguments. */
function mostOf(seen: readonly RunnerActivity[], count: 'executing' | 'bufferBytes'): number {
  return seen.reduce((most, { [count]: now }) => Math.max(most, now), 0);
}

forEachBackend((scene) => {
  async function withRunner(options: RunnerOptions, use: (runner: CustodyRunner) => Promise<void>): Promise<void> {
    await using runner = createRunner({ native: scene.hasEngine ? 'require' : 'off', ...options });
    await use(runner);
    expect(runner.activity()).toMatchObject({ state: 'ready', executing: 0, queued: 0, bufferBytes: 0 });
    // What nothing can be known of may be alive, and is counted as that.
    if (runner.capabilities().cleanup !== 'unconfirmed') expect(runner.activity().quarantined).toBe(0);
  }

  describe('slots', () => {
    it('CON-02: let no more processes live at a time than there are', async () => {
      await withRunner({ maxConcurrent: 3 }, async (runner) => {
        const controller = new AbortController();
        const running = Array.from({ length: 9 }, () =>
          runner.start(scene.probe, ['wait'], { signal: controller.signal }),
        );
        await scene.eventuallyMembers(3);
        expect(runner.activity()).toMatchObject({ executing: 3, queued: 6 });
        expect(running.filter((handle) => handle.state === 'queued')).toHaveLength(6);
        for (const handle of running.slice(0, 3)) handle.kill();
        await Promise.all(running.slice(0, 3).map((handle) => handle.result));
        await scene.eventuallyMembers(3);
        controller.abort();
        const results = await Promise.all(running.map((handle) => handle.result));
        expect(results.filter(({ launches }) => launches === 0)).toHaveLength(3);
        expect(results.every(({ cancelled }) => cancelled)).toBe(true);
      });
    });

    it.each([
      { slots: 10, commands: 40 },
      { slots: 64, commands: 500 },
    ])('CON-02, CON-10, D-26: bring $commands commands through $slots slots', async ({ slots, commands }) => {
      const maxLiveBufferBytes = slots * 2 * 16 * KIB;
      await withRunner({ maxConcurrent: slots, maxLiveBufferBytes }, async (runner) => {
        const all = Promise.all(
          Array.from({ length: commands }, (_, index) =>
            runner.run(scene.probe, ['args', String(index)], { maxOutputBytes: 16 * KIB }),
          ),
        );
        const { result, seen } = await watchWhile(runner, all);
        expect(result.map(({ stdout }) => stdout)).toEqual(result.map((_, index) => `${String(index)}\0`));
        expect(mostOf(seen, 'executing')).toBe(slots);
        expect(mostOf(seen, 'bufferBytes')).toBe(maxLiveBufferBytes);
        expect(seen[0]).toMatchObject({ executing: slots, queued: commands - slots });
        // The loop went on turning while they ran.
        expect(seen.length).toBeGreaterThan(commands / slots);
        const waits = result.map(({ queuedMs }) => queuedMs);
        expect(waits.slice(0, slots)).toEqual(Array(slots).fill(0));
        expect(waits[slots]).toBeLessThan(waits.at(-1)!);
      });
    });

    it('tell the engine while commands wait for one of many', async () => {
      const setCrowded = vi.spyOn(NativeBackend.prototype, 'setCrowded');
      try {
        await withRunner({ maxConcurrent: 17 }, async (runner) => {
          await Promise.all(Array.from({ length: 19 }, () => runner.run(scene.probe, ['args'])));
        });
        expect(setCrowded.mock.calls).toEqual(scene.hasEngine ? [[true], [false]] : []);
      } finally {
        setCrowded.mockRestore();
      }
    });

    it('EXE-18: are free again after timeouts, kills, failures and commands that cannot be started', async () => {
      await withRunner({ maxConcurrent: 2 }, async (runner) => {
        const results = await Promise.all([
          runner.run(scene.probe, ['ignore-terminate'], { timeoutMs: 100, graceMs: 50 }),
          runner.run(scene.probe, ['wait'], { timeoutMs: 100 }),
          runner.run(scene.probe, ['flood', '100000'], { maxOutputBytes: KIB, onOverflow: 'kill' }),
          runner.run('custody-no-such-command'),
          runner.run(scene.probe, ['exit-by', 'code', '3']),
          runner.run(scene.probe, ['args'], { cwd: '/custody-no-such-directory' }),
          runner.run(scene.probe, ['args', 'x']),
        ]);
        const kinds = ['stopped', 'stopped', 'stopped', 'not-started', 'exited', 'not-started', 'exited'];
        expect(
          results.map(({ outcome }) => outcome.kind),
          show(results.map(({ outcome }) => outcome)),
        ).toEqual(kinds);
      });
    });
  });

  it('CON-08: makes floods wait for buffers, and loses nothing of them', async () => {
    const size = 60_000;
    const maxLiveBufferBytes = 4 * 64 * KIB;
    await withRunner({ maxLiveBufferBytes }, async (runner) => {
      const all = Promise.all(
        Array.from({ length: 20 }, () =>
          runner.run(scene.probe, ['flood', String(size), 'both'], { maxOutputBytes: 64 * KIB }),
        ),
      );
      const { result, seen } = await watchWhile(runner, all);
      const expected = patternText(0, size);
      expect(result.every(({ stdout, stderr }) => stdout === expected && stderr === expected)).toBe(true);
      expect(mostOf(seen, 'bufferBytes')).toBe(maxLiveBufferBytes);
      expect(mostOf(seen, 'executing')).toBe(2);
    });
  });

  it('CON-04: gives a place that became free in time to the one who waited, although the loop was blocked', async () => {
    await withRunner({ maxConcurrent: 1 }, async (runner) => {
      const holder = runner.start(scene.probe, ['sleep', '100']);
      await eventually(
        () => holder.pid !== undefined,
        () => holder.state,
      );
      const waiting = runner.run(scene.probe, ['args'], { queueTimeoutMs: 300 });
      while (scene.members().length > 0); // the loop is blocked: nobody here is told
      blockEventLoop(400);
      expect((await waiting).outcome).toEqual({ kind: 'exited', exitCode: 0 });
      await holder.result;
    });
  });

  it('CON-04: ends a wait that takes too long, and starts nothing', async () => {
    await withRunner({ maxConcurrent: 1 }, async (runner) => {
      const holder = runner.start(scene.probe, ['wait']);
      const late = await runner.run(scene.probe, ['args'], { queueTimeoutMs: 100 });
      expect(late.outcome).toMatchObject({ kind: 'not-started', error: { code: 'CONCURRENCY_LIMIT' } });
      expect(late.queuedMs).toBeGreaterThan(90);
      expect(await scene.eventuallyMembers(1)).toHaveLength(1);
      holder.kill();
      await holder.result;
      expect(await runner.run(scene.probe, ['args'])).toMatchObject({ success: true });
    });
  });

  it('CON-06: a command that its neighbour`s handler waits for runs beside it, or is refused in time', async () => {
    await withRunner({ maxConcurrent: 1 }, async (runner) => {
      const handle = runner.start(scene.probe, ['wait']);
      for await (const line of handle.lines()) {
        const nested = await runner.run(scene.probe, ['args', line.text], { nested: true });
        expect(nested.stdout).toBe('ready\0');
        const { outcome } = await runner.run(scene.probe, ['args'], { queueTimeoutMs: 50 });
        expect(outcome).toMatchObject({ kind: 'not-started', error: { code: 'CONCURRENCY_LIMIT' } });
        handle.kill();
      }
      expect((await handle.result).reason).toBe('kill() was called');
    });
  });

  it('CON-02: runSync does not wait', async () => {
    await withRunner({ maxConcurrent: 1 }, async (runner) => {
      const holder = runner.start(scene.probe, ['wait']);
      expect(runner.runSync(scene.probe, ['args', 'x']).stdout).toBe('x\0');
      holder.kill();
      await holder.result;
    });
  });

  it('keeps what is written to a command that waits', async () => {
    await withRunner({ maxConcurrent: 1 }, async (runner) => {
      const holder = runner.start(scene.probe, ['wait']);
      const handle = runner.start(scene.probe, ['copy-stdin'], { stdin: 'pipe' });
      const writing = handle.write('hello\n');
      handle.endInput();
      const lines = handle.lines();
      const first = lines.next();
      holder.kill();
      await writing;
      expect((await first).value).toMatchObject({ text: 'hello' });
      expect((await lines.next()).done).toBe(true);
      expect((await handle.result).stdout).toBe('hello\n');
    });
  });
});
