// Promised    : where the engine reaps a group, a leader stays a zombie until its group is empty: its pid is the group id, and once
//               reaped the number could be given to a stranger whom our signals would then reach.
// Not promised: this of a backend whose children are reaped by the host's own loop, and of a guarded tree, where no signal
//               goes to a number.
import { expect, it } from 'vitest';
import type { RunHandle } from '../../../src/index.js';
import { forEachBackend } from '../../conformance/describe-backend.js';
import { eventually } from '../../conformance/eventually.js';
import { processOf } from '../../programs/oracle.js';

forEachBackend((scene) => {
  /** What is there once the leader has ended: its state first, so that a leader reaped too early is seen beside who lives. */
  const afterLeader = (pid: number): Promise<{ readonly state: string | undefined; readonly alive: number }> =>
    eventually(
      () => {
        const state = processOf(pid)?.state;
        return state === 'Z' || state === undefined ? { state, alive: scene.members().length } : undefined;
      },
      () => `the end of the leader ${String(pid)}`,
    );

  const leaderOf = (handle: RunHandle): Promise<number> =>
    eventually(
      () => handle.pid,
      () => 'a pid',
    );

  it('EXE-19: keeps the leader unreaped while a member has its grace period', async () => {
    const options = { containment: 'group', graceMs: 60_000 } as const;
    const handle = scene.start('leave-behind', ['held', 'ignore', 'stay'], options);
    await scene.output(handle, 'left');
    const leader = await leaderOf(handle);
    handle.stop(); // which ends the leader alone
    if (scene.hasEngine) expect(await afterLeader(leader)).toEqual({ state: 'Z', alive: 1 });
    handle.kill();
    expect((await handle.result).cleanup).toMatchObject({ leaderReaped: true, survivors: [] });
    expect(processOf(leader)).toBeUndefined();
  });

  it('EXE-19: reaps the leader of a straggler that has to be killed last', async () => {
    const handle = scene.start('leave-behind', ['held', 'ignore'], { containment: 'group' });
    await scene.output(handle, 'left');
    const leader = await leaderOf(handle);
    if (scene.hasEngine) {
      // Either may have been missed: both end within a fifth of a second.
      const { state, alive } = await afterLeader(leader);
      expect(state === undefined ? alive : 0, 'members that outlived the reaping').toBe(0);
    }
    expect((await handle.result).cleanup).toMatchObject({ leaderReaped: true, survivors: [] });
    expect(processOf(leader)).toBeUndefined();
  });

  it('reaps a stopped leader by the time the run has settled', async () => {
    const handle = await scene.startReady('fork-tree', ['1', '2', 'ignore'], { graceMs: 50 });
    handle.stop();
    await handle.result;
    expect(processOf(handle.pid ?? 0)).toBeUndefined();
  });
});
