// Promised    : without the option there is no shell; with it arguments arrive as they were given, and every rule of a run holds for
//               all that the line starts; the result names the shell.
// Not promised: what a line means, which is the shell's business.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CommandValidationError } from '../../src/index.js';
import { forEachBackend } from './describe-backend.js';

const nasty = [
  ...['', ' ', "it's", '"quoted"', '$HOME', '`id`', '$(id)', '*', '~', 'a;b', 'a&&b', 'a|b', '>x', '\\', 'a\\', '#x'],
  ...['line\nbreak', '\ttab', '!!', '{a,b}', '-n', '--', '=x', '%PATH%', 'ü€💥', "''", "\\'", 'a=b', '[a]', '(x)', '^'],
];

forEachBackend((scene) => {
  describe.each([
    [true, 'sh'],
    ['sh', 'sh'],
    ['bash', 'bash'],
    ['/bin/sh', 'sh'],
    ['/bin/bash -c', 'bash'],
    ['bash -e -c', 'bash'],
  ])('shell: %s', (shell, name) => {
    it('SHL-02, SHL-06, SHL-08: hands on every argument byte for byte', async () => {
      const result = scene.record(await scene.runner.run(`'${scene.probe}' args`, nasty, { shell }));
      expect(result.stdout.split('\0').slice(0, -1)).toEqual(nasty);
      expect(result.success).toBe(true);
    });

    it('SHL-07: stands in the result', async () => {
      const { command } = scene.record(await scene.runner.run('true', ['a b'], { shell }));
      expect(command).toMatchObject({ file: 'true', args: ['a b'], shell: name });
      expect(command.resolvedFile).toMatch(name === 'bash' ? /^\/bin\/(ba)?sh$/ : /^\/bin\/sh$/);
    });
  });

  it('SHL-07, D-09: without the option nothing is expanded and no shell runs', async () => {
    const result = await scene.run('args', ['$HOME', '*', 'a;b']);
    expect(result.stdout).toBe('$HOME\0*\0a;b\0');
    expect(result.command).toMatchObject({ shell: null, resolvedFile: scene.probe });
  });

  it('D-35: a builtin needs a shell', async () => {
    expect((await scene.runner.run('exit', ['42'])).outcome).toMatchObject({ error: { code: 'COMMAND_NOT_FOUND' } });
    expect((await scene.runner.run('exit', ['42'], { shell: true })).exitCode).toBe(42);
  });

  it('SHL-08: directory, variables, input and output limit hold', async () => {
    const options = { shell: true, cwd: scene.directory, env: { GIVEN: 'yes' }, input: 'in', maxOutputBytes: 1024 };
    const result = await scene.runner.run('pwd; echo $GIVEN; cat; head -c 5000 /dev/zero >&2', [], options);
    expect(result.stdout).toBe(`${scene.directory}\nyes\nin`);
    expect(result.output.stderr).toMatchObject({ totalBytes: 5000, keptBytes: 1024, truncated: true });
  });

  it('SHL-08: a deadline ends everything that the line started', async () => {
    const line = `'${scene.probe}' wait & '${scene.probe}' wait`;
    const result = scene.record(await scene.runner.run(line, [], { shell: true, timeoutMs: 300, graceMs: 100 }));
    expect(result.outcome).toMatchObject({ kind: 'stopped', cause: 'timeout' });
    expect(scene.members()).toEqual([]);
    expect(result.cleanup.status).toBe(scene.capabilities.cleanup);
  });

  it('SHL-08: what the line leaves behind is ended and named', async () => {
    const line = `'${scene.probe}' wait >/dev/null & echo left`;
    const result = scene.record(await scene.runner.run(line, [], { shell: true }));
    expect(result.stdout).toBe('left\n');
    expect(result.cleanup.killed).toHaveLength(1);
    expect(scene.members()).toEqual([]);
  });

  it('SHL-08: strictShell refuses arguments a shell could act on, and starts nothing', async () => {
    const call = scene.runner.run('ls', ['fine', '$(id)', '../up'], { shell: true, strictShell: true });
    await expect(call).rejects.toThrow(CommandValidationError);
    await expect(call).rejects.toMatchObject({ issues: [{ property: 'args[1]' }, { property: 'args[2]' }] });
  });

  it('SHL-06: may be chosen by a runner, a command, or a call', async () => {
    const runner = scene.anotherRunner({ shell: 'bash' });
    try {
      expect((await runner.run('exit 3')).command.shell).toBe('bash');
      expect((await runner.run({ file: 'exit 3', shell: 'sh' })).command.shell).toBe('sh');
      expect((await runner.run({ file: 'true', shell: 'sh' }, { shell: false })).command.shell).toBeNull();
    } finally {
      await runner.close();
    }
  });

  it('works with start and runSync', async () => {
    expect(scene.runner.runSync('echo a | cat', [], { shell: true }).stdout).toBe('a\n');
    const handle = scene.runner.start('echo a; echo b', [], { shell: true });
    const lines: string[] = [];
    for await (const line of handle.lines()) lines.push(line.text);
    expect(lines).toEqual(['a', 'b']);
  });

  it('a shell that is missing is a result', async () => {
    const result = await scene.runner.run('ls', [], { shell: join(scene.directory, 'bash') });
    expect(result).toMatchObject({ exitCode: 127, outcome: { error: { code: 'COMMAND_NOT_FOUND' } } });
  });

  it('SHL-10: a script gets no special support', async () => {
    mkdirSync(join(scene.directory, 'bin'));
    for (const name of ['script.sh', 'script.ps1']) {
      const file = join(scene.directory, 'bin', name);
      writeFileSync(file, 'echo run\n');
      chmodSync(file, 0o755);
      expect((await scene.runner.run(file)).outcome).toMatchObject({ error: { code: 'PERMISSION_DENIED' } });
    }
  });

  it('CMD-16: a line that is too long is SHELL_COMMAND_TOO_LONG, before anything starts', async () => {
    const result = await scene.runner.run('echo', ['x'.repeat(140_000)], { shell: true });
    expect(result).toMatchObject({ pid: null, exitCode: -1, outcome: { error: { code: 'SHELL_COMMAND_TOO_LONG' } } });
  });

  it('RES: an error names the shell and nothing of the line', async () => {
    const call = scene.runner.run('exit 3 # hunter2', [], { shell: true, reject: true });
    await expect(call).rejects.toThrow(/^sh exited with code 3$/);
  });
});
