// Promised    : where the engine reaps a group, a leader stays a zombie until its group is empty: its pid is the group id, and once
//               reaped the number could be given to a stranger whom our signals would then reach.
// Not promised: this of a backend whose children are reaped by the host's own loop, and of a guarded tree, where no signal
//               goes to a number.
import { expect, it } from 'vitest';
import { forEachBackend } from '../../conformance/describe-backend.js';
import { eventually } from '../../conformance/eventually.js';
import { processOf } from '../../programs/oracle.js';

forEachBackend((scene) => {
  it('EXE-19: keeps the leader unreaped while a straggler lives', async () => {
    const handle = scene.start('leave-behind', ['held', 'ignore'], { containment: 'group' });
    await scene.output(handle, 'left');
    const leader = await eventually(
      () => handle.pid,
      () => 'a pid',
    );
    if (scene.hasEngine) {
      const seen = await eventually(
        () => {
          const state = processOf(leader)?.state;
          return state === 'Z' || state === undefined ? { state, alive: scene.members().length } : undefined;
        },
        () => `the end of the leader ${String(leader)}`,
      );
      expect(seen).toEqual({ state: 'Z', alive: 1 });
    }
    const result = await handle.result;
    expect(result.cleanup).toMatchObject({ leaderReaped: true, survivors: [] });
    expect(processOf(leader)).toBeUndefined();
  });

  it('reaps a stopped leader by the time the run has settled', async () => {
    const handle = await scene.startReady('fork-tree', ['1', '2', 'ignore'], { graceMs: 50 });
    handle.stop();
    await handle.result;
    expect(processOf(handle.pid ?? 0)).toBeUndefined();
  });
});
