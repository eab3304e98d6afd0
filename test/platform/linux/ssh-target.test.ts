// Promised    : a command behind ssh has its arguments, input, output and exit code intact, and its process group there is ended when the
//               client is stopped or the connection is gone.
// Not promised: processes that leave that group.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRunner } from '../../../src/index.js';
import type { Runner } from '../../../src/runner/runner.js';
import { createTargetRegistry, sshRunner } from '../../../src/targets/index.js';
import { eventually } from '../../conformance/eventually.js';

const SSHD = '/usr/sbin/sshd';

let folder = '';
let daemon: ChildProcess | undefined;
let unavailable: string | undefined;
let clientArgs: readonly string[] = [];
const local = createRunner();
let ssh: Runner;

/** A daemon of our own: key, configuration and port are the test's, and nothing of the system's is read. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'custody-ssh-'));
  try {
    for (const program of [SSHD, '/usr/bin/ssh', '/usr/bin/ssh-keygen']) accessSync(program);
    chmodSync(folder, 0o700);
    for (const key of ['host', 'user'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)]);
    const port = await freePort();
    writeFileSync(join(folder, 'authorized'), readFileSync(join(folder, 'user.pub')), { mode: 0o600 });
    writeFileSync(join(folder, 'known'), `[127.0.0.1]:${port} ${readFileSync(join(folder, 'host.pub'), 'utf8')}`);
    const lines = [
      ...[
        `Port ${port}`,
        'ListenAddress 127.0.0.1',
        `HostKey ${join(folder, 'host')}`,
        `AuthorizedKeysFile ${join(folder, 'authorized')}`,
      ],
      ...[
        'PasswordAuthentication no',
        'UsePAM no',
        'StrictModes no',
        `PidFile ${join(folder, 'pid')}`,
        'PermitRootLogin yes',
        'MaxStartups 100',
      ],
    ];
    writeFileSync(join(folder, 'config'), `${lines.join('\n')}\n`);
    // As root it wants this folder, which the package's service makes at boot.
    if (process.getuid?.() === 0) execFileSync('mkdir', ['-p', '/run/sshd']);
    daemon = spawn(SSHD, ['-D', '-e', '-f', join(folder, 'config')], { stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    daemon.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text));
    await eventually(
      () => log.includes('listening'),
      () => log,
    );
    const files = [
      `UserKnownHostsFile=${join(folder, 'known')}`,
      `IdentityFile=${join(folder, 'user')}`,
      'IdentitiesOnly=yes',
    ];
    clientArgs = ['-F', 'none', '-p', String(port), ...files.flatMap((option) => ['-o', option])];
    ssh = sshRunner(local, { host: `${userInfo().username}@127.0.0.1`, clientArgs });
    const first = await ssh.run('true');
    if (!first.success) throw new Error(`${first.stderr}\n${log}`);
  } catch (error) {
    unavailable = error instanceof Error ? error.message : String(error);
    console.warn(`NOT TESTED: the target ssh: ${unavailable}`);
  }
}, 30_000);

afterAll(async () => {
  if (daemon?.exitCode === null) {
    const ended = new Promise((done) => daemon?.once('exit', done));
    daemon.kill();
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Ends a test where there is no daemon to test against. */
const needsDaemon = (context: { skip: (note: string) => void }): boolean => {
  if (unavailable !== undefined) context.skip(unavailable);
  return unavailable === undefined;
};

/** Processes whose arguments hold the word, as the kernel has them. */
function alive(word: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(word);
      } catch {
        return false;
      }
    })
    .map(Number);
}

