// Promised    : a sync run blocks its caller and gives what the same run would give otherwise, with the same guarantees.
// Not promised: that anything else of the event loop happens meanwhile.
import { describe, expect, it } from 'vitest';
import { patternBytes, patternText, hashOf } from '../programs/pattern.js';
import { forEachBackend } from './describe-backend.js';
import { START_MS } from './scene.js';

forEachBackend((scene) => {
  it('gives the same result as a run that is awaited', async () => {
    const awaited = await scene.run('drip', ['3', '0']);
    const sync = scene.runSync('drip', ['3', '0']);
    expect(Object.keys(sync).sort()).toEqual(Object.keys(awaited).sort());
    expect(sync).toMatchObject({
      outcome: awaited.outcome,
      stdout: awaited.stdout,
      stderr: awaited.stderr,
      output: awaited.output,
      success: true,
      exitCode: 0,
    });
    expect(sync.combined()).toBe(awaited.combined());
  });

  it('feeds input', () => {
    const input = patternBytes(0, 500_000);
    expect(scene.runSync('read-stdin', [], { input }).stdout).toBe(`500000 ${String(hashOf(input))}\n`);
  });

  it('keeps head and tail of a large output', () => {
    const result = scene.runSync('flood', ['1000000'], { maxOutputBytes: 4096 });
    expect(result.output.stdout).toMatchObject({ totalBytes: 1_000_000, keptBytes: 4096, truncated: true });
    expect(result.stdout.startsWith(patternText(0, 1024))).toBe(true);
    expect(result.stdout.endsWith(patternText(1_000_000 - 3072 + 64, 1_000_000))).toBe(true);
  });

  it('reads both streams at once', () => {
    const result = scene.runSync('flood', ['500000', 'both']);
    expect(result.stdout === patternText(0, 500_000) && result.stderr === patternText(0, 500_000)).toBe(true);
  });

  it('reports exit codes, signals and what was not started', () => {
    expect(scene.runSync('exit-by', ['code', '9']).outcome).toEqual({ kind: 'exited', exitCode: 9 });
    expect(scene.runSync('exit-by', ['signal', '9']).outcome).toMatchObject({ kind: 'signaled', signal: 'SIGKILL' });
    expect(scene.runner.runSync('custody-no-such-command')).toMatchObject({
      exitCode: 127,
      outcome: { kind: 'not-started', error: { code: 'COMMAND_NOT_FOUND' } },
    });
    expect(scene.runSync('cwd', [], { cwd: '/nonexistent' }).outcome).toMatchObject({
      error: { code: 'WORKING_DIRECTORY_NOT_FOUND' },
    });
  });

  it('throws with reject', () => {
    expect(() => scene.runSync('exit-by', ['code', '9'], { reject: true })).toThrow(
      expect.objectContaining({ name: 'CommandFailedError', code: 'NON_ZERO_EXIT' }) as Error,
    );
  });

  it('gives bytes with encoding buffer', () => {
    const result = scene.runner.runSync(scene.probe, ['args', 'x'], { encoding: 'buffer' });
    expect(Buffer.from(result.stdout).toString()).toBe('x\0');
  });

  it('does nothing when its signal was aborted before', () => {
    const result = scene.runSync('wait', [], { signal: AbortSignal.abort() });
    expect(result.outcome).toMatchObject({ kind: 'not-started', cause: 'cancelled' });
  });

  describe('guarantees', () => {
    it('holds its deadline', () => {
      const result = scene.runSync('wait', [], { timeoutMs: START_MS });
      expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'timeout' });
      expect(result).toMatchObject({ timedOut: true, stdout: 'ready\n' });
      expect(scene.members()).toEqual([]);
    });

    it('kills what ignores the request', () => {
      const result = scene.runSync('fork-tree', ['1', '2', 'ignore'], { timeoutMs: START_MS, graceMs: 100 });
      expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'timeout', manner: 'forced' });
      expect(scene.members()).toEqual([]);
    });

    it('settles although a grandchild holds the pipe', () => {
      const result = scene.runSync('leave-behind', ['held']);
      expect(result.outcome).toEqual({ kind: 'exited', exitCode: 0 });
      expect(result.cleanup.killed).toHaveLength(1);
      expect(scene.members()).toEqual([]);
    });

    it('ends a background job', () => {
      expect(scene.runSync('leave-behind').cleanup.killed).toHaveLength(1);
      expect(scene.members()).toEqual([]);
    });
  });

  it('leaves runs of the event loop alone', async () => {
    const before = await scene.startReady('wait');
    expect(scene.runSync('args', ['x']).stdout).toBe('x\0');
    expect(before.state).toBe('running');
    const after = await scene.run('args', ['y']);
    expect(after.stdout).toBe('y\0');
    before.stop();
    expect((await before.result).outcome).toMatchObject({ manner: 'graceful' });
  });

  it('works many times in a row', () => {
    for (let done = 0; done < 20; done++) expect(scene.runSync('args', ['x']).stdout).toBe('x\0');
  });
});
