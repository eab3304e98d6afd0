// Promised    : everything the leader wrote arrives, also when somebody else holds its pipes open; what a finished leader
//               leaves behind is ended, reported or left alone as asked, and named; the leader's outcome stands.
// Not promised: output that a process writes after the drain limit, or processes that left the group.
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/index.js';
import { patternText } from '../programs/pattern.js';
import { forEachBackend, isLong } from './describe-backend.js';

const LAST_BYTES = 65_536;
const REPETITIONS = isLong ? 1000 : 25;

/** The pid that the role `leave-behind` printed. */
function leftPid(result: RunResult): number {
  return Number(/^left (\d+)$/m.exec(result.stdout)?.[1]);
}

forEachBackend((scene) => {
  const exited = { kind: 'exited', exitCode: 0 };

  async function lastBytesArrive(args: readonly string[]): Promise<void> {
    const expected = patternText(0, LAST_BYTES);
    // Other processes keep the machine busy, so that exits and reads come in every order.
    const load = scene.runner.start(scene.probe, ['comet'], { stragglers: 'report', drainMs: 0 });
    for (let done = 0; done < REPETITIONS; done++) {
      const result = await scene.runner.run(scene.probe, ['last-64k', ...args]);
      if (result.stdout === expected && result.outcome.kind === 'exited') continue;
      scene.record(result);
      expect.fail(`repetition ${String(done)}: ${String(result.stdout.length)} bytes arrived`);
    }
    await load.dispose();
  }

  it('EXE-12: delivers the last 64 KiB of a leader that is gone at once', () => lastBytesArrive([]), 300_000);

  it('delivers them also when a grandchild holds the pipe', () => lastBytesArrive(['held']), 600_000);

  describe('stragglers: kill', () => {
    it('EXE-12: settles although a grandchild holds the pipe, and names it', async () => {
      const result = await scene.run('leave-behind', ['held']);
      expect(result.outcome).toEqual(exited);
      expect(result).toMatchObject({ success: true, exitCode: 0 });
      expect(result.cleanup.killed).toEqual([{ pid: leftPid(result), name: scene.probeName }]);
      expect(result.cleanup.status).toBe(scene.capabilities.cleanup);
      expect(scene.members()).toEqual([]);
    });

    it('EXE-11: ends and names a background job with output of its own', async () => {
      const result = await scene.run('leave-behind');
      expect(result.outcome).toEqual(exited);
      expect(result.cleanup.killed).toEqual([{ pid: leftPid(result), name: scene.probeName }]);
      expect(scene.members()).toEqual([]);
    });

    it('kills a straggler that ignores the polite request', async () => {
      const result = await scene.run('leave-behind', ['held', 'ignore']);
      expect(result.outcome).toEqual(exited);
      expect(result.cleanup.killed).toEqual([{ pid: leftPid(result), name: scene.probeName }]);
      expect(result.cleanup.steps.map((step) => step.signal)).toEqual(['SIGTERM', 'SIGKILL']);
      expect(scene.members()).toEqual([]);
    });

    it('names every one of them', async () => {
      const result = await scene.run('fork-tree', ['2', '2', 'exit']);
      expect(result.outcome).toEqual(exited);
      expect(result.cleanup.killed).toHaveLength(6);
      expect(scene.members()).toEqual([]);
    });

    it('lets one end by itself that takes a moment, and keeps its output', async () => {
      const result = await scene.run('leave-behind', ['late', '20']);
      expect(result.outcome).toEqual(exited);
      expect(result.stdout).toMatch(/^left \d+\nlate\n$/);
      expect(result.cleanup).toMatchObject({ killed: [], steps: [] });
    });

    it('has no steps and no names when nothing was left', async () => {
      expect((await scene.run('args')).cleanup).toMatchObject({ killed: [], steps: [], survivors: [] });
    });
  });

  describe('stragglers: report', () => {
    it('EXE-11, EXE-12: settles after the drain limit and names who holds the pipe', async () => {
      const handle = scene.start('leave-behind', ['held'], { stragglers: 'report', drainMs: 150 });
      const result = await handle.result;
      const pid = leftPid(result);
      expect(result.outcome).toEqual(exited);
      expect(result.cleanup).toMatchObject({ status: 'kept', killed: [] });
      expect(result.output.stdout.heldBy).toEqual([{ pid, name: scene.probeName }]);
      expect(result.cleanup.survivors).toMatchObject([{ pid, name: scene.probeName }]);
      expect(scene.members()).toMatchObject([{ pid }]);
      await handle.dispose();
      expect(scene.members()).toEqual([]);
    });

    it('EXE-11: tells in the final receipt that what was kept has ended', async () => {
      const handle = scene.start('leave-behind', [], { stragglers: 'report' });
      expect((await handle.result).cleanup.status).toBe('kept');
      await handle.dispose();
      expect(await handle.cleanup).toMatchObject({ status: scene.capabilities.cleanup, survivors: [] });
    });

    it('keeps them until the runner is closed', async () => {
      const runner = scene.anotherRunner();
      const result = scene.record(await runner.run(scene.probe, ['leave-behind'], { stragglers: 'report' }));
      expect(result.cleanup.status).toBe('kept');
      expect(scene.members()).toMatchObject([{ pid: leftPid(result) }]);
      await runner.close();
      expect(scene.members()).toEqual([]);
    });

    it('reads what arrives before the drain limit', async () => {
      const result = await scene.run('leave-behind', ['late', '150'], { stragglers: 'report', drainMs: 5000 });
      expect(result.stdout).toMatch(/^left \d+\nlate\n$/);
      expect(result.output.stdout.heldBy).toEqual([]);
    });
  });

  describe('stragglers: leave', () => {
    it('EXE-11: names them and lets them go for good', async () => {
      const runner = scene.anotherRunner();
      const result = scene.record(await runner.run(scene.probe, ['leave-behind'], { stragglers: 'leave' }));
      const pid = leftPid(result);
      expect(result.outcome).toEqual(exited);
      expect(result.cleanup).toMatchObject({ status: 'kept', killed: [], survivors: [{ pid, name: scene.probeName }] });
      await runner.close();
      expect(scene.members()).toMatchObject([{ pid }]);
      await scene.endSurvivors();
    });

    it('gives up their pipe after the drain limit', async () => {
      const result = await scene.run('leave-behind', ['held'], { stragglers: 'leave', drainMs: 100 });
      expect(result.output.stdout.heldBy).toMatchObject([{ pid: leftPid(result) }]);
      await scene.endSurvivors();
    });

    it('still ends the group of a run that was stopped', async () => {
      const handle = await scene.startReady('fork-tree', ['1', '2'], { stragglers: 'leave' });
      handle.stop();
      expect((await handle.result).outcome.kind).toBe('stopped');
      expect(scene.members()).toEqual([]);
    });
  });
});
