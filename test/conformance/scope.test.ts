// Promised    : everything started in a scope has ended, confirmed, when the scope is closed, and nothing starts after.
// Not promised: processes that left the group, where the containment is a group.
import { expect, it } from 'vitest';
import { forEachBackend } from './describe-backend.js';

forEachBackend((scene) => {
  it('ends what was started in it', async () => {
    const scope = scene.runner.scope();
    const handles = [1, 2, 3].map(() => scope.start(scene.probe, ['fork-tree', '1', '2']));
    await Promise.all(handles.map((handle) => scene.output(handle, 'ready')));
    await scope.dispose();
    expect(scene.members()).toEqual([]);
    for (const handle of handles) {
      expect((await handle.result).outcome).toMatchObject({ kind: 'stopped', cause: 'cancelled' });
    }
  });

  it('ends what a run left in it by policy', async () => {
    const scope = scene.runner.scope();
    const result = await scope.run(scene.probe, ['leave-behind'], { stragglers: 'report' });
    expect(scene.record(result).cleanup.status).toBe('kept');
    expect(scene.members()).toHaveLength(1);
    await scope.dispose();
    expect(scene.members()).toEqual([]);
  });

  it('leaves alone what was started outside of it', async () => {
    const outside = await scene.startReady('wait');
    const scope = scene.runner.scope();
    await scope.run(scene.probe, ['args']);
    await scope[Symbol.asyncDispose]();
    expect(outside.state).toBe('running');
    expect(scene.members()).toHaveLength(1);
  });

  it('ends a launch that had only just been asked for', async () => {
    const scope = scene.runner.scope();
    const handle = scope.start(scene.probe, ['wait']);
    await scope.dispose();
    expect(await handle.result).toMatchObject({ cancelled: true, success: false });
    expect(scene.members()).toEqual([]);
  });

  it('starts nothing once it is closed', async () => {
    const scope = scene.runner.scope();
    await scope.dispose();
    const ending = await scope.run(scene.probe, ['wait']).then(
      (result) => result.outcome.kind,
      (error: unknown) => (error as { code?: string }).code,
    );
    expect(['not-started', 'CANCELLED', 'VALIDATION_FAILED']).toContain(ending);
    expect(scene.members()).toEqual([]);
  });

  it('may be closed twice and empty', async () => {
    const scope = scene.runner.scope();
    await Promise.all([scope.dispose(), scope.dispose()]);
    await scope.dispose();
  });

  it('waits for those that ignore the request', async () => {
    const scope = scene.runner.scope();
    const handle = scope.start(scene.probe, ['ignore-terminate'], { graceMs: 150 });
    await scene.output(handle, 'ready');
    await scope.dispose();
    expect((await handle.result).outcome).toMatchObject({ manner: 'forced' });
    expect(scene.members()).toEqual([]);
  });
});