describe('the target ssh', () => {
  it('EXR-04: hands on every argument, variable and directory as it is', async (context) => {
    if (!needsDaemon(context)) return;
    const nasty = [
      '',
      ' ',
      "it's",
      '"q"',
      '$HOME',
      '`id`',
      '$(id)',
      '*',
      '~',
      'a;b',
      'a&b',
      '\\',
      '#x',
      'line\nbreak',
      'ü€',
      '-n',
      '--',
      '!!',
      '{a,b}',
    ];
    const result = await ssh.run('printf', ['%s\\0', ...nasty]);
    expect(result.stdout.split('\0').slice(0, -1)).toEqual(nasty);
    expect(result).toMatchObject({
      success: true,
      cleanup: { status: 'confirmed-group-only' },
      command: { file: 'printf' },
    });
    const placed = await ssh.run('sh', ['-c', 'pwd; echo "$GIVEN"'], { cwd: folder, env: { GIVEN: "a'b $c" } });
    expect(placed.stdout).toBe(`${folder}\na'b $c\n`);
  });

  it('EXR-04: keeps both streams, input and exit codes apart', async (context) => {
    if (!needsDaemon(context)) return;
    const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => (at * 31) % 256);
    const echoed = await ssh.run('sh', ['-c', 'cat; echo err >&2; exit 7'], { input: bytes, encoding: 'buffer' });
    expect(Buffer.compare(echoed.stdout, bytes)).toBe(0);
    expect(echoed).toMatchObject({ exitCode: 7, outcome: { kind: 'exited' } });
    expect(Buffer.from(echoed.stderr).toString()).toBe('err\n');
    expect((await ssh.run('sh', ['-c', 'exit 255'])).outcome).toEqual({ kind: 'exited', exitCode: 255 });
    const line = await ssh.run('echo $((1 + 2))', ['a b'], { shell: true });
    expect(line.stdout).toBe('3 a b\n');
  });

  it('EXR-04: ends the group of a command that runs into its deadline, and says so', async (context) => {
    if (!needsDaemon(context)) return;
    const word = `custody-deadline-${process.pid}`;
    const result = await ssh.run('sh', ['-c', 'sleep 61 & sleep 62 & wait', word], { timeoutMs: 1500, graceMs: 200 });
    expect(result).toMatchObject({ timedOut: true, outcome: { kind: 'stopped', cause: 'timeout' } });
    expect(result.cleanup.status).toBe('confirmed-group-only');
    expect(alive(word)).toEqual([]);
  });

  it('EXR-04: ends the group of a command whose connection is gone', async (context) => {
    if (!needsDaemon(context)) return;
    const word = `custody-disconnect-${process.pid}`;
    // A client that nobody of ours asks about afterwards, as when its host is switched off.
    const line = { client: 'ssh', host: '' };
    const handle = ssh.start('sh', ['-c', 'echo begun; sleep 61 & wait', word], { graceMs: 0 });
    await eventually(
      () => handle.tail('stdout', { lines: 1 }) === 'begun\n',
      () => line.client,
    );
    expect(alive(word).length).toBeGreaterThan(0);
    process.kill(handle.pid ?? 0, 'SIGKILL');
    await eventually(
      () => alive(word).length === 0,
      () => `alive: ${alive(word).join()}`,
    );
    expect((await handle.result).outcome.kind).toBe('signaled');
    await handle.dispose();
  });

  it('EXR-04: tells a target that cannot be had from a command that fails', async (context) => {
    if (!needsDaemon(context)) return;
    const other = sshRunner(local, { host: '127.0.0.1', clientArgs: ['-F', 'none', '-p', '1'] });
    expect((await other.run('true')).outcome).toMatchObject({
      kind: 'not-started',
      error: { code: 'TARGET_UNAVAILABLE', operation: 'ssh-connect' },
    });
    const none = sshRunner(local, { host: 'x', client: '/nowhere/ssh' });
    expect((await none.run('true')).outcome).toMatchObject({
      error: { code: 'TARGET_UNAVAILABLE', operation: 'ssh-client' },
    });
    const moved = await ssh.run('true', [], { cwd: '/nowhere' });
    expect(moved.outcome).toMatchObject({ kind: 'not-started', error: { code: 'WORKING_DIRECTORY_NOT_FOUND' } });
  });

  it('ENV-08: refuses what would not hold there', async () => {
    const any = sshRunner(local, { host: 'x' });
    for (const options of [
      { secrets: { A: 'b' } },
      { limits: { maxProcesses: 3 } },
      { network: 'none' as const },
      { shell: 'cmd' },
    ])
      await expect(any.run('true', [], options)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(() => sshRunner(local, { host: '-oProxyCommand=x' })).toThrow('host');
    expect(existsSync(folder)).toBe(true);
  });

  it('EXR-02, EXR-04: is chosen by its kind, and its callers do not know', async (context) => {
    const targets = createTargetRegistry(local);
    targets.register('ssh', () => ssh);
    targets.register('upper', (_, runner) => runner);
    expect(targets.kinds).toEqual(['local', 'ssh', 'upper']);
    expect(targets.select('local')).toBe(local);
    expect(() => targets.select({ kind: 'sshh' })).toThrow('did you mean ssh?');
    if (!needsDaemon(context)) return;
    const callers = async (runner: Runner): Promise<string> => (await runner.run('echo', ['same'])).stdout;
    expect([await callers(targets.select('local')), await callers(targets.select({ kind: 'ssh' }))]).toEqual([
      'same\n',
      'same\n',
    ]);
  });
});

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        done(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}
