// Promised    : exec is transparent: the command's bytes, exit code, input, environment and directory are its own; what
//               custody has to say goes to stderr, in one line.
// Not promised: the wording of that line. What users do first is in scenarios.test.ts, on a terminal too.
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { backends, cliFile, custody, environment, type CliEnd } from './cli-process.js';
import { spawnSync } from 'node:child_process';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'custody-exec-')));
afterAll(() => rmSync(folder, { recursive: true }));

const noise = randomBytes(10_000_000);
const noiseFile = join(folder, 'noise');
writeFileSync(noiseFile, noise);

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe.each(backends)('custody exec over %s', (name, mode) => {
  function exec(...args: readonly string[]): Promise<CliEnd> {
    return custody(['exec', ...args], { mode });
  }

  it.each([0, 1, 255])('CLI-02: returns the exit code %d of the command', async (code) => {
    expect((await exec('sh', '-c', `exit ${code}`)).exitCode).toBe(code);
  });

  it('returns 128 + n for a command that died of signal n', async () => {
    const { exitCode, stderr } = await exec('sh', '-c', 'kill -9 $$');
    expect(exitCode).toBe(137);
    expect(stderr).toContain('SIGKILL');
  });

  it('CLI-02: returns 127 and names the command that was not found', async () => {
    const { exitCode, stdout, stderr } = await exec('--quiet', 'no-such-command-anywhere');
    expect(exitCode).toBe(127);
    expect(stdout).toHaveLength(0);
    expect(stderr).toContain('no-such-command-anywhere');
  });

  it('tells a shell builtin from a command that is missing', async () => {
    const { exitCode, stderr } = await exec('exit 42');
    expect(exitCode).toBe(127);
    expect(stderr).toContain('shell builtin');
  });

  it('D-35: runs a line in a shell when asked to', async () => {
    expect((await exec('exit 42', '--shell')).exitCode).toBe(42);
    const { stdout } = await exec('--quiet', '--shell', '--', 'printf "%s|"', 'a b', '$HOME');
    expect(stdout.toString()).toBe('a b|$HOME|');
  });

  it('CMD-09: keeps the directory in a root', async () => {
    const inside = await exec('--quiet', '--root', folder, 'pwd');
    expect(inside.stdout.toString()).toBe(`${folder}\n`);
    const outside = await exec('--root', folder, '--cwd', '..', 'pwd');
    expect(outside).toMatchObject({ exitCode: 2 });
    expect(outside.stderr).toContain('outside of the root');
  });

  it('returns 126 for a file that may not be executed', async () => {
    expect((await exec(noiseFile)).exitCode).toBe(126);
  });

  it('returns 125 for a directory that does not exist', async () => {
    const { exitCode, stderr } = await exec('--cwd', join(folder, 'missing'), 'true');
    expect(exitCode).toBe(125);
    expect(stderr).toContain('directory');
  });

  it('CLI-08: returns 2 for a command without a name', async () => {
    expect((await exec('')).exitCode).toBe(2);
  });

  it('CLI-02: keeps the streams of the command apart and adds one line to stderr', async () => {
    const { stdout, stderr } = await exec('sh', '-c', 'echo out; echo err >&2');
    expect(stdout.toString()).toBe('out\n');
    const [first, summary, ...rest] = stderr.split('\n');
    expect(first).toBe('err');
    expect(summary).toMatch(new RegExp(`^custody: exit 0, \\d.* m?s, cleanup confirmed.*, ${name}, exec-`));
    expect(rest).toEqual(['']);
  });

  it('adds nothing with --quiet', async () => {
    const { exitCode, stderr } = await exec('--quiet', 'sh', '-c', 'echo err >&2; exit 3');
    expect(exitCode).toBe(3);
    expect(stderr).toBe('err\n');
  });

  it('names the leftovers it ended', async () => {
    // By the name at that moment: what was just forked is still called sh.
    expect((await exec('sh', '-c', 'sleep 60 &')).stderr).toMatch(/leftovers (sleep|sh)\[\d+\]/);
  });

  it('passes input through to the command', async () => {
    const { stdout } = await custody(['exec', '--quiet', 'cat'], { mode, input: noise });
    expect(hash(stdout)).toBe(hash(noise));
  });

  it('passes binary output through untouched', async () => {
    const { stdout, exitCode } = await exec('cat', noiseFile);
    expect(exitCode).toBe(0);
    expect(hash(stdout)).toBe(hash(noise));
  });

  it('passes stderr through in order', async () => {
    const { stderr } = await exec('--quiet', 'sh', '-c', 'for i in 1 2 3; do echo $i >&2; done');
    expect(stderr).toBe('1\n2\n3\n');
  });

  it('runs a command given as one string, with options after it', async () => {
    const { exitCode, stdout } = await exec(`sh -c 'echo "$X"; exit 42'`, '--env', 'X=two words');
    expect(exitCode).toBe(42);
    expect(stdout.toString()).toBe('two words\n');
  });

  it('ends without a word when its reader is gone', () => {
    const script = '"$@" | head -c 2; exit "${PIPESTATUS[0]}"';
    const command = [process.execPath, cliFile, 'exec', '--quiet', 'yes'];
    const shell = spawnSync('bash', ['-c', script, 'bash', ...command], { env: environment(mode), encoding: 'utf8' });
    expect(shell).toMatchObject({ stdout: 'y\n', stderr: '', status: 141 });
  });

  it('leaves a pipe that it shares with others in blocking mode', async () => {
    // Flags of descriptor 1 as the command sees them; O_NONBLOCK is octal 04000.
    const { stdout } = await exec('sh', '-c', 'cat /proc/self/fdinfo/1; cat /proc/self/fdinfo/2');
    const flags = [...stdout.toString().matchAll(/^flags:\s+(\d+)$/gm)].map((match) => parseInt(match[1] ?? '', 8));
    expect(flags.map((value) => value & 0o4000)).toEqual([0, 0]);
  });
});

describe('custody exec', () => {
  it('CLI-08: returns 2 for an option it does not know, and suggests one', async () => {
    const { exitCode, stdout, stderr } = await custody(['exec', '--quite', 'true']);
    expect(exitCode).toBe(2);
    expect(stdout).toHaveLength(0);
    expect(stderr).toContain('--quiet');
  });
});
