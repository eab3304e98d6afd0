// Promised    : a stop is one timeline: the polite request where one can be delivered, the grace period, the end of the job. The
//               receipt names what was used, and the first cause is kept.
// Not promised: that a console program hears a request; without a console shared with the host there is none.
import { describe, expect, it } from 'vitest';
import { onWindows, windowsScene } from './stage.js';

const POLITE = ['CTRL_BREAK', 'WM_CLOSE'];

describe.runIf(onWindows)('a stop', () => {
  const scene = windowsScene();

  it('EXE-23: ends the job after the grace period, and names what was used', async () => {
    const handle = await scene.startReady('ignore-terminate', [], { graceMs: 300 });
    const asked = performance.now();
    handle.stop();
    const { outcome, cleanup } = await handle.result;
    expect(performance.now() - asked).toBeGreaterThanOrEqual(290);
    expect(outcome).toEqual({ kind: 'stopped', cause: 'cancelled', manner: 'forced', status: { terminated: 1 } });
    expect(cleanup.steps.at(-1)).toMatchObject({ signal: 'TerminateJobObject', scope: 'tree' });
    for (const { signal } of cleanup.steps.slice(0, -1)) expect(POLITE).toContain(signal);
    expect(scene.members()).toEqual([]);
  });

  it('EXE-08: ends the whole tree when the time is over', async () => {
    const result = await scene.run('fork-tree', ['2', '3'], { timeoutMs: 4_000, graceMs: 0 });
    expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'timeout', manner: 'forced' });
    expect(result).toMatchObject({ timedOut: true, cleanup: { status: 'confirmed', mechanism: 'job' } });
    expect(scene.members()).toEqual([]);
  });

  it('lets a kill harden a stop, and keeps the first reason', async () => {
    const handle = await scene.startReady('ignore-terminate', [], { graceMs: 60_000 });
    handle.stop('first');
    handle.kill();
    const result = await handle.result;
    expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'cancelled', manner: 'forced' });
    expect(result.reason).toBe('first');
  });

  it('keeps the output that came before', async () => {
    const handle = await scene.startReady('ignore-terminate', [], { graceMs: 0 });
    handle.stop();
    expect((await handle.result).stdout).toBe('ready\n');
  });

  it('does not count a leader that ended by itself as ended by the stop', async () => {
    const handle = scene.start('exit-by', ['code', '1']);
    const result = await handle.result;
    handle.stop();
    expect(result.outcome).toEqual({ kind: 'exited', exitCode: 1 });
  });
});
