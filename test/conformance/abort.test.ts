// Promised    : an AbortSignal is honoured before the start, while waiting and while running; a signal that outlives the
//               run is left without a listener.
// Not promised: that aborting is faster than the child's own exit.
import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { forEachBackend } from './describe-backend.js';

forEachBackend((scene) => {
  it('CAN-01: does not start a run whose signal was aborted before', async () => {
    const result = await scene.run('wait', [], { signal: AbortSignal.abort('changed my mind') });
    expect(result.outcome).toMatchObject({ kind: 'not-started', cause: 'cancelled', error: { code: 'CANCELLED' } });
    expect(result).toMatchObject({ cancelled: true, timedOut: false, success: false, pid: null, exitCode: -1 });
    expect(result).toMatchObject({ reason: 'changed my mind', cleanup: { status: 'not-needed' } });
    expect(scene.members()).toEqual([]);
  });

  it('CAN-01: stops a run that is aborted right after it was asked for', async () => {
    const controller = new AbortController();
    const running = scene.run('wait', [], { signal: controller.signal });
    controller.abort();
    expect(await running).toMatchObject({ cancelled: true, success: false });
    expect(scene.members()).toEqual([]);
  });

  it('CAN-02, CAN-03: stops a running group and keeps what it wrote', async () => {
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

  it('CAN-02: kills a run that ignores it, after the grace period', async () => {
    const controller = new AbortController();
    const handle = await scene.startReady('ignore-terminate', [], { signal: controller.signal, graceMs: 100 });
    controller.abort();
    expect((await handle.result).outcome).toMatchObject({ kind: 'stopped', cause: 'cancelled', manner: 'forced' });
  });

  it('is a cancel also when the signal is a timeout`s', async () => {
    const result = await scene.run('wait', [], { signal: AbortSignal.timeout(200) });
    expect(result).toMatchObject({ cancelled: true, timedOut: false });
  });

  it('CAN-06: changes nothing about a run that has settled', async () => {
    const controller = new AbortController();
    const result = await scene.run('args', ['x'], { signal: controller.signal });
    controller.abort();
    expect(result).toMatchObject({ success: true, cancelled: false });
  });

  it('CAN-07: leaves no listener behind, whatever the ending', async () => {
    const { signal } = new AbortController();
    await scene.run('args', [], { signal });
    await scene.run('exit-by', ['code', '1'], { signal });
    await scene.run('wait', [], { signal, timeoutMs: 100 });
    await scene.runner.run('custody-no-such-command', [], { signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('CAN-05: asks at once, so that a command which listens is gone long before its grace period ends', async () => {
    const controller = new AbortController();
    const handle = await scene.startReady('wait', [], { signal: controller.signal, graceMs: 60_000 });
    controller.abort();
    const { cleanup, outcome } = await handle.result;
    expect(outcome).toMatchObject({ kind: 'stopped', cause: 'cancelled', manner: 'graceful' });
    expect(cleanup.steps.map((step) => step.signal)).not.toContain('SIGKILL');
    expect(cleanup.elapsedMs).toBeLessThan(4000);
  });

  it('CAN-04: rejects with an AbortError where that is wanted', async () => {
    const controller = new AbortController();
    const handle = await scene.startReady('wait', [], { signal: controller.signal, throwOnCancel: true });
    controller.abort('enough');
    await expect(handle.result).rejects.toMatchObject({ name: 'AbortError', result: { stdout: 'ready\n' } });
  });

  it('CAN-07: takes a hundred runs on one signal without a warning', async () => {
    const { signal } = new AbortController();
    for (let done = 0; done < 50; done++) await scene.run('args', [], { signal });
    await Promise.all(Array.from({ length: 50 }, () => scene.run('args', [], { signal })));
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
