// Promised    : exec applies the configuration and its options; output that it has to look at is passed on redacted or as
//               events, and a reader that goes away ends the command.
// Not promised: that a command keeps its terminal when its output is looked at.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { backends, cliFile, custody, environment, type CliEnd } from './cli-process.js';

const [, mode] = backends[0]!;
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'custody-options-')));
mkdirSync(join(folder, '.git'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CliEnd> {
  return custody(args, { mode, cwd: folder, env: { CUSTODY_CONFIG: 'off', ...env } });
}

describe('custody exec', () => {
  it('CLI-01: gives the variables of a file, and those of --env on top', async () => {
    write('a.env', `A=file\nB='$HOME'\n`);
    const { stdout } = await run(['exec', '--env-file', 'a.env', '--env', 'A=option', 'sh', '-c', 'echo "$A $B"']);
    expect(stdout.toString()).toBe('option $HOME\n');
    const { exitCode, stderr } = await run(['exec', '--env-file', write('bad.env', 'A=1\nsecret'), 'true']);
    expect(exitCode).toBe(2);
    expect(stderr).toBe('custody: bad.env:2: the line is not NAME=value\n');
  });

  it('CLI-01: redacts what it passes on, byte for byte, on both streams', async () => {
    const script = 'printf "a corp-12 \\001\\377"; echo corp-34 >&2';
    const { stdout, stderr } = await run(['exec', '--quiet', '--redact', 'corp-[0-9]+', '--', 'sh', '-c', script]);
    expect([...stdout]).toEqual([...Buffer.from('a ******* '), 1, 255]);
    expect(stderr).toBe('*******\n');
  });

  it('CLI-01: stops a silent command whose output it passes on', async () => {
    const { exitCode, stdout } = await run(['exec', '--idle-timeout', '2s', 'sh', '-c', 'echo a; sleep 60']);
    expect(exitCode).toBe(124);
    expect(stdout.toString()).toBe('a\n');
  });

  it('ends a command whose passed-on output nobody reads any more', () => {
    const script = '"$@" | head -c 2';
    const command = [process.execPath, cliFile, 'exec', '--quiet', '--no-config', '--redact', 'x', 'yes'];
    const shell = spawnSync('bash', ['-c', script, 'bash', ...command], { env: environment(mode), encoding: 'utf8' });
    expect(shell).toMatchObject({ stdout: 'y\n', status: 0 });
  });

  it('CLI-06: prints what happens as lines of JSON', async () => {
    const ids = ['--run-id', 'r1', '--tool-call-id', 'c1'];
    const { exitCode, stdout, stderr } = await run([
      'exec',
      '--events',
      ...ids,
      'sh',
      '-c',
      'echo out; echo err >&2; exit 3',
    ]);
    expect(exitCode).toBe(3);
    expect(stderr).toBe('');
    const events = stdout
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map(({ type }) => type)).toEqual(['launched', 'started', 'output', 'output', 'settled']);
    expect(events[0]).toMatchObject({ correlationIds: { runId: 'r1', toolCallId: 'c1', taskId: null } });
    expect(events.filter(({ type }) => type === 'output')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ stream: 'stdout', text: 'out' }),
        expect.objectContaining({ stream: 'stderr', text: 'err' }),
      ]),
    );
    expect(events.at(-1)).toMatchObject({ cliExitCode: 3, outcome: { kind: 'exited', exitCode: 3 } });
    const refused = await run(['exec', '--events', '--cwd', '', 'true']);
    expect(JSON.parse(refused.stdout.toString())).toMatchObject({ type: 'refused', cliExitCode: 2 });
  });

  it('FLG-03: says with --verbose what runs it, within which limits', async () => {
    const { stderr } = await run(['exec', '--verbose', '--timeout', '7s', '--memory', '1G', '--native', 'off', 'true']);
    expect(stderr).toMatch(
      /^custody: running true\ncustody: custody \d.*fallback.*timeout 7 s.*memoryBytes 1073741824.*no configuration file\n/,
    );
  });

  it('CFG-05: applies the configuration, which options win over', async () => {
    write(
      'custody.yml',
      'default_timeout_seconds: 3\nshell: bash\nmax_output_kb: 1\nenvironment: {GREETING: hello, MY_TOKEN: kept}\n',
    );
    const env = { CUSTODY_CONFIG: '', API_KEY: 'secret' };
    const line = 'echo "$GREETING $MY_TOKEN ${API_KEY:-none} ${BASH_VERSION:+bash}"';
    const { stdout, stderr } = await run(['exec', '--shell', line], env);
    expect(stdout.toString()).toBe('hello kept none bash\n');
    expect(stderr).not.toContain('not redacted');
    expect((await run(['exec', 'sleep', '60'], env)).exitCode).toBe(124);
  });

  it('CFG-05: applies its limits, which options win over, and none of it with --no-config', async () => {
    write('limits.yml', 'max_output_kb: 1\nenvironment: {GREETING: hello}\n');
    const env = { CUSTODY_CONFIG: 'limits.yml' };
    const line = 'echo "${GREETING:-none}"';
    expect((await run(['exec', '--no-config', 'sh', '-c', line], env)).stdout.toString()).toBe('none\n');
    const kept = await run(
      ['exec', '--json', '--env', 'GREETING=other', 'sh', '-c', 'echo $GREETING; head -c 5000 /dev/zero'],
      env,
    );
    const document = JSON.parse(kept.stdout.toString()) as {
      stdout: string;
      output: { stdout: { keptBytes: number } };
    };
    expect(document.stdout).toMatch(/^other\n/);
    expect(document.output.stdout.keptBytes).toBe(1_024);
  });

  it('CLI-08: names every problem of the configuration and runs nothing', async () => {
    write('bad.yml', 'max_output: 1\nnative: maybe\n');
    const { exitCode, stderr } = await run(['exec', '--config', 'bad.yml', 'touch', 'made']);
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      'custody: bad.yml:1:1: max_output is not a key; did you mean maxOutputKb?\nbad.yml:2:9: native must be one of auto, require, off\n',
    );
    expect(existsSync(join(folder, 'made'))).toBe(false);
    const missing = await run(['exec', '--config', 'missing.yml', 'true']);
    expect(missing).toMatchObject({
      exitCode: 2,
      stderr: 'custody: missing.yml: there is no such configuration file\n',
    });
  });
});

