// Promised    : an AbortSignal is honoured before the start, while waiting and while running; a signal that outlives the
//               run is left without a listener.
// Not promised: that aborting is faster than the child's own exit.
import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { forEachBackend } from './describe-backend.js';

forEachBackend((scene) => {
  it('does not start a run whose signal was aborted before', async () => {
    const result = await scene.run('wait', [], { signal: AbortSignal.abort('changed my mind') });
    expect(result.outcome).toMatchObject({ kind: 'not-started', cause: 'cancelled', error: { code: 'CANCELLED' } });
    expect(result).toMatchObject({ cancelled: true, timedOut: false, success: false, pid: null, exitCode: -1 });
    expect(result).toMatchObject({ reason: 'changed my mind', cleanup: { status: 'not-needed' } });
    expect(scene.members()).toEqual([]);
  });

  it('stops a run that is aborted right after it was asked for', async () => {
    const controller = new AbortController();
    const running = scene.run('wait', [], { signal: controller.signal });
    controller.abort();
    expect(await running).toMatchObject({ cancelled: true, success: false });
    expect(scene.members()).toEqual([]);
  });

  it('stops a running group', async () => {
    const controller = new AbortController();
    const handle = await scene.startReady('fork-tree', ['2', '2'], { signal: controller.signal });
    controller.abort('enough');
    const result = await handle.result;
    expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'cancelled', manner: 'graceful' });
    expect(result.reason).toBe('enough');
    expect(result.stdout).toBe('ready 7\n');
    expect(scene.members()).toEqual([]);
  });

  it('gives the message of an error as the reason', async () => {
    const controller = new AbortController();
    const handle = await scene.startReady('wait', [], { signal: controller.signal });
    controller.abort(new Error('the user left'));
    expect((await handle.result).reason).toBe('the user left');
  });

  it('kills a run that ignores it, after the grace period', async () => {
    const controller = new AbortController();
    const handle = await scene.startReady('ignore-terminate', [], { signal: controller.signal, graceMs: 100 });
    controller.abort();
    expect((await handle.result).outcome).toMatchObject({ kind: 'stopped', cause: 'cancelled', manner: 'forced' });
  });

  it('is a cancel also when the signal is a timeout`s', async () => {
    const result = await scene.run('wait', [], { signal: AbortSignal.timeout(200) });
    expect(result).toMatchObject({ cancelled: true, timedOut: false });
  });

  it('changes nothing about a run that has settled', async () => {
    const controller = new AbortController();
    const result = await scene.run('args', ['x'], { signal: controller.signal });
    controller.abort();
    expect(result).toMatchObject({ success: true, cancelled: false });
  });

  it('leaves no listener behind, whatever the ending', async () => {
    const { signal } = new AbortController();
    await scene.run('args', [], { signal });
    await scene.run('exit-by', ['code', '1'], { signal });
    await scene.run('wait', [], { signal, timeoutMs: 100 });
    await scene.runner.run('custody-no-such-command', [], { signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('serves many runs with one signal', async () => {
    const controller = new AbortController();
    const handles = await Promise.all(
      Array.from({ length: 12 }, () => scene.startReady('wait', [], { signal: controller.signal })),
    );
    controller.abort();
    const results = await Promise.all(handles.map((handle) => handle.result));
    expect(results.map((result) => result.cancelled)).toEqual(handles.map(() => true));
    expect(scene.members()).toEqual([]);
  });
});
