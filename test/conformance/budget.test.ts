// Promised    : a run that takes too long, or is silent too long, or whose budget is spent, is stopped with its group; the first cause is kept; where
//               deadlines are the engine's, a blocked event loop does not stretch them.
// Not promised: exact instants. Times are compared with each other or with limits far from what is measured.
import { describe, expect, it } from 'vitest';
import { timeBudget } from '../../src/index.js';
import { forEachBackend } from './describe-backend.js';
import { blockEventLoop, START_MS } from './scene.js';

forEachBackend((scene) => {
  describe('timeout', () => {
    it('stops a run that takes too long', async () => {
      const result = await scene.run('wait', [], { timeoutMs: 200 });
      expect(result.outcome).toEqual({
        kind: 'stopped',
        cause: 'timeout',
        manner: 'graceful',
        status: { signal: 'SIGTERM', coreDumped: false },
      });
      expect(result).toMatchObject({ timedOut: true, cancelled: false, success: false });
      expect(result.durationMs).toBeGreaterThanOrEqual(200);
      expect(scene.members()).toEqual([]);
    });

    it('kills a run that ignores the request, after the grace period', async () => {
      const result = await scene.run('ignore-terminate', [], { timeoutMs: START_MS, graceMs: 150 });
      expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'timeout', manner: 'forced' });
      expect(result.durationMs).toBeGreaterThanOrEqual(START_MS + 150);
      expect(scene.members()).toEqual([]);
    });

    it('reaches work that is done in grandchildren', async () => {
      const handle = await scene.startReady('fork-tree', ['2', '2', 'ignore'], {
        timeoutMs: 3 * START_MS,
        graceMs: 100,
      });
      expect(scene.members()).toHaveLength(7);
      expect((await handle.result).outcome).toMatchObject({ kind: 'stopped', cause: 'timeout' });
      expect(scene.members()).toEqual([]);
    });

    it('is still a timeout when the child answers with a clean exit', async () => {
      const result = await scene.run('on-terminate', ['0', '0'], { timeoutMs: START_MS });
      expect(result.outcome).toMatchObject({
        kind: 'stopped',
        cause: 'timeout',
        manner: 'graceful',
        status: { code: 0 },
      });
      expect(result).toMatchObject({ success: false, timedOut: true, exitCode: 0 });
    });

    it('leaves a run alone that ends in time', async () => {
      const result = await scene.run('sleep', ['50'], { timeoutMs: 60_000 });
      expect(result).toMatchObject({ success: true, timedOut: false });
    });

    it('does not wrap the largest value to a small one', async () => {
      expect(await scene.run('sleep', ['100'], { timeoutMs: 86_400_000 })).toMatchObject({ success: true });
    });

    it('stops a child that has stopped itself', async () => {
      const result = await scene.run('freeze', [], { timeoutMs: 300, graceMs: 100 });
      expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'timeout' });
      expect(scene.members()).toEqual([]);
    });

    it('fires while the event loop is blocked, where deadlines are the engine`s', async () => {
      const handle = await scene.startReady('wait', [], { timeoutMs: START_MS });
      blockEventLoop(START_MS + 1200);
      const membersAfterBlock = scene.members().length;
      const result = await handle.result;
      expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'timeout', manner: 'graceful' });
      if (scene.hasEngine) {
        expect(membersAfterBlock).toBe(0);
        expect(result.durationMs).toBeLessThan(START_MS + 1200); // not when the block was over
      }
    });

    it('kills while the event loop is blocked, where deadlines are the engine`s', async () => {
      const handle = await scene.startReady('ignore-terminate', [], { timeoutMs: START_MS, graceMs: 200 });
      blockEventLoop(START_MS + 1300);
      const membersAfterBlock = scene.members().length;
      const result = await handle.result;
      expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'timeout', manner: 'forced' });
      if (scene.hasEngine) expect(membersAfterBlock).toBe(0);
    });
  });

  describe('time budget', () => {
    it('EXE-25: ends the commands that share it, and starts nothing more', async () => {
      const budget = timeBudget(START_MS + 100);
      const first = await scene.run('sleep', ['1'], { budget });
      const second = await scene.run('wait', [], { budget, graceMs: 100 });
      const third = await scene.run('args', [], { budget });
      expect(first.success).toBe(true);
      expect(second.outcome).toMatchObject({ kind: 'stopped', cause: 'timeout' });
      expect(second.durationMs).toBeLessThan(START_MS + 2000);
      expect(third.outcome).toMatchObject({ kind: 'not-started', cause: 'timeout', error: { code: 'TIMEOUT' } });
      expect(scene.members()).toEqual([]);
    });

    it('EXE-25: holds with runSync', () => {
      const budget = timeBudget(300);
      expect(scene.runSync('wait', [], { budget }).outcome).toMatchObject({ kind: 'stopped', cause: 'timeout' });
      expect(scene.runSync('args', [], { budget })).toMatchObject({ timedOut: true, launches: 0 });
    });

    it('D-04: of its own kills a command that ignores the request before it is spent', async () => {
      const result = await scene.run('ignore-terminate', [], { totalBudgetMs: 2 * START_MS });
      expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'timeout', manner: 'forced' });
      expect(result.durationMs).toBeLessThan(2 * START_MS + 1400);
    });
  });

  describe('idle timeout', () => {
    it('stops a run that falls silent', async () => {
      const result = await scene.run('wait', [], { idleTimeoutMs: START_MS });
      expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'idle', manner: 'graceful' });
      expect(result).toMatchObject({ timedOut: true, cancelled: false, stdout: 'ready\n' });
    });

    it('stops a run that never says anything', async () => {
      const result = await scene.run('sleep', ['30000'], { idleTimeoutMs: 200 });
      expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'idle' });
    });

    it.each(['stdout', 'stderr'])('leaves a run alone that keeps writing to %s', async (stream) => {
      const result = await scene.run('drip', ['20', '100', stream], { idleTimeoutMs: 1500 });
      expect(result.outcome).toEqual({ kind: 'exited', exitCode: 0 });
      expect(result.durationMs).toBeGreaterThan(1600);
    });

    it('loses against an earlier timeout', async () => {
      const result = await scene.run('wait', [], { timeoutMs: 200, idleTimeoutMs: 5000 });
      expect(result.outcome).toMatchObject({ cause: 'timeout' });
    });

    it('wins against a later timeout', async () => {
      const result = await scene.run('wait', [], { timeoutMs: 10_000, idleTimeoutMs: 200 });
      expect(result.outcome).toMatchObject({ cause: 'idle' });
    });
  });

  describe('the first cause', () => {
    it('CAN-06: is kept when a deadline passes after a cancel', async () => {
      const handle = await scene.startReady('ignore-terminate', [], {
        timeoutMs: 2 * START_MS,
        graceMs: 3 * START_MS,
      });
      handle.stop('cancelled first');
      const result = await handle.result;
      expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'cancelled', manner: 'forced' });
      expect(result).toMatchObject({ cancelled: true, timedOut: false });
      expect(result.durationMs).toBeGreaterThan(2 * START_MS);
    });

    it('CAN-06: is kept when a cancel comes after a deadline', async () => {
      const handle = await scene.startReady('ignore-terminate', [], { timeoutMs: START_MS, graceMs: 60_000 });
      await expect.poll(() => handle.state, { timeout: START_MS + 5000 }).toBe('stopping');
      handle.stop('too late');
      handle.kill();
      const result = await handle.result;
      expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'timeout', manner: 'forced' });
      expect(result).toMatchObject({ cancelled: false, timedOut: true });
    });

    it('CAN-06: is kept when the output limit is passed after a cancel', async () => {
      const handle = await scene.startReady('on-terminate', ['0', '500000'], {
        maxOutputBytes: 1024,
        onOverflow: 'kill',
      });
      handle.stop();
      expect((await handle.result).outcome).toMatchObject({ kind: 'stopped', cause: 'cancelled' });
    });
  });
});