describe('custody config', () => {
  it('CFG-05, CLI-06: shows every value and who said it, as text and as JSON', async () => {
    write('shown.yml', 'preset: agent\nmax_concurrent: 9\nenvironment: {A_TOKEN: x}\n');
    const env = { CUSTODY_NATIVE: 'off' };
    const { stdout } = await run(['config', '--json', '--config', 'shown.yml'], env);
    const { values, sources } = JSON.parse(stdout.toString()) as Record<string, Record<string, unknown>>;
    expect(values).toMatchObject({
      maxConcurrent: 9,
      'limits.memoryMb': 512,
      native: 'off',
      'environment.vars': { A_TOKEN: '[REDACTED]' },
    });
    expect(sources).toMatchObject({
      maxConcurrent: { kind: 'file', file: 'shown.yml', line: 2 },
      'limits.memoryMb': { kind: 'preset', name: 'agent' },
      native: { kind: 'environment', name: 'CUSTODY_NATIVE' },
      graceSeconds: { kind: 'built-in' },
    });
    const text = (await run(['config', '--config', 'shown.yml'], env)).stdout.toString();
    expect(text).toMatch(/maxConcurrent +9 +shown\.yml:2\n/);
    expect(text.match(/\n/g)!.length).toBe(Object.keys(values!).length + 3);
  });

  it('CLI-08: --init writes the example once', async () => {
    const { exitCode } = await custody(['config', '--init'], { mode, cwd: join(folder, '.git') });
    expect(exitCode).toBe(0);
    expect(readFileSync(join(folder, '.git', 'custody.yml'), 'utf8')).toContain('defaultTimeoutSeconds: 300');
    const again = await custody(['config', '--init'], { mode, cwd: join(folder, '.git') });
    expect(again).toMatchObject({
      exitCode: 2,
      stderr: 'custody: custody.yml is there already; remove it first, or edit it\n',
    });
  });
});
