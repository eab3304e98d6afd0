// Promised    : with `shell: 'cmd'` the line reaches cmd.exe as it was written, arguments reach the command as they were given,
//               and every rule of a run holds for all that the line starts. On both backends.
// Not promised: an argument with a double quote or a line break, which is refused before anything runs.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { forEachBackend } from '../../conformance/describe-backend.js';
import { onWindows } from './stage.js';

const inert = [
  ...[
    '',
    ' ',
    'a b',
    'a&b',
    'a|b',
    'a>b',
    '<',
    'a^b',
    '(x)',
    '!PATH!',
    '%PATH%',
    '100%',
    '%',
    'a,b;c=d',
    "it's",
    '*',
    '~',
  ],
  ...['a\\', 'a b\\', 'C:\\a b\\', '\ttab', '-n', '@', 'ü€💥', '& echo injected > injected &'],
];

describe.runIf(onWindows)('a line of cmd.exe', () => {
  forEachBackend((scene) => {
    const cmd = { shell: 'cmd' } as const;

    it('SHL-03, SHL-08: hands on every argument as it was given', async () => {
      const options = { ...cmd, cwd: scene.directory };
      const result = scene.record(await scene.runner.run(`"${scene.probe}" args`, inert, options));
      expect(result.stdout.split('\0').slice(0, -1)).toEqual(inert);
      expect(existsSync(join(scene.directory, 'injected'))).toBe(false);
    });

    it('SHL-03: keeps its own quotation marks', async () => {
      const line = `"${scene.probe}" args "a b" c"d e"f`;
      expect(scene.record(await scene.runner.run(line, [], cmd)).stdout).toBe('a b\0cd ef\0');
    });

    it('SHL-03: runs what stands behind && after success', async () => {
      const yes = scene.record(await scene.runner.run(`"${scene.probe}" args 1&&"${scene.probe}" args 2`, [], cmd));
      expect(yes.stdout).toBe('1\0' + '2\0');
    });

    it('SHL-03: does not run what stands behind && after a failure', async () => {
      const line = `"${scene.probe}" exit-by code 3&&"${scene.probe}" args 2`;
      const result = scene.record(await scene.runner.run(line, [], cmd));
      expect(result).toMatchObject({ stdout: 'partial\n', outcome: { kind: 'exited', exitCode: 3 } });
    });

    it('SHL-03: redirects to files of the directory', async () => {
      const line = `"${scene.probe}" args kept>"out file.txt"`;
      const result = scene.record(await scene.runner.run(line, [], { ...cmd, cwd: scene.directory }));
      expect(result).toMatchObject({ stdout: '', stderr: '', success: true });
      expect(readFileSync(join(scene.directory, 'out file.txt'), 'utf8')).toBe('kept\0');
    });

    it('SHL-07: reports the exit code of the line, and stands in the result', async () => {
      const result = scene.record(await scene.runner.run('exit 300', [], cmd));
      expect(result.outcome).toEqual({ kind: 'exited', exitCode: 300 });
      expect(result.command.shell).toBe('cmd');
      expect(result.command.resolvedFile).toMatch(/\\system32\\cmd\.exe$/i);
    });

    it.each(['a"b', 'a\nb', 'a\rb'])('SHL-08: refuses the argument %j before anything runs', async (argument) => {
      const call = scene.runner.run('echo', [argument], cmd);
      await expect(call).rejects.toMatchObject({ code: 'VALIDATION_FAILED', issues: [{ property: 'args[0]' }] });
    });

    it('SHL-02: works with runSync', () => {
      const result = scene.record(scene.runner.runSync(`"${scene.probe}" args`, ['a & b', ''], cmd));
      expect(result.stdout).toBe('a & b\0\0');
    });

    it('SHL-08: a deadline ends everything that the line started', async () => {
      const options = { ...cmd, timeoutMs: 2_000, graceMs: 0 };
      const result = scene.record(await scene.runner.run(`"${scene.probe}" wait & rem`, [], options));
      expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'timeout' });
      expect(scene.members()).toEqual([]);
    });
  });
});
