// Promised    : a limit that the capabilities call held ends the run when it is exceeded, whichever process exceeds it where it
//               is held for all together, and says what was used; one that nothing holds is named, or refused with
//               strictLimits. The first cause is kept.
// Not promised: how far beyond a limit a tree can get before it is seen.
import { describe, expect, it } from 'vitest';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LimitName, ResourceLimits, RunOptions, RunResult } from '../../src/index.js';
import type { ProbeRole } from '../programs/roles.js';
import { eventually } from './eventually.js';
import { forEachBackend } from './describe-backend.js';
import type { BackendScene } from './scene.js';

const MIB = 1_048_576;

/** Valid for every limit, and beyond what the probe needs. */
const ROOMY = 4_000_000;

/** How long a command goes on whose limit nothing holds. */
const UNLIMITED_MS = 2_000;

interface Excess {
  readonly limits: ResourceLimits;
  readonly role: ProbeRole;
  readonly args: readonly string[];
  /** It takes several processes, none of which exceeds anything alone. */
  readonly takesTree: boolean;
}

const excesses: readonly Excess[] = [
  { limits: { memoryBytes: 48 * MIB }, role: 'eat-memory', args: ['96', '1'], takesTree: false },
  { limits: { memoryBytes: 96 * MIB }, role: 'eat-memory', args: ['48', '4'], takesTree: true },
  { limits: { cpuTimeMs: 300 }, role: 'spin', args: ['1'], takesTree: false },
  { limits: { cpuTimeMs: 600 }, role: 'spin', args: ['4'], takesTree: true },
  { limits: { maxProcesses: 4 }, role: 'fork-tree', args: ['2', '2'], takesTree: true },
];

function nameIn(limits: ResourceLimits): LimitName {
  return Object.keys(limits)[0] as LimitName;
}

function reachOf(scene: BackendScene, name: LimitName, { containment }: RunOptions = {}): string {
  return scene.capabilities.containment[containment ?? scene.capabilities.defaultContainment].limits[name].reach;
}

function expectBreach(result: RunResult, limit: LimitName, limits: ResourceLimits): void {
  expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'resource-limit', manner: 'forced' });
  expect(result.breach).toMatchObject({ limit, allowed: limits[limit] });
  expect(result.breach?.used).toBeGreaterThanOrEqual(limits[limit] ?? Infinity);
  expect(result).toMatchObject({ success: false, timedOut: false, cancelled: false, unenforcedLimits: [] });
  expect(result.reason).toContain(limit);
}

