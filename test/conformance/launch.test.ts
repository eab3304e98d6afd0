// Promised    : arguments arrive byte for byte; the executable is looked up in the child's PATH and never implicitly in
//               the current directory; what the system refuses is a result that says what was missing.
// Not promised: how a file is run that has no known format.
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/index.js';
import { processOf } from '../programs/oracle.js';
import { forEachBackend } from './describe-backend.js';

function refusal(result: RunResult): { code: string; exitCode: number; success: boolean; pid: number | null } {
  if (result.outcome.kind !== 'not-started') throw new Error(`started: ${JSON.stringify(result.outcome)}`);
  return { code: result.outcome.error.code, exitCode: result.exitCode, success: result.success, pid: result.pid };
}

const notFound = { code: 'COMMAND_NOT_FOUND', exitCode: 127, success: false, pid: null };
const notPermitted = { code: 'PERMISSION_DENIED', exitCode: 126, success: false, pid: null };

forEachBackend((scene) => {
  it('hands every argument over byte for byte', async () => {
    const args = [
      '',
      ' ',
      'a b',
      '"quoted"',
      "it's",
      '$HOME `id` $(id)',
      '*',
      '--',
      '-n',
      'a\nb',
      '\\',
      'grüße 🙂',
      '%PATH%',
    ];
    const result = await scene.run('args', args);
    expect(result.stdout.split('\0').slice(0, -1)).toEqual(args);
  });

  it('passes arguments of 100 000 bytes', async () => {
    const result = await scene.run('args', ['x'.repeat(100_000), 'y']);
    expect(result.stdout).toBe(`${'x'.repeat(100_000)}\0y\0`);
  });

  it('accepts a command as a value', async () => {
    const result = await scene.runner.run({ file: scene.probe, args: ['args', 'one'] });
    expect(scene.record(result).stdout).toBe('one\0');
    expect(result.command).toMatchObject({ file: scene.probe, args: ['args', 'one'] });
  });

  it('starts in the working directory that was asked for', async () => {
    const result = await scene.run('cwd', [], { cwd: scene.directory });
    expect(result.stdout).toBe(scene.directory);
    expect(result.command.cwd).toBe(scene.directory);
  });

  it('starts in the directory of the host when none is given', async () => {
    expect((await scene.run('cwd')).stdout).toBe(process.cwd());
  });

  it('resolves a relative path against the working directory', async () => {
    const result = await scene.runner.run(`./${scene.bareName}`, ['cwd'], { cwd: scene.directory });
    expect(scene.record(result).stdout).toBe(scene.directory);
  });

  it('leads a process group of its own', async () => {
    const [pid, , group, session] = (await scene.run('ids')).stdout.trim().split(' ').map(Number);
    expect(group).toBe(pid);
    // Whoever is to use the terminal must stay in its session.
    if (scene.capabilities.terminal) expect(session).toBe(processOf(process.pid)?.session);
  });

  it('reports the pid that the child has', async () => {
    const result = await scene.run('ids');
    expect(result.stdout.split(' ')[0]).toBe(String(result.pid));
  });

  it('knows the pid of a child that has been heard', async () => {
    const handle = await scene.startReady('wait');
    expect(scene.members().map((member) => member.pid)).toEqual([handle.pid]);
  });

  describe('finding the executable', () => {
    it('looks in the PATH of the child', async () => {
      const result = await scene.runner.run(scene.bareName, ['args', 'found'], { env: { PATH: scene.directory } });
      expect(scene.record(result).stdout).toBe('found\0');
    });

    it('does not look in the PATH of the host when the child has another one', async () => {
      const before = process.env['PATH'];
      process.env['PATH'] = `${scene.directory}:${before ?? ''}`;
      try {
        const result = await scene.runner.run(scene.bareName, ['args'], { env: { PATH: '/nonexistent' } });
        expect(refusal(scene.record(result))).toEqual(notFound);
      } finally {
        process.env['PATH'] = before;
      }
    });

    it.each(['/nonexistent', ':/nonexistent', '/nonexistent:', '/nonexistent::/nonexistent'])(
      'does not look in the current directory with PATH %j',
      async (path) => {
        const result = await scene.runner.run(scene.bareName, ['args'], { cwd: scene.directory, env: { PATH: path } });
        expect(refusal(scene.record(result))).toEqual(notFound);
      },
    );

    it('passes over directories and files that cannot be executed', async () => {
      const [folder, plain] = [join(scene.directory, 'folder'), join(scene.directory, 'plain')];
      mkdirSync(join(folder, scene.probeName), { recursive: true });
      mkdirSync(plain);
      writeFileSync(join(plain, scene.probeName), 'text', { mode: 0o644 });
      const result = await scene.runner.run(scene.bareName, ['args', 'found'], {
        env: { PATH: `${folder}:${plain}:${scene.directory}` },
      });
      expect(scene.record(result).stdout).toBe('found\0');
    });

    it('says that permission is missing when only files without it were found', async () => {
      const plain = join(scene.directory, 'plain');
      mkdirSync(plain);
      writeFileSync(join(plain, scene.probeName), 'text', { mode: 0o644 });
      const result = await scene.runner.run(scene.bareName, ['args'], { env: { PATH: plain } });
      expect(refusal(scene.record(result))).toEqual(notPermitted);
    });
  });

  describe('what the system refuses', () => {
    it('reports an executable that does not exist', async () => {
      const result = scene.record(await scene.runner.run('custody-no-such-command'));
      expect(refusal(result)).toEqual(notFound);
      expect(result).toMatchObject({ stdout: '', stderr: '', cleanup: { status: 'not-needed' } });
    });

    it('reports a path that does not exist', async () => {
      const result = await scene.runner.run(join(scene.directory, 'missing'));
      expect(refusal(scene.record(result))).toEqual(notFound);
    });

    it('tells a missing working directory from a missing executable', async () => {
      const result = await scene.run('cwd', [], { cwd: join(scene.directory, 'missing') });
      expect(refusal(result).code).toBe('WORKING_DIRECTORY_NOT_FOUND');
    });

    it('takes a working directory that is a file for a missing one', async () => {
      const result = await scene.run('cwd', [], { cwd: scene.probe });
      expect(refusal(result).code).toBe('WORKING_DIRECTORY_NOT_FOUND');
    });

    it('tells a missing interpreter from a missing script', async () => {
      const script = join(scene.directory, 'script');
      writeFileSync(script, '#!/nonexistent/interpreter\n', { mode: 0o755 });
      const result = await scene.runner.run(script);
      expect(refusal(scene.record(result))).toEqual(notFound);
      expect(result.outcome.kind === 'not-started' && result.outcome.error.message).toContain('interpreter');
    });

    it('reports a file without permission to execute', async () => {
      const plain = join(scene.directory, 'plain');
      writeFileSync(plain, 'text', { mode: 0o644 });
      expect(refusal(scene.record(await scene.runner.run(plain)))).toEqual(notPermitted);
    });

    it('reports a directory in place of an executable', async () => {
      expect(refusal(scene.record(await scene.runner.run(scene.directory)))).toEqual(notPermitted);
    });

    it('reports a loop of links as a result', async () => {
      const loop = join(scene.directory, 'loop');
      symlinkSync(loop, loop);
      expect(refusal(scene.record(await scene.runner.run(loop))).success).toBe(false);
    });

    it('reports a file of unknown format as a result', async () => {
      const odd = join(scene.directory, 'odd');
      writeFileSync(odd, Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 0]));
      chmodSync(odd, 0o755);
      expect((await scene.runner.run(odd)).success).toBe(false);
    });

    it('reports an argument beyond the limit of the system', async () => {
      const result = await scene.run('args', ['x'.repeat(3_000_000)]);
      expect(refusal(result).code).toBe('ARGV_TOO_LONG');
    });

    it('reports arguments that are too long together', async () => {
      const result = await scene.run(
        'args',
        Array.from({ length: 80 }, () => 'x'.repeat(100_000)),
      );
      expect(refusal(result).code).toBe('ARGV_TOO_LONG');
    });

    it('goes on working after refusals', async () => {
      await Promise.all(Array.from({ length: 20 }, () => scene.runner.run('custody-no-such-command')));
      expect((await scene.run('args', ['fine'])).stdout).toBe('fine\0');
    });
  });
});
