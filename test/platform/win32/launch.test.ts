// Promised    : arguments, names, paths and exit codes as Windows has them reach the command, and come back, unchanged.
// Not promised: a way to run what needs the registry to be opened.
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRunner } from '../../../src/index.js';
import { placeProgram } from '../../programs/probe-files.js';
import { onWindows, windowsScene } from './stage.js';

describe.runIf(onWindows)('a launch', () => {
  const scene = windowsScene();
  /** The probe's file, and its name as one types it. */
  const file = (): string => basename(scene.probe);
  const name = (): string => basename(scene.probe, '.exe');

  it('CMD-21: finds a name by the extensions of PATHEXT, and says which file it was', async () => {
    const env = { PATH: scene.directory, PATHEXT: '.NONE;.EXE' };
    const result = await scene.runner.run(name(), ['args', 'found'], { env });
    expect(scene.record(result).stdout).toBe('found\0');
  });

  it('CMD-21: finds nothing whose extension PATHEXT does not name', async () => {
    const env = { PATH: scene.directory, PATHEXT: '.CMD' };
    const { outcome } = await scene.runner.run(name(), ['args'], { env });
    expect(outcome).toMatchObject({ kind: 'not-started', error: { code: 'COMMAND_NOT_FOUND' } });
  });

  it.each(['', '.', ';', '.;;', 'C:'])('CMD-21: never looks in the current directory, with PATH %j', async (path) => {
    const options = { cwd: scene.directory, env: { PATH: path } };
    const { outcome } = await scene.runner.run(file(), ['args'], options);
    expect(outcome).toMatchObject({ kind: 'not-started', error: { code: 'COMMAND_NOT_FOUND' } });
  });

  it('CMD-21: takes a path with slashes from the working directory', async () => {
    const result = await scene.runner.run(`./${name()}`, ['args', 'here'], { cwd: scene.directory });
    expect(scene.record(result).stdout).toBe('here\0');
  });

  it('ENV-05: passes one variable for names that differ in case', async () => {
    const result = await scene.run('env', [], { env: { PaTh: scene.directory } });
    const paths = result.stdout.split('\0').filter((entry) => /^path=/i.test(entry));
    expect(paths).toEqual([`PaTh=${scene.directory}`]);
  });

  /** The names that a command has, but for those that Wine adds at the end of every environment. */
  function namesIn(stdout: string): string[] {
    const names = stdout.split('\0').map((entry) => (entry.split('=')[0] ?? '').toUpperCase());
    return names.filter((name) => name !== '' && !/^WINE|^SYSTEMDRIVE$/.test(name));
  }

  it('ENV-05: holds SystemRoot and nothing else beside what is given in mode replace', async () => {
    const result = await scene.run('env', [], { envMode: 'replace', env: { A: '1' } });
    expect(namesIn(result.stdout)).toEqual(['A', 'SYSTEMROOT']);
  });

  it('ENV-05: sorts the variables by name', async () => {
    const env = { zz_last: '1', AA_FIRST: '2', aa_second: '3', Ab: '4' };
    const result = await scene.run('env', [], { envMode: 'replace', env });
    const names = namesIn(result.stdout).filter((name) => name !== 'SYSTEMROOT');
    expect(names).toEqual(['AA_FIRST', 'AA_SECOND', 'AB', 'ZZ_LAST']);
  });

  it.each([256, 259, 65_536, 0x7fff_ffff, 0xffff_ffff])('RES-03: reports exit code %d whole', async (code) => {
    expect((await scene.run('exit-by', ['code', String(code)])).outcome).toEqual({ kind: 'exited', exitCode: code });
  });

  it('EXE-16: reports a crash by the name of its exception', async () => {
    const failure = scene.run('exit-by', ['abort'], { reject: true });
    await expect(failure).rejects.toMatchObject({
      code: 'PROCESS_CRASHED',
      message: `${file()} was ended by STATUS_ACCESS_VIOLATION`,
    });
  });

  it('CMD-16: runs a program whose path is longer than 260 characters', async () => {
    const folder = join(scene.directory, ...Array.from({ length: 6 }, () => 'long'.repeat(12)));
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'probe.exe');
    placeProgram(scene.probe, file);
    expect(file.length).toBeGreaterThan(300);
    expect(scene.record(await scene.runner.run(file, ['args', 'deep'])).stdout).toBe('deep\0');
  });

  it('CMD-16: refuses a command line of more than 32 767 characters', async () => {
    const result = await scene.run('args', ['x'.repeat(32_768)]);
    expect(result.outcome).toMatchObject({ kind: 'not-started', error: { code: 'ARGV_TOO_LONG' } });
  });

  it('OUT-02: without the engine, one stream for both is refused and not faked', async () => {
    const runner = createRunner({ native: 'off' });
    try {
      const { outcome } = await runner.run(scene.probe, ['args', 'x'], { stdio: 'merged' });
      expect(outcome).toMatchObject({ kind: 'not-started', error: { operation: 'pipe', errno: 'ENOTSUP' } });
    } finally {
      await runner.close();
    }
  });

  it('hands no handle over but the three streams', async () => {
    const result = await scene.run('fds', [], { stdin: 'ignore' });
    expect(result.stdout.trim().split('\n').length).toBeLessThanOrEqual(3);
  });
});
