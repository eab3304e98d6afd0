// Promised    : the eight cases of test/cases in the shape that they have on Windows: whatever ends a command, a host included,
//               nothing of it lives on, and what was left behind is named.
// Not promised: a polite end (soft steps are asked for where Windows can deliver them).
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../../src/index.js';
import { Host } from '../../programs/host.js';
import { onWindows, windowsScene } from './stage.js';

/** Enough for a tree to be there before its deadline. */
const TIMEOUT_MS = 5_000;
const GRACE_MS = 200;

describe.runIf(onWindows)('case', () => {
  const scene = windowsScene();

  function expectAllEnded(result: RunResult): void {
    expect(result.cleanup).toMatchObject({ status: 'confirmed', mechanism: 'job', leaderReaped: true, survivors: [] });
    expect(scene.members()).toEqual([]);
  }

  /** The process that `leave-behind` says it left. */
  function expectNamed({ stdout, cleanup }: RunResult): void {
    const pid = Number(/left (\d+)/.exec(stdout)?.[1]);
    expect(cleanup.killed).toEqual([{ pid, name: scene.probeName }]);
  }

  it('A (EXE-12, EXE-11): the leader exits and a grandchild holds its output', async () => {
    const result = await scene.run('leave-behind', ['held']);
    expect(result.outcome).toEqual({ kind: 'exited', exitCode: 0 });
    expectNamed(result);
    expectAllEnded(result);
  });

  it('B (EXE-08): a timeout while the work is in grandchildren', async () => {
    const result = await scene.run('fork-tree', ['2', '1'], { timeoutMs: TIMEOUT_MS, graceMs: GRACE_MS });
    expect(result.stdout).toBe('ready 3\n');
    expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'timeout' });
    expectAllEnded(result);
  });

  it('C (EXE-08): a child that ignores a request to end', async () => {
    const handle = await scene.startReady('ignore-terminate', [], { graceMs: GRACE_MS });
    handle.stop();
    const result = await handle.result;
    expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'cancelled', manner: 'forced' });
    expect(result.cleanup.steps.at(-1)).toMatchObject({ signal: 'TerminateJobObject', scope: 'tree' });
    expectAllEnded(result);
  });

  it('D (EXE-05, EXE-09): a detached grandchild that asks to leave its job', async () => {
    const handle = scene.start('leave-behind', ['setsid', 'stay'], { graceMs: GRACE_MS });
    await scene.output(handle, 'left');
    expect(scene.members()).toHaveLength(2);
    handle.stop();
    expectAllEnded(await handle.result);
  });

  it('E (EXE-11): a normal end that leaves a background job', async () => {
    const result = await scene.run('leave-behind');
    expect(result.outcome).toEqual({ kind: 'exited', exitCode: 0 });
    expectNamed(result);
    expectAllEnded(result);
  });

  it('F (EXE-09): an AbortSignal', async () => {
    const controller = new AbortController();
    const handle = await scene.startReady('fork-tree', ['2', '1'], { signal: controller.signal, graceMs: GRACE_MS });
    controller.abort();
    const result = await handle.result;
    expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'cancelled' });
    expectAllEnded(result);
  });

  async function withHost(role: 'exit' | 'throw' | 'stay', body: (host: Host) => Promise<void>): Promise<void> {
    const host = new Host(role, { native: 'require', args: [scene.probe] });
    try {
      await host.line('up');
      await body(host);
      await scene.eventuallyMembers(0);
    } finally {
      scene.record(await host.close());
    }
  }

  it.each([
    ['calls process.exit', 'exit', 3],
    ['throws', 'throw', 1],
  ] as const)('G (EXE-15): the host %s', async (_what, role, code) => {
    await withHost(role, async (host) => {
      expect(await host.ending()).toMatchObject({ code, signal: null });
    });
  });

  it('H (EXE-15): the host is killed', async () => {
    await withHost('stay', async (host) => {
      expect(scene.members().length).toBeGreaterThan(1);
      host.signal('SIGKILL');
      await host.ending();
    });
  });
});
