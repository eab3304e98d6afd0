// Promised    : after a stopped run settles, no member of its group is alive; terminate comes first, kill after the grace
//               period; the first cause is kept; what was done stands in the receipt.
// Not promised: how many signals a child sees when a wrapper forwards them.
import { describe, expect, it } from 'vitest';
import { patternText } from '../programs/pattern.js';
import { forEachBackend } from './describe-backend.js';

forEachBackend((scene) => {
  it('terminates politely', async () => {
    const handle = await scene.startReady('wait');
    handle.stop();
    const result = await handle.result;
    expect(result.outcome).toEqual({
      kind: 'stopped',
      cause: 'cancelled',
      manner: 'graceful',
      status: { signal: 'SIGTERM', coreDumped: false },
    });
    expect(result).toMatchObject({ success: false, cancelled: true, timedOut: false, signal: 'SIGTERM', exitCode: -1 });
    expect(result.cleanup).toMatchObject({ leaderReaped: true, survivors: [] });
    expect(result.cleanup.steps.map((step) => step.signal)).toEqual(['SIGTERM']);
    expect(scene.members()).toEqual([]);
  });

  it('kills after the grace period', async () => {
    const handle = await scene.startReady('ignore-terminate', [], { graceMs: 150 });
    handle.stop();
    const result = await handle.result;
    expect(result.outcome).toMatchObject({ kind: 'stopped', manner: 'forced', status: { signal: 'SIGKILL' } });
    expect(result.cleanup.steps.map((step) => step.signal)).toEqual(['SIGTERM', 'SIGKILL']);
    const [terminate, kill] = result.cleanup.steps;
    expect((kill?.atMs ?? 0) - (terminate?.atMs ?? 0)).toBeGreaterThanOrEqual(145);
    expect(scene.members()).toEqual([]);
  });

  it('kills at once without a grace period', async () => {
    const handle = await scene.startReady('ignore-terminate', [], { graceMs: 0 });
    handle.stop();
    expect((await handle.result).outcome).toMatchObject({ kind: 'stopped', cause: 'cancelled', manner: 'forced' });
  });

  it('RES-02: keeps a clean exit after a stop apart from success', async () => {
    const handle = await scene.startReady('on-terminate', ['0', '0']);
    handle.stop();
    const result = await handle.result;
    expect(result.outcome).toEqual({ kind: 'stopped', cause: 'cancelled', manner: 'graceful', status: { code: 0 } });
    expect(result).toMatchObject({ success: false, cancelled: true, exitCode: 0, signal: null });
  });

  it('keeps the exit code and the last words of a child that was asked to end', async () => {
    const handle = await scene.startReady('on-terminate', ['7', '200000']);
    handle.stop();
    const result = await handle.result;
    expect(result.outcome).toMatchObject({ manner: 'graceful', status: { code: 7 } });
    expect(result.stdout).toBe(`ready\n${patternText(0, 200_000)}`);
  });

  it('carries the reason', async () => {
    const handle = await scene.startReady('wait');
    handle.stop('no longer needed');
    expect((await handle.result).reason).toBe('no longer needed');
  });

  it('has no reason when nobody gave one and nothing stopped it', async () => {
    expect((await scene.run('args')).reason).toBeNull();
  });

  it('EXE-09: reaches the whole group', async () => {
    const handle = await scene.startReady('fork-tree', ['3', '2']);
    expect(scene.members()).toHaveLength(15);
    handle.stop();
    const result = await handle.result;
    expect(result.outcome).toMatchObject({ kind: 'stopped', manner: 'graceful' });
    expect(scene.members()).toEqual([]);
  });

  it('EXE-09, EXE-21: kills a whole group that ignores the polite request', async () => {
    const handle = await scene.startReady('fork-tree', ['2', '3', 'ignore'], { graceMs: 100 });
    handle.stop();
    const result = await handle.result;
    expect(result.outcome).toMatchObject({ kind: 'stopped', manner: 'forced' });
    expect(scene.members()).toEqual([]);
    expect(result.cleanup.status).toBe(scene.capabilities.cleanup);
  });

  it('kills at once when asked to', async () => {
    const handle = await scene.startReady('ignore-terminate', [], { graceMs: 60_000 });
    handle.kill();
    const result = await handle.result;
    expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'cancelled', manner: 'forced' });
    expect(result.cleanup.steps.map((step) => step.signal)).toEqual(['SIGKILL']);
  });

  it('lets a kill harden a stop', async () => {
    const handle = await scene.startReady('ignore-terminate', [], { graceMs: 60_000 });
    handle.stop('first');
    handle.kill();
    const result = await handle.result;
    expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'cancelled', manner: 'forced' });
    expect(result.reason).toBe('first');
    expect(result.cleanup.steps.map((step) => step.signal)).toEqual(['SIGTERM', 'SIGKILL']);
  });

  it('reports a second stop without changing the cause', async () => {
    const handle = await scene.startReady('ignore-terminate', [], { graceMs: 100 });
    handle.stop('first');
    handle.stop('second');
    const result = await handle.result;
    expect(result.reason).toBe('first');
    expect(result.cleanup.steps.map((step) => step.signal)).toEqual(['SIGTERM', 'SIGKILL']);
  });

  it('stops a launch that was only just asked for', async () => {
    const handle = scene.start('wait');
    handle.stop();
    const result = await handle.result;
    expect(result).toMatchObject({ cancelled: true, success: false });
    expect(['stopped', 'not-started']).toContain(result.outcome.kind);
    expect(scene.members()).toEqual([]);
  });

  it('EXE-19: changes nothing about a run that has settled', async () => {
    const handle = scene.start('exit-by', ['code', '4']);
    const result = await handle.result;
    handle.stop();
    handle.kill();
    expect(await handle.result).toBe(result);
    expect(result.outcome).toEqual({ kind: 'exited', exitCode: 4 });
  });

  it('stops many runs at the same time', async () => {
    const handles = await Promise.all(Array.from({ length: 30 }, () => scene.startReady('fork-tree', ['1', '2'])));
    expect(scene.members()).toHaveLength(90);
    for (const handle of handles) handle.stop();
    const results = await Promise.all(handles.map((handle) => handle.result));
    expect(results.map((result) => result.outcome.kind)).toEqual(handles.map(() => 'stopped'));
    expect(scene.members()).toEqual([]);
  });

  describe('dispose', () => {
    it('RES-06: ends the run and confirms it', async () => {
      const handle = await scene.startReady('fork-tree', ['1', '3']);
      await handle.dispose();
      expect(scene.members()).toEqual([]);
      expect((await handle.result).outcome).toMatchObject({ kind: 'stopped', cause: 'cancelled' });
    });

    it('is what leaving an `await using` block does', async () => {
      const handle = await scene.startReady('ignore-terminate', [], { graceMs: 100 });
      await handle[Symbol.asyncDispose]();
      expect(scene.members()).toEqual([]);
    });

    it('may be asked for twice, and after the end', async () => {
      const handle = await scene.startReady('wait');
      await Promise.all([handle.dispose(), handle.dispose()]);
      await handle.dispose();
      expect(scene.members()).toEqual([]);
    });
  });

  it('EXE-20: ends every run of a runner that is closed', async () => {
    const runner = scene.anotherRunner();
    const own = runner.start(scene.probe, ['fork-tree', '1', '2']);
    const other = await scene.startReady('wait');
    await scene.output(own, 'ready');
    await runner.close();
    expect((await own.result).outcome.kind).toBe('stopped');
    expect(scene.members()).toMatchObject([{ pid: other.pid }]);
  });
});
