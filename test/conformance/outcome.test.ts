// Promised    : how a run ended is told by one closed union, and every other field of the result agrees with it.
// Not promised: a core dump; probes switch it off.
import { describe, expect, it } from 'vitest';
import { parseResult } from '../../src/core/parse-result.js';
import { CommandFailedError } from '../../src/index.js';
import { forEachBackend } from './describe-backend.js';

forEachBackend((scene) => {
  it.each([0, 1, 2, 42, 127, 128, 143, 255])('RES-03: reports exit code %i as it is', async (code) => {
    const result = await scene.run('exit-by', ['code', String(code)]);
    expect(result.outcome).toEqual({ kind: 'exited', exitCode: code });
    expect(result).toMatchObject({
      exitCode: code,
      signal: null,
      success: code === 0,
      timedOut: false,
      cancelled: false,
    });
    expect(result.cleanup).toMatchObject({ status: scene.capabilities.cleanup, leaderReaped: true, survivors: [] });
  });

  it.each([
    { signal: 'SIGHUP', number: 1 },
    { signal: 'SIGKILL', number: 9 },
    { signal: 'SIGSEGV', number: 11 },
    { signal: 'SIGTERM', number: 15 },
    { signal: 'SIGUSR1', number: 10 },
  ])('tells $signal from an exit code', async ({ signal, number }) => {
    const result = await scene.run('exit-by', ['signal', String(number)]);
    expect(result.outcome).toEqual({ kind: 'signaled', signal, coreDumped: false });
    expect(result).toMatchObject({ exitCode: -1, signal, success: false, cancelled: false, stdout: 'partial\n' });
  });

  it('reports an abort as its signal', async () => {
    const result = await scene.run('exit-by', ['abort']);
    expect(result.outcome).toEqual({ kind: 'signaled', signal: 'SIGABRT', coreDumped: false });
  });

  it('reports the end by a signal that came from elsewhere', async () => {
    const handle = await scene.startReady('wait');
    const [leader] = await scene.eventuallyMembers(1);
    process.kill(leader?.pid ?? NaN, 'SIGKILL');
    expect((await handle.result).outcome).toEqual({ kind: 'signaled', signal: 'SIGKILL', coreDumped: false });
  });

  describe('the rest of the result', () => {
    it('RES-04: holds times that agree with each other', async () => {
      const before = Date.now();
      const began = performance.now();
      const result = await scene.run('sleep', ['100']);
      // Not the wall clock again: it is set forward and back, and Node on Windows makes its own anew every minute.
      const after = before + performance.now() - began;
      const [start, end] = [Date.parse(result.startTime), Date.parse(result.endTime)];
      expect(result.startTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(start).toBeGreaterThanOrEqual(before - 1);
      expect(end).toBeLessThanOrEqual(after + 1);
      expect(result.durationMs).toBeGreaterThanOrEqual(100);
      expect(Math.abs(end - start - result.durationMs)).toBeLessThanOrEqual(1.5);
    });

    it('RES-01, RES-13: names the backend, the containment and the run', async () => {
      const [one, other] = await Promise.all([scene.run('args'), scene.run('args')]);
      expect(one.backend).toBe(scene.capabilities.backend);
      expect(one.containment).toBe(scene.capabilities.defaultContainment);
      expect(one.id).toMatch(/^exec-/);
      expect(one.id).not.toBe(other.id);
    });

    it('RES-09: is frozen and survives JSON', async () => {
      const result = await scene.run('drip', ['4', '0', 'alternate']);
      expect(Object.isFrozen(result)).toBe(true);
      const parsed = parseResult(JSON.stringify(result));
      expect({ ...parsed }).toEqual({ ...result });
      expect(parsed.combined()).toBe(result.combined());
      expect(parsed.segments()).toEqual(result.segments());
    });

    it('LIM-05: tells the processor time of leader or tree, or that it is unknown', async () => {
      const { usage, containment } = await scene.run('flood', [String(32 * 1024 * 1024)]);
      expect(usage.scope).toBe(containment === 'group' ? 'leader' : 'tree');
      if (scene.capabilities.usage) {
        expect((usage.userMs ?? 0) + (usage.systemMs ?? 0)).toBeGreaterThan(1);
      } else {
        expect(usage).toMatchObject({ userMs: null, systemMs: null });
      }
    });

    it('LIM-05: never reports a peak of memory that is the host`s', async () => {
      const { peakRssBytes } = (await scene.run('args')).usage;
      if (peakRssBytes !== null) expect(peakRssBytes).toBeLessThan(32 * 1024 * 1024);
    });
  });

  describe('with reject', () => {
    it('EXE-02: throws a failed run with its result', async () => {
      const error: unknown = await scene
        .run('exit-by', ['code', '3'], { reject: true })
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(CommandFailedError);
      expect(error).toMatchObject({ code: 'NON_ZERO_EXIT', result: { exitCode: 3, stdout: 'partial\n' } });
    });

    it('resolves a run that succeeded', async () => {
      expect((await scene.run('args', ['x'], { reject: true })).stdout).toBe('x\0');
    });

    it('throws what was not started, with a code of its own', async () => {
      await expect(scene.runner.run('custody-no-such-command', [], { reject: true })).rejects.toMatchObject({
        code: 'COMMAND_NOT_FOUND',
      });
      await expect(scene.run('cwd', [], { cwd: '/nonexistent', reject: true })).rejects.toMatchObject({
        name: 'WorkingDirectoryError',
        code: 'WORKING_DIRECTORY_NOT_FOUND',
      });
    });

    it.each([
      { ending: 'a timeout', role: 'wait', args: [], options: { timeoutMs: 100 }, code: 'TIMEOUT' },
      { ending: 'a crash', role: 'exit-by', args: ['signal', '11'], options: {}, code: 'PROCESS_CRASHED' },
      {
        ending: 'too much output',
        role: 'flood',
        args: ['99999999'],
        options: { maxOutputBytes: 1024, onOverflow: 'kill' },
        code: 'OUTPUT_LIMIT',
      },
    ] as const)('gives $ending the code $code', async ({ role, args, options, code }) => {
      await expect(scene.run(role, args, { ...options, reject: true })).rejects.toMatchObject({ code });
    });
  });

  describe('containment', () => {
    it('is what was asked for by name', async () => {
      for (const level of ['tree', 'strict', 'group'] as const) {
        const { available, escapeProof } = scene.capabilities.containment[level];
        if (!available) continue;
        const result = await scene.run('args', [], { containment: level });
        expect(result).toMatchObject({ success: true, containment: level });
        expect(result.cleanup.status).toBe(escapeProof ? 'confirmed' : 'confirmed-group-only');
      }
    });

    it('EXE-09: ends whoever leaves the group, where it is escape-proof', async () => {
      for (const level of ['tree', 'strict'] as const) {
        if (!scene.capabilities.containment[level].available) continue;
        const result = await scene.run('leave-behind', ['setsid', 'ignore'], { containment: level });
        expect(scene.members()).toEqual([]);
        expect(result.cleanup).toMatchObject({ status: 'confirmed', killed: [{ pid: expect.any(Number) as number }] });
      }
    });

    it('is none on request: settled by the start, ended by nobody', async () => {
      if (!scene.capabilities.containment.none.available) return;
      const result = await scene.run('sleep', ['20000'], { containment: 'none' });
      expect(result).toMatchObject({ outcome: { kind: 'detached' }, success: true, containment: 'none', stdout: '' });
      expect(result.cleanup).toMatchObject({ status: 'not-needed', mechanism: 'none', steps: [] });
      expect(scene.members().map(({ pid }) => pid)).toEqual([result.pid]);
      await scene.endSurvivors();
    });

    it('is refused when it cannot be had', async () => {
      for (const level of ['tree', 'strict'] as const) {
        if (scene.capabilities.containment[level].available) continue;
        const result = await scene.run('args', [], { containment: level });
        expect(result.outcome).toMatchObject({ kind: 'not-started', error: { code: 'CONTAINMENT_UNAVAILABLE' } });
        expect(result.stdout).toBe('');
      }
    });

    it('EXE-10, RES-06: never claims more than the backend can know', async () => {
      const order = ['unconfirmed', 'confirmed-group-only', 'confirmed'];
      const result = await scene.run('leave-behind', ['setsid']);
      expect(order.indexOf(result.cleanup.status)).toBeLessThanOrEqual(order.indexOf(scene.capabilities.cleanup));
      if (result.cleanup.status === 'confirmed') expect(scene.members()).toEqual([]);
      await scene.endSurvivors();
    });
  });
});
