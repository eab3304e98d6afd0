// Promised    : whatever a command starts is in its job, and ends with it: after a stop, after the leader's own end, and when
//               the host is killed; also where the host is in a job itself.
// Not promised: what a service starts on somebody's request.
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../conformance/eventually.js';
import { Host } from '../../programs/host.js';
import { processesOf } from '../../programs/oracle.js';
import { bundleFile, placeProgram } from '../../programs/probe-files.js';
import { onWindows, windowsScene } from './stage.js';

const hostProgram = join(import.meta.dirname, '..', '..', 'programs', 'probe.mjs');
const hostEnvironment = {
  NODE_OPTIONS: '',
  CUSTODY_NATIVE: 'require',
  CUSTODY_TEST_MODULE: pathToFileURL(bundleFile).href,
};

describe.runIf(onWindows)('a job', () => {
  const scene = windowsScene();

  async function gone(executable: string): Promise<void> {
    await eventually(
      () => processesOf(executable).length === 0,
      () => `nobody of ${executable}; there are ${JSON.stringify(processesOf(executable))}`,
    );
  }

  it('EXE-05: confirms a stop that ended a tree of fifteen', async () => {
    const handle = await scene.startReady('fork-tree', ['3', '2'], { graceMs: 0 });
    expect(scene.members()).toHaveLength(15);
    handle.stop();
    const { cleanup, outcome } = await handle.result;
    expect(outcome).toEqual({ kind: 'stopped', cause: 'cancelled', manner: 'forced', status: { terminated: 1 } });
    expect(cleanup).toMatchObject({ status: 'confirmed', mechanism: 'job', leaderReaped: true, survivors: [] });
    expect(cleanup.steps.map(({ signal, scope }) => [signal, scope])).toEqual([['TerminateJobObject', 'tree']]);
    expect(scene.members()).toEqual([]);
  });

  it('EXE-15: ends a tree of four when the host is killed hard', async () => {
    const host = new Host('stay', { native: 'require', args: [scene.probe] });
    try {
      await host.line('up');
      expect(scene.members().length).toBeGreaterThanOrEqual(4);
      host.signal('SIGKILL');
      await host.ending();
      await gone(scene.probe);
    } finally {
      await host.close();
    }
  });

  it('EXE-15: ends the commands of a host that is in a job itself, with that job', async () => {
    const handle = scene.runner.start(process.execPath, [hostProgram, 'stay', scene.probe], {
      env: hostEnvironment,
      graceMs: 0,
    });
    await scene.output(handle, 'up');
    expect(scene.members().length).toBeGreaterThanOrEqual(4);
    handle.stop();
    expect((await handle.result).cleanup).toMatchObject({ status: 'confirmed', survivors: [] });
    await gone(scene.probe);
  });

  it('EXE-05: holds a tree within a job that is within a job', async () => {
    const inner = join(scene.directory, 'inner.exe');
    placeProgram(scene.probe, inner);
    const result = await scene.runner.run(process.execPath, [hostProgram, 'relay', inner, 'ids'], {
      env: hostEnvironment,
    });
    expect(scene.record(result).outcome).toEqual({ kind: 'exited', exitCode: 0 });
    expect(result.stdout).toMatch(/^\d+ /);
    await gone(inner);
  });

  it('names a grandchild that lingers, and ends it', async () => {
    const result = await scene.run('leave-behind');
    const pid = Number(/left (\d+)/.exec(result.stdout)?.[1]);
    expect(result.cleanup.killed).toEqual([{ pid, name: basename(scene.probe) }]);
    expect(result.cleanup.status).toBe('confirmed');
    expect(scene.members()).toEqual([]);
  });

  it('lets a grandchild go that its policy lets live', async () => {
    const result = await scene.run('leave-behind', [], { stragglers: 'leave' });
    expect(result.cleanup).toMatchObject({ status: 'kept' });
    expect(scene.members()).toHaveLength(1);
    await scene.endSurvivors();
  });

  it('carries 64 MiB through its pipes', async () => {
    const bytes = 64 * 1024 * 1024;
    const result = await scene.run('flood', [String(bytes)]);
    expect(result.output.stdout).toMatchObject({ totalBytes: bytes, complete: true });
  });

  it('takes 64 MiB of input', async () => {
    const bytes = 64 * 1024 * 1024;
    const result = await scene.run('read-stdin', [], { input: new Uint8Array(bytes) });
    expect(result.stdout.split(' ')[0]).toBe(String(bytes));
  });
});