forEachBackend((scene) => {
  describe('LIM-02, LIM-04: a limit that is exceeded', () => {
    it.each(excesses)('$limits ends $role $args where it is held', async ({ limits, role, args, takesTree }) => {
      const name = nameIn(limits);
      const reach = reachOf(scene, name);
      const isHeld = reach === 'tree' || (reach === 'process' && !takesTree);
      const result = await scene.run(role, args, { limits, timeoutMs: isHeld ? 30_000 : UNLIMITED_MS, graceMs: 0 });
      expect(scene.members()).toEqual([]);
      if (isHeld) {
        expectBreach(result, name, limits);
        return;
      }
      expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'timeout' });
      expect(result).toMatchObject({ breach: null, unenforcedLimits: reach === 'none' ? [name] : [] });
    });

    it('is told by a synchronous run too', () => {
      const limits = { maxProcesses: 4 };
      const isHeld = reachOf(scene, 'maxProcesses') === 'tree';
      const result = scene.runSync('fork-tree', ['2', '2'], {
        limits,
        timeoutMs: isHeld ? 30_000 : UNLIMITED_MS,
        graceMs: 0,
      });
      expect(scene.members()).toEqual([]);
      if (isHeld) expectBreach(result, 'maxProcesses', limits);
      else expect(result.unenforcedLimits).toEqual(['maxProcesses']);
    });

    it('ends a leader that writes a larger file', async () => {
      const limits = { maxFileSizeBytes: 10_000 };
      const file = join(scene.directory, 'large');
      const result = await scene.run('write-file', [file, '100000'], { limits });
      expect(existsSync(file)).toBe(true);
      if (reachOf(scene, 'maxFileSizeBytes') !== 'none') {
        expectBreach(result, 'maxFileSizeBytes', limits);
        return;
      }
      expect(result).toMatchObject({ success: true, unenforcedLimits: ['maxFileSizeBytes'] });
    });

    it('keeps a process from opening more files, which is no breach', async () => {
      const result = await scene.run('open-files', [], { limits: { maxOpenFiles: 20 } });
      const isHeld = reachOf(scene, 'maxOpenFiles') !== 'none';
      if (isHeld) expect(result.stdout).toBe('19');
      else expect(Number(result.stdout)).toBeGreaterThan(19);
      expect(result).toMatchObject({
        success: true,
        breach: null,
        unenforcedLimits: isHeld ? [] : ['maxOpenFiles'],
      });
    });

    it('is the cause even of a leader that has ended by the time it is told, and a throw with reject', async () => {
      const limits = { cpuTimeMs: 300 };
      if (reachOf(scene, 'cpuTimeMs') === 'none') return;
      const run = scene.run('spin', ['1'], { limits, reject: true });
      await expect(run).rejects.toMatchObject({ code: 'RESOURCE_LIMIT', result: { breach: { limit: 'cpuTimeMs' } } });
    });
  });

  describe('a limit that is not exceeded', () => {
    it('LIM-01: does nothing, all of them together', async () => {
      const limits = {
        ...{ memoryBytes: 512 * MIB, cpuTimeMs: 60_000, maxProcesses: 16 },
        ...{ maxOpenFiles: 64, maxFileSizeBytes: MIB },
      };
      const result = await scene.run('sleep', ['250'], { limits });
      expect(result).toMatchObject({ success: true, breach: null });
    });

    it('counts memory that processes share once', async () => {
      // 128 MiB in each of five, all the same pages: 640 MiB of resident memory, one fifth of that in use.
      const handle = await scene.startReady('eat-memory', ['128', '5', 'shared'], {
        // A sanitizer that is preloaded keeps several times of what its host uses.
        env: { LD_PRELOAD: undefined },
        limits: { memoryBytes: 384 * MIB },
      });
      await scene.eventuallyMembers(5);
      // Looks happen every 100 ms; another command runs from start to end meanwhile.
      await scene.run('sleep', ['400']);
      expect(handle.state).toBe('running');
      handle.kill();
      expect(await handle.result).toMatchObject({ cancelled: true, breach: null });
    });

    it('passes the next command by', async () => {
      await scene.run('fork-tree', ['2', '2'], { limits: { maxProcesses: 3 }, timeoutMs: UNLIMITED_MS, graceMs: 0 });
      const handle = await scene.startReady('fork-tree', ['2', '2']);
      await scene.run('sleep', ['250']);
      expect(handle.state).toBe('running');
      handle.kill();
      expect(await handle.result).toMatchObject({ breach: null, unenforcedLimits: [] });
    });
  });

  describe('LIM-07: a limit that nothing holds', () => {
    it.each(['memoryBytes', 'cpuTimeMs', 'maxProcesses', 'maxOpenFiles', 'maxFileSizeBytes'] as const)(
      'is named, or refused if asked for strictly: %s',
      async (name) => {
        const options: RunOptions = { containment: 'group', limits: { [name]: ROOMY } };
        const isHeld = reachOf(scene, name, options) !== 'none';
        const loose = await scene.run('sleep', ['0'], options);
        expect(loose).toMatchObject({ success: true, unenforcedLimits: isHeld ? [] : [name] });
        const strict = await scene.run('sleep', ['0'], { ...options, strictLimits: true });
        if (isHeld) {
          expect(strict.success).toBe(true);
          return;
        }
        expect(strict).toMatchObject({
          outcome: { kind: 'not-started', error: { code: 'LIMITS_UNENFORCEABLE' } },
          unenforcedLimits: [name],
          pid: null,
          cleanup: { status: 'not-needed' },
        });
        expect(strict.outcome).toHaveProperty('error.message', expect.stringContaining(name));
      },
    );

    it('is not spoken of where there are none', async () => {
      const result = await scene.run('sleep', ['0'], { strictLimits: true, limits: {} });
      expect(result).toMatchObject({ success: true, breach: null, unenforcedLimits: [] });
      expect(Object.isFrozen(result.unenforcedLimits)).toBe(true);
    });
  });

  it('keeps an earlier cause', async () => {
    if (reachOf(scene, 'cpuTimeMs') !== 'tree') return;
    const handle = scene.start('spin', ['1'], { limits: { cpuTimeMs: 10_000 }, graceMs: 1000 });
    await eventually(
      () => handle.pid,
      () => 'a pid',
    );
    handle.stop('asked to');
    expect((await handle.result).outcome).toMatchObject({ kind: 'stopped', cause: 'cancelled' });
  });

  it('holds for everything of a runner whose defaults name it', async () => {
    const limits = { maxProcesses: 4 };
    const runner = scene.anotherRunner({ limits, timeoutMs: UNLIMITED_MS, graceMs: 0 });
    try {
      const result = scene.record(await runner.run(scene.probe, ['fork-tree', '2', '2']));
      if (reachOf(scene, 'maxProcesses') === 'tree') expectBreach(result, 'maxProcesses', limits);
      else expect(result.unenforcedLimits).toEqual(['maxProcesses']);
    } finally {
      await runner.close();
    }
  });
});
