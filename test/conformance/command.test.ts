// Promised    : a Command runs like the object it was made from; what a system would not pass is refused before anything starts; with
//               a root no command runs outside of it.
// Not promised: confinement of what a command does once it runs.
import { readFileSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  Command,
  CommandValidationError,
  createRunner,
  parseCommandLine,
  type CustodyRunner,
  type RunResult,
} from '../../src/index.js';
import { placeProgram } from '../programs/probe-files.js';
import { forEachBackend } from './describe-backend.js';
import { givenVariables } from './given-variables.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

forEachBackend((scene) => {
  it('CMD-01: a Command is taken by run, start and runSync, and options win over it', async () => {
    const command = Command.create(scene.probe)
      .withArguments('env')
      .withEnvironmentMode('replace')
      .withEnvironment('A', '1')
      .withSecret('TOKEN', 'hunter2')
      .build();
    const variables = ({ stdout }: RunResult): string[] => givenVariables(stdout);
    const expected = ['A=1', 'TOKEN=hunter2'];
    expect(variables(await scene.runner.run(command, { redact: false }))).toEqual(expected);
    expect(variables(scene.runner.runSync(command, { redact: false }))).toEqual(expected);
    expect(variables(await scene.runner.start(command, { redact: false }).result)).toEqual(expected);
    expect(variables(await scene.runner.run(command, { env: { A: '2' }, redact: false }))).toEqual([
      'A=2',
      'TOKEN=hunter2',
    ]);
  });

  it('CMD-01: everything of a Command holds', async () => {
    const builder = Command.create(scene.probe).withArguments('cwd').withWorkingDirectory(scene.directory);
    expect((await scene.runner.run(builder.build())).stdout.trim()).toBe(realpathSync(scene.directory));
    const waiting = Command.create(scene.probe).withArguments('wait').withTimeout(100).build();
    expect((await scene.runner.run(waiting, { graceMs: 0 })).timedOut).toBe(true);
    const reading = Command.create(scene.probe).withArguments('copy-stdin').withInput('in').build();
    expect((await scene.runner.run(reading)).stdout).toBe('in');
    const shell = Command.create('echo one&& echo two').withShell().build();
    expect((await scene.runner.run(shell)).stdout.trim().split(/\r?\n/)).toEqual(['one', 'two']);
  });

  it('CMD-02: a command that went through JSON does the same', async () => {
    const command = Command.create(scene.probe)
      .withArguments('args', 'ü', '')
      .withInput(new Uint8Array([0, 255]))
      .build();
    const copy = Command.fromJSON(JSON.stringify(command));
    expect((await scene.runner.run(copy)).stdout).toBe((await scene.runner.run(command, { redact: false })).stdout);
  });

  it('CMD-13: no command at all is a rejected TypeError', async () => {
    for (const command of [null, undefined]) {
      await expect(scene.runner.run(command as unknown as string)).rejects.toThrow(TypeError);
      expect(() => scene.runner.start(command as unknown as string)).toThrow(TypeError);
    }
  });

  it('CMD-15: arguments that look like operators or like ways up arrive as they are', async () => {
    const args = ['a&b', '$(id)', '../../etc/passwd', '*.ts', '%PATH%', 'https://host/?a=1&b=2'];
    expect((await scene.run('args', args)).stdout).toBe(args.map((arg) => `${arg}\0`).join(''));
  });

  it('CMD-19: a command line runs without a shell', async () => {
    const { file, args } = parseCommandLine(`'${scene.probe}' args "a b" $HOME ''`);
    expect((await scene.runner.run(file, args)).stdout).toBe('a b\0$HOME\0\0');
  });

  it('CMD-21: the result names the file that was executed', async () => {
    const result = await scene.runner.run(scene.bareName, ['args'], { env: { PATH: scene.directory } });
    expect(result.command).toMatchObject({ file: scene.bareName, resolvedFile: scene.probe });
    expect((await scene.runner.run('no-such-command')).command.resolvedFile).toBeNull();
  });

  it('CMD-21: a name that another PATH finds elsewhere is told as that file, and then as the first one again', async () => {
    const elsewhere = join(scene.directory, 'elsewhere');
    mkdirSync(elsewhere);
    placeProgram(scene.probe, join(elsewhere, scene.probeName));
    const found: unknown[] = [];
    for (const PATH of [scene.directory, elsewhere, scene.directory])
      found.push((await scene.runner.run(scene.bareName, ['args'], { env: { PATH } })).command.resolvedFile);
    expect(found).toEqual([scene.probe, join(elsewhere, scene.probeName), scene.probe]);
  });

  describe('CMD-16: lengths', () => {
    const refused = {
      pid: null,
      success: false,
      exitCode: -1,
      outcome: { kind: 'not-started', error: { code: 'ARGV_TOO_LONG' } },
    };

    it.runIf(process.platform === 'linux')('takes the longest argument there is, and no longer one', async () => {
      const longest = 'x'.repeat(131_071);
      expect((await scene.run('args', [longest], { maxOutputBytes: 200_000 })).output.stdout.totalBytes).toBe(131_072);
      expect(await scene.run('args', [`${longest}x`])).toMatchObject(refused);
      expect(await scene.run('args', [], { env: { NAME: longest } })).toMatchObject(refused);
    });

    it.runIf(process.platform === 'linux')('takes as much as the system does in all, and no more', async () => {
      const soft = /^Max stack size\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
      const total = Math.max(131_072, Math.min(6 * 2 ** 20, Math.floor(Number(soft ?? Infinity) / 4)));
      // The file twice, the role, and arguments of 64 KiB; each with its terminator, and all but one file with a pointer.
      const bytesOf = (text: string): number => Buffer.byteLength(text) + 9;
      const fixed = 2 * bytesOf(scene.probe) - 8 + bytesOf('args');
      const args = Array.from({ length: Math.floor((total - fixed) / (65_536 + 9)) - 1 }, () => 'x'.repeat(65_536));
      const rest = total - fixed - args.length * (65_536 + 9) - 9;
      const fitting = [...args, 'y'.repeat(rest)];
      const options = { envMode: 'replace', stdout: 'ignore' } as const;
      expect(await scene.run('args', fitting, options)).toMatchObject({ success: true });
      const tooMuch = await scene.run('args', [...args, 'y'.repeat(rest + 1)], options);
      expect(tooMuch).toMatchObject(refused);
      expect(tooMuch.outcome).toMatchObject({ error: { operation: 'length', errno: 'E2BIG' } });
    });

    it('refuses with start and runSync as well', async () => {
      const args = Array.from({ length: 900 }, () => 'x'.repeat(10_000));
      expect(scene.runSync('args', args)).toMatchObject(refused);
      expect(await scene.start('args', args).result).toMatchObject(refused);
    });
  });

  describe('CMD-09: a root', () => {
    async function withRoot(
      act: (runner: CustodyRunner, root: string) => Promise<void>,
      native = choice(),
    ): Promise<void> {
      const root = join(scene.directory, 'repo');
      for (const name of ['repo/a', 'repo-x']) mkdirSync(join(scene.directory, name), { recursive: true });
      const runner = createRunner({ native, root });
      try {
        await act(runner, realpathSync(root));
      } finally {
        await runner.close();
      }
    }
    const choice = (): 'require' | 'off' => (scene.capabilities.backend === 'native' ? 'require' : 'off');
    const cwdOf = async (runner: CustodyRunner, cwd?: string): Promise<string> =>
      (await runner.run(scene.probe, ['cwd'], { cwd })).stdout.trim();

    it('is where commands run, and what relative directories are below', async () => {
      await withRoot(async (runner, root) => {
        expect(await cwdOf(runner)).toBe(root);
        expect(await cwdOf(runner, 'a')).toBe(join(root, 'a'));
        expect(runner.runSync(scene.probe, ['cwd'], { cwd: 'a' }).stdout.trim()).toBe(join(root, 'a'));
      });
    });

    it('refuses directories elsewhere, by whatever way they are named', async () => {
      await withRoot(async (runner) => {
        for (const cwd of ['..', '../repo-x', join(scene.directory, 'repo-x'), '/', 'C:\\repo']) {
          await expect(runner.run(scene.probe, ['cwd'], { cwd })).rejects.toThrow(CommandValidationError);
          expect(() => runner.start(scene.probe, ['cwd'], { cwd })).toThrow(/^invalid command: cwd/);
        }
        const outside = await runner.run(scene.probe, ['cwd'], { cwd: '../repo-x', allowOutsideRoot: true });
        expect(outside.stdout.trim()).toBe(join(realpathSync(scene.directory), 'repo-x'));
      });
    });

    it('follows links before it decides', async () => {
      await withRoot(async (runner, root) => {
        symlinkSync(join(scene.directory, 'repo-x'), join(root, 'way-out'));
        symlinkSync(root, join(scene.directory, 'way-in'));
        expect(await cwdOf(runner, join(scene.directory, 'way-in', 'a'))).toBe(join(root, 'a'));
        await expect(runner.run(scene.probe, ['cwd'], { cwd: 'way-out' })).rejects.toThrow(CommandValidationError);
        expect(() => runner.start(scene.probe, ['cwd'], { cwd: 'way-out' })).toThrow(/^invalid command: cwd/);
      });
    });

    it('CMD-08: reports a missing directory as every run does', async () => {
      await withRoot(async (runner) => {
        const result = await runner.run(scene.probe, ['cwd'], { cwd: 'missing' });
        expect(result).toMatchObject({ pid: null, outcome: { error: { code: 'WORKING_DIRECTORY_NOT_FOUND' } } });
        expect(result.command.cwd).toBe('missing');
        await expect(runner.run(scene.probe, ['cwd'], { cwd: 'missing', reject: true })).rejects.toMatchObject({
          name: 'WorkingDirectoryError',
        });
      });
    });

    it('may come from CUSTODY_ROOT', async () => {
      vi.stubEnv('CUSTODY_ROOT', scene.directory);
      await using runner = createRunner({ native: choice() });
      expect(await cwdOf(runner)).toBe(realpathSync(scene.directory));
      await expect(runner.run(scene.probe, ['cwd'], { cwd: '/' })).rejects.toThrow(CommandValidationError);
      vi.stubEnv('CUSTODY_ROOT', join(scene.directory, 'missing'));
      await using wrong = createRunner({ native: choice() });
      await expect(wrong.run(scene.probe, ['cwd'])).rejects.toThrow(/CUSTODY_ROOT must be a directory/);
    });

    it('must be a directory', () => {
      expect(() => createRunner({ root: join(scene.directory, 'missing') })).toThrow(/root must be a directory/);
      expect(() => createRunner({ root: 7 as unknown as string })).toThrow(/root must be a string/);
    });
  });
});
