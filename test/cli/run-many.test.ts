// Promised    : all commands of a list are run, so many at a time, each with its output in one piece; a wrong line keeps all
//               of them from being started; a failure keeps the rest from it, and a signal ends what runs.
// Not promised: the order in which commands end.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { backends, CliProcess, custody } from './cli-process.js';
import { ctrlC, Terminal } from './terminal.js';

const folder = mkdtempSync(join(tmpdir(), 'custody-many-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const json = (value: object): string => JSON.stringify(value);
const shell = (script: string, more: object = {}): string => json({ file: 'sh', args: ['-c', script], ...more });

describe.each(backends)('run-many (%s)', (_name, mode) => {
  it('writes the output of each command in one piece', async () => {
    const talk = (name: string): string => shell(`for i in 1 2 3 4 5; do echo ${name} $i; sleep 0.01; done`);
    const input = ['a', 'b', 'c', 'd'].map(talk).join('\n');
    const { exitCode, stdout, stderr } = await custody(['run-many', '--jobs', '4', '-'], { mode, input });
    expect(exitCode).toBe(0);
    const names = stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]);
    const pieces = names.filter((name, index) => name !== names[index - 1]);
    expect(pieces.toSorted()).toEqual(['a', 'b', 'c', 'd']);
    expect(stderr).toContain('4 succeeded, 0 failed, 0 skipped');
  });

  it('starts nothing after a failure, and all with --keep-going', async () => {
    const input = `${shell('exit 3', { id: 'the second' })}\ntouch ${folder}/touched\n`;
    const first = await custody(['run-many', '--jobs', '1', '-'], { mode, input });
    expect(first.exitCode).toBe(123);
    expect(first.stderr).toContain('0 succeeded, 1 failed, 1 skipped');
    expect(first.stderr).toMatch(/exit 3.*the second/u);
    const all = await custody(['run-many', '--jobs', '1', '--keep-going', '--json', '-'], { mode, input });
    expect(all.exitCode).toBe(123);
    expect(JSON.parse(all.stdout.toString())).toMatchObject({
      ...{ version: 1, cliExitCode: 123, total: 2, succeeded: 1, failed: 1, skipped: 0 },
      commands: [
        { line: 1, id: 'the second', status: 'failed', run: { exitCode: 3, success: false } },
        { line: 2, id: null, status: 'succeeded', run: { exitCode: 0, command: { file: 'touch' } } },
      ],
    });
    expect(all.stderr).toBe('');
  });

  it('a signal stops what runs and starts nothing more', async () => {
    const cli = new CliProcess(['run-many', '--jobs', '2', '-'], { mode });
    try {
      const ready = join(folder, `ready-${mode}`);
      cli.child.stdin.end(`${shell(`touch ${ready}; sleep 60`)}\nsleep 60\necho never\n`);
      await custody(['exec', '--quiet', '--', 'sh', '-c', `until test -e ${ready}; do sleep 0.02; done`], { mode });
      cli.child.kill('SIGINT');
      const { exitCode, stdout, stderr } = await cli.end();
      expect(exitCode).toBe(130);
      expect(stdout.toString()).toBe('');
      expect(stderr).toContain('0 succeeded, 2 failed, 1 skipped');
    } finally {
      await cli.close();
    }
  });
});

describe('run-many', () => {
  it('runs hundreds of commands and draws them for Perfetto', async () => {
    const trace = join(folder, 'trace.json');
    const list = join(folder, 'list');
    writeFileSync(list, '# many\n\n' + Array.from({ length: 300 }, (_, n) => `echo number ${String(n)}`).join('\r\n'));
    const { exitCode, stdout, stderr } = await custody(['run-many', '--trace', trace, '--quiet', list]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(new Set(stdout.toString().trim().split('\n')).size).toBe(300);
    const { traceEvents } = JSON.parse(readFileSync(trace, 'utf8')) as { traceEvents: { cat: string }[] };
    expect(traceEvents.filter(({ cat }) => cat === 'run')).toHaveLength(300);
  });

  it('tells everything that is wrong with a list, and starts nothing', async () => {
    const marker = join(folder, 'marker');
    const input = [
      `touch ${marker}`,
      '{"file": "a", "arg": []}',
      'echo "open',
      '{"args": []}',
      '{no json',
      shell('x', { cwd: 7 }),
    ];
    const { exitCode, stderr } = await custody(['run-many', '-'], { input: input.join('\n') });
    expect(exitCode).toBe(2);
    for (const said of [
      'line 2: arg is not a key; did you mean args?',
      'line 3: ',
      'line 4: file',
      'line 5: begins with {',
      'line 6: cwd',
    ])
      expect(stderr).toContain(said);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(() => readFileSync(marker)).toThrow('ENOENT');
  });

  it.each([
    ['a list that is not there', ['run-many', '/no/such/list'], 'ENOENT', 2],
    ['an empty list', ['run-many', '/dev/null'], 'no command', 2],
    ['no jobs', ['run-many', '--jobs', '0', '-'], 'from 1 to 1024', 2],
    [
      'a trace that cannot be written',
      ['run-many', '--trace', '/no/such/folder/t', '-'],
      'trace cannot be written',
      125,
    ],
  ])('says what is wrong with %s', async (_name, args, said, code) => {
    const { exitCode, stderr } = await custody(args, { input: 'true\n' });
    expect(stderr).toContain(said);
    expect(exitCode).toBe(code);
  });

  it('runs lines of a shell, in a directory, with accepted exit codes and a timeout', async () => {
    const input = [
      'pwd | tr a-z A-Z',
      json({ file: 'sh', args: ['-c', 'exit 4'], successExitCodes: [4] }),
      'exec sleep 60',
    ];
    const args = ['run-many', '--shell', '--keep-going', '--cwd', '/usr', '--timeout', '3s', '-'];
    const { exitCode, stdout, stderr } = await custody(args, { input: input.join('\n') });
    expect(exitCode).toBe(123);
    expect(stdout.toString()).toBe('/USR\n');
    expect(stderr).toMatch(/\] timeout, .*sleep 60/u);
    expect(stderr).toContain('2 succeeded, 1 failed');
  });

  it('shows its progress on a terminal, where Ctrl+C stops it', async () => {
    const list = join(folder, 'slow');
    writeFileSync(list, 'echo first\nsleep 60\nsleep 60\n');
    const terminal = Terminal.script('require', `"$NODE" "$CLI" run-many --jobs 1 ${list}; echo ended $?`);
    try {
      await terminal.saw(/first/u);
      await terminal.saw(/1\/3, 1 running/u);
      terminal.type(ctrlC);
      await terminal.saw(/1 succeeded, 1 failed, 1 skipped/u);
    } finally {
      await terminal.close();
    }
  });
});
