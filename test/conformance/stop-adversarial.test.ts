// Promised    : within its group, no payload outlives a stop, whatever it does, and the receipt says what is so.
// Not promised: anything about processes that left the group, where the containment is a group.
import { describe, expect, it } from 'vitest';
import type { RunHandle, RunResult } from '../../src/index.js';
import { patternBytes } from '../programs/pattern.js';
import { forEachBackend } from './describe-backend.js';

const MIB = 1024 * 1024;

forEachBackend((scene) => {
  async function stopped(handle: RunHandle): Promise<RunResult> {
    handle.stop();
    const result = await handle.result;
    expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'cancelled' });
    // The reported status equals what the oracle sees.
    expect({ status: result.cleanup.status, alive: scene.members() }).toEqual({
      status: scene.capabilities.cleanup,
      alive: [],
    });
    expect(result.cleanup.survivors).toEqual([]);
    return result;
  }

  it('ends a group whose leader goes politely while the rest stays', async () => {
    const handle = scene.start('leave-behind', ['held', 'ignore', 'stay'], { graceMs: 150 });
    await scene.output(handle, 'left');
    await stopped(handle);
  });

  it('ends a leader that is frozen', async () => {
    const result = await stopped(await scene.startReady('freeze', [], { graceMs: 150 }));
    expect(result.cleanup.leaderReaped).toBe(true);
  });

  it('ends a tree that ignores every request', async () => {
    await stopped(await scene.startReady('fork-tree', ['3', '3', 'ignore'], { graceMs: 50 }));
  });

  it('ends a storm of forks', async () => {
    await stopped(await scene.startReady('storm', [], { graceMs: 0 }));
  });

  it('ends a storm of forks politely', async () => {
    await stopped(await scene.startReady('storm', [], { graceMs: 300 }));
  });

  it('ends a straggler that moves on to a new process again and again', async () => {
    const result = await scene.run('comet');
    expect(result.outcome).toEqual({ kind: 'exited', exitCode: 0 });
    expect(result.cleanup.status).toBe(scene.capabilities.cleanup);
    expect(scene.members()).toEqual([]);
  });

  it('ends a flood that nobody reads fast enough', async () => {
    const handle = scene.start('flood', [String(2048 * MIB)], { graceMs: 0 });
    const iterator = handle.lines()[Symbol.asyncIterator]();
    await iterator.next();
    await stopped(handle);
  });

  it('ends a flood that nobody reads', async () => {
    const handle = scene.start('flood', [String(2048 * MIB), 'both']);
    await scene.eventuallyMembers(2);
    await stopped(handle);
  });

  it('reads what a child says while it ends, though the consumer has stopped reading', async () => {
    const handle = await scene.startReady('on-terminate', ['0', String(4 * MIB)], { graceMs: 10_000 });
    const iterator = handle.lines()[Symbol.asyncIterator]();
    await iterator.next();
    const result = await stopped(handle);
    expect(result.outcome).toMatchObject({ manner: 'graceful', status: { code: 0 } });
    expect(result.output.stdout.totalBytes).toBe(6 + 4 * MIB);
  });

  it('ends a child that is being fed', async () => {
    const handle = await scene.startReady('ignore-terminate', [], { input: patternBytes(0, 8 * MIB), graceMs: 50 });
    await stopped(handle);
  });

  it('ends launches that are stopped while they start', async () => {
    const handles = Array.from({ length: 100 }, (_, index) => {
      const handle = scene.start('fork-tree', ['1', '2']);
      if (index % 2 === 0)
        queueMicrotask(() => {
          handle.stop();
        });
      else
        setImmediate(() => {
          handle.kill();
        });
      return handle;
    });
    const results = await Promise.all(handles.map((handle) => handle.result));
    expect(results.filter((result) => !result.cancelled)).toEqual([]);
    expect(scene.members()).toEqual([]);
  });

  it('ends once under a storm of stops', async () => {
    const handle = await scene.startReady('ignore-terminate', [], { graceMs: 200 });
    for (let sent = 0; sent < 500; sent++) handle.stop(`stop ${String(sent)}`);
    const result = await stopped(handle);
    expect(result.reason).toBe('stop 0');
    expect(result.cleanup.steps.map((step) => step.signal)).toEqual(['SIGTERM', 'SIGKILL']);
  });

  it('lets exits and stops race without losing an outcome', async () => {
    const handles = Array.from({ length: 100 }, (_, index) => {
      const handle = scene.start('sleep', [String(index % 10)]);
      setTimeout(() => {
        handle.stop();
      }, index % 10);
      return handle;
    });
    const results = await Promise.all(handles.map((handle) => handle.result));
    for (const result of results) {
      expect(['exited', 'stopped', 'not-started']).toContain(result.outcome.kind);
      expect(result.cancelled).toBe(result.outcome.kind !== 'exited');
    }
    expect(scene.members()).toEqual([]);
  });

  describe('while draining', () => {
    it('lets a stop cut the wait for held pipes short', async () => {
      const handle = scene.start('leave-behind', ['held'], { stragglers: 'report', drainMs: 60_000 });
      await expect.poll(() => handle.state, { timeout: 5000 }).toBe('draining');
      handle.stop();
      const result = await handle.result;
      expect(result.outcome).toEqual({ kind: 'exited', exitCode: 0 });
      expect(scene.members()).toEqual([]);
    });

    it('lets a kill cut it short', async () => {
      const handle = scene.start('leave-behind', ['held', 'ignore'], { stragglers: 'report', drainMs: 60_000 });
      await expect.poll(() => handle.state, { timeout: 5000 }).toBe('draining');
      handle.kill();
      expect((await handle.result).outcome).toEqual({ kind: 'exited', exitCode: 0 });
      expect(scene.members()).toEqual([]);
    });
  });

  it('reports a descendant that left the group no better than it is', async () => {
    const handle = scene.start('leave-behind', ['setsid', 'stay']);
    await scene.output(handle, 'left');
    handle.stop();
    const result = await handle.result;
    expect(result.outcome).toMatchObject({ kind: 'stopped' });
    const isContained = scene.capabilities.containment[result.containment].escapeProof;
    expect(scene.members().length).toBe(isContained ? 0 : 1);
    if (!isContained) expect(result.cleanup.status).not.toBe('confirmed');
    await scene.endSurvivors();
  });
});
