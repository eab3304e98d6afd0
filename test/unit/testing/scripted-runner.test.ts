import { describe, expect, it } from 'vitest';
import { createRunner } from '../../../src/index.js';
import { recordingRunner, replayRunner, ScriptError, scriptedRunner } from '../../../src/testing/index.js';

describe('EXR-01: a scripted runner', () => {
  it('answers each call by the first unused command that fits', async () => {
    const runner = scriptedRunner([
      { file: 'git', args: ['status'], stdout: 'clean\n' },
      { file: 'git', args: ['status'], stdout: 'dirty\n', exitCode: 1 },
      { file: 'git', args: (args) => args.includes('--all'), stderr: 'all\n' },
    ]);
    expect(await runner.run('git', ['branch', '--all'])).toMatchObject({ success: true, stderr: 'all\n' });
    expect((await runner.run('git', ['status'])).stdout).toBe('clean\n');
    expect(await runner.run('git', ['status'])).toMatchObject({ exitCode: 1, stdout: 'dirty\n', backend: 'scripted' });
    runner.verify();
  });

  it.each([
    [{ exitCode: 7 }, { kind: 'exited', exitCode: 7 }],
    [{ signal: 'SIGSEGV' }, { kind: 'signaled', signal: 'SIGSEGV' }],
    [{ stopped: 'timeout' }, { kind: 'stopped', cause: 'timeout' }],
    [{ stopped: 'output-limit' }, { kind: 'stopped', cause: 'output-limit' }],
    [{ notStarted: 'not-found' }, { kind: 'not-started', error: { code: 'COMMAND_NOT_FOUND' } }],
    [{ notStarted: 'not-permitted' }, { kind: 'not-started', error: { code: 'PERMISSION_DENIED' } }],
    [{ notStarted: 'cwd-not-found' }, { kind: 'not-started', error: { code: 'WORKING_DIRECTORY_NOT_FOUND' } }],
  ] as const)('ends as %j asks', async (ending, outcome) => {
    const runner = scriptedRunner([{ file: 'tool', ...ending, times: 2 }]);
    expect((await runner.run('tool')).outcome).toMatchObject(outcome);
    expect(runner.runSync('tool').outcome).toMatchObject(outcome);
    runner.verify();
  });

  it('refuses a call that nobody expected, and says so again at the end', async () => {
    const runner = scriptedRunner([{ file: 'git', args: ['status'] }]);
    await expect(runner.run('rm', ['-rf', 'a b'])).rejects.toThrow(
      new ScriptError('unexpected command: rm -rf "a b"; still expected: git status'),
    );
    expect(() => runner.start('rm')).toThrow(ScriptError);
    expect(() => runner.runSync('rm')).toThrow(ScriptError);
    expect(runner.verify).toThrow(
      'unexpected command: rm -rf "a b"\nunexpected command: rm\nunexpected command: rm\nnot called: git status',
    );
  });

  it('counts: a command answers as many calls as it says', async () => {
    const runner = scriptedRunner([
      { file: 'a', times: 2 },
      { file: 'b', times: Infinity },
    ]);
    await runner.run('a');
    expect(runner.verify).toThrow('not called: a ...');
    await runner.run('a');
    runner.verify();
    await expect(runner.run('a')).rejects.toThrow(ScriptError);
    await Promise.all([runner.run('b'), runner.run('b')]);
  });

  it('tells commands apart by directory', async () => {
    const runner = scriptedRunner([
      { file: 'ls', cwd: 'one', stdout: '1' },
      { file: 'ls', cwd: 'two', stdout: '2' },
    ]);
    expect((await runner.run('ls', [], { cwd: 'two' })).stdout).toBe('2');
    await expect(runner.run('ls')).rejects.toThrow(ScriptError);
  });

  it('gives handles their lines, their tail and their end', async () => {
    const runner = scriptedRunner([{ file: 'build', stdout: 'one\ntwo\n', stderr: 'warn\n' }]);
    const handle = runner.start('build');
    const lines: string[] = [];
    for await (const { stream, text } of handle.lines()) lines.push(`${stream}: ${text}`);
    expect(lines).toEqual(['stdout: one', 'stdout: two', 'stderr: warn']);
    expect(handle.tail('stdout', { lines: 1 })).toBe('two\n');
    expect((await handle.result).combined()).toBe('one\ntwo\nwarn\n');
    await handle.dispose();
  });

  it('lets a command wait for its stop', async () => {
    const runner = scriptedRunner([{ file: 'serve', waits: true, stdout: 'ready\n', times: 3 }]);
    const abort = new AbortController();
    const pending = runner.run('serve', [], { signal: abort.signal });
    abort.abort('enough');
    expect(await pending).toMatchObject({ cancelled: true, reason: 'enough', stdout: 'ready\n' });
    await using handle = runner.start('serve');
    handle.stop();
    expect((await handle.result).cancelled).toBe(true);
    expect(runner.runSync('serve')).toMatchObject({ timedOut: true });
  });

  it('drops what exceeds the limit as the engine does', async () => {
    const runner = scriptedRunner([
      { file: 'flood', stdout: `${'a'.repeat(256)}${'b'.repeat(9_000)}${'c'.repeat(768)}` },
    ]);
    const { stdout, output } = await runner.run('flood', [], { maxOutputBytes: 1_024 });
    expect(stdout).toBe(`${'a'.repeat(256)}\n[OUTPUT TRUNCATED: 9000 bytes dropped]\n${'c'.repeat(768)}`);
    expect(output.stdout).toMatchObject({ totalBytes: 10_024, keptBytes: 1_024, droppedBytes: 9_000, truncated: true });
  });

  it('checks options as the real runner does, before the script is asked', async () => {
    const runner = scriptedRunner([{ file: 'x' }], { defaults: { reject: true } });
    await expect(runner.run('x', [], { timeoutMs: -1 })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(runner.verify).toThrow('not called: x ...');
  });

  it('refuses a script that cannot be meant', () => {
    expect(() => scriptedRunner([{ file: '' }])).toThrow('command 0 needs a file');
    expect(() => scriptedRunner([{ file: 'x', exitCode: 0, signal: 'SIGTERM' }])).toThrow(
      'command 0 can end in one way only, not by exitCode and signal',
    );
  });
});

describe('EXR-01: a recording', () => {
  const script = [
    { file: 'node', args: ['-v'], stdout: 'v20 at /home/me\n' },
    { file: 'node', args: ['fail'], stderr: 'no\n', exitCode: 3 },
    { file: 'node', args: ['hang'], stopped: 'timeout' },
    { file: 'nope', args: [], notStarted: 'not-found' },
  ] as const;

  async function runAll(runner: Pick<ReturnType<typeof createRunner>, 'run' | 'start'>) {
    const first = await runner.run({ file: 'node', args: ['-v'] });
    const second = await runner.run('node', ['fail'], { reject: true }).catch((error: unknown) => String(error));
    const third = await runner.start('node', ['hang']).result;
    const fourth = await runner.run('nope');
    return [first.stdout, second, third.outcome.kind, third.timedOut, fourth.exitCode];
  }

  it('is plain JSON and plays the same again', async () => {
    const recorder = recordingRunner(scriptedRunner(script));
    const real = await runAll(recorder);
    const recording = JSON.parse(JSON.stringify(recorder.recording())) as ReturnType<typeof recorder.recording>;
    expect(recording.commands).toEqual(script.map((command) => ({ ...command })));
    const replay = replayRunner(recording);
    expect(await runAll(replay)).toEqual(real);
    replay.verify();
  });

  it('of real commands keeps bytes as base64', async () => {
    const recorder = recordingRunner(createRunner());
    const bytes = Buffer.from([0, 255, 10]);
    const code = 'process.stdout.write(Buffer.from([0, 255, 10]))';
    await recorder.run(process.execPath, ['-e', code], { encoding: 'buffer' });
    const replay = replayRunner(recorder.recording());
    const { stdout } = await replay.run(process.execPath, ['-e', code], { encoding: 'buffer' });
    expect(Buffer.from(stdout)).toEqual(bytes);
  });

  it('holds only what `clean` lets through', async () => {
    const recorder = recordingRunner(scriptedRunner(script), { clean: (text) => text.replace('/home/me', '~') });
    await runAll(recorder);
    expect(recorder.recording().commands[0]).toMatchObject({ stdout: 'v20 at ~\n' });
  });

  it('of another version is refused', () => {
    expect(() => replayRunner({ version: 2, commands: [] } as never)).toThrow('not a recording of version 1');
  });
});
