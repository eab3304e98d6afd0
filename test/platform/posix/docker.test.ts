// Promised    : a command in a container has its arguments, variables and limits, no variable stands in an argument, and the container is
//               ended and confirmed gone whatever ended the client.
// Not promised: what an engine makes of its arguments, beyond the podman that is tried where it runs.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dockerRunner, type DockerOptions } from '../../../src/docker/index.js';
import { CommandFailedError, createRunner } from '../../../src/index.js';
import type { Runner } from '../../../src/runner/runner.js';
import { createTargetRegistry } from '../../../src/targets/index.js';
import { eventually } from '../../conformance/eventually.js';

/**
 * A client that does what the real one does with files, names and exit codes: a container is a file in $STATE while it exists, and its
 * command runs in the client, unless the mode says how it goes wrong.
 */
const FAKE = `#!/bin/sh
printf '%s\\0' "$@" >> "$STATE/log"; printf '\\n' >> "$STATE/log"
case $1 in
rm) [ "$MODE" = stuck ] || rm -f "$STATE/container-$4"; exit 0 ;;
ps) name=\${5#name=^}; [ ! -e "$STATE/container-\${name%$}" ] || echo 0123; exit 0 ;;
esac
shift
while [ "$1" != --entrypoint ]; do
  case $1 in
  --name) name=$2 ;;
  --cidfile) cid=$2 ;;
  --env-file) file=$2; cp "$2" "$STATE/environment"; stat -c %a "$2" > "$STATE/mode" ;;
  esac
  shift
done
entry=$2; shift 3
case $MODE in
daemon) echo 'docker: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?' >&2; exit 125 ;;
image) echo "Unable to find image 'x:latest' locally" >&2; echo 'docker: Error response from daemon: pull access denied for x, repository does not exist.' >&2; echo "See 'docker run --help'." >&2; exit 125 ;;
esac
echo 0123 > "$cid"
case $MODE in
missing) echo 'docker: Error response from daemon: OCI runtime create failed: exec: "x": executable file not found in $PATH: unknown.' >&2; exit 127 ;;
denied) echo 'docker: Error response from daemon: OCI runtime create failed: exec: "/etc": permission denied: unknown.' >&2; exit 126 ;;
runtime) echo 'Error: crun: setrlimit RLIMIT_NOFILE: Operation not permitted: OCI permission denied' >&2; exit 126 ;;
esac
: > "$STATE/container-$name"
case $MODE in
stuck|deaf) trap '' TERM ;;
esac
set -a; . "$file"; set +a
"$entry" "$@"; status=$?
rm -f "$STATE/container-$name"
exit $status
`;

let folder = '';
const local = createRunner();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'custody-fake-docker-'));
  writeFileSync(join(folder, 'docker'), FAKE);
  chmodSync(join(folder, 'docker'), 0o755);
  // Others on this machine leave files in the common one.
  vi.stubEnv('TMPDIR', folder);
});

afterEach(() => {
  expect(filesLeft()).toEqual([]);
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const filesLeft = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('custody-container-'));
const containersLeft = (): string[] => readdirSync(folder).filter((name) => name.startsWith('container-'));
const docker = (options: Partial<DockerOptions> = {}, mode = 'ok'): Runner =>
  dockerRunner(local, {
    image: 'alpine:3',
    engine: join(folder, 'docker'),
    clientEnv: { STATE: folder, MODE: mode },
    ...options,
  });
const calls = (): string[][] =>
  readFileSync(join(folder, 'log'), 'utf8')
    .split('\0\n')
    .slice(0, -1)
    .map((line) => line.split('\0'));

describe('a command in a container', () => {
  it('EXR-03: is given to the client with all that was said of it', async () => {
    const mounts = [{ source: '/src', target: '/work', readOnly: true }];
    const runner = docker({
      mounts,
      user: '1000:1000',
      cpus: 1.5,
      network: 'bridge',
      pull: 'never',
      readOnly: true,
      init: true,
      labels: { a: 'b' },
    });
    const limits = {
      memoryBytes: 67_108_864,
      maxProcesses: 20,
      cpuTimeMs: 1500,
      maxOpenFiles: 64,
      maxFileSizeBytes: 4096,
    };
    const result = await runner.run('echo', ['a b', '$x', '--', '-n'], { cwd: '/work', limits });
    expect(result).toMatchObject({ success: true, stdout: 'a b $x -- -n\n', command: { file: 'echo', cwd: '/work' } });
    const [call = []] = calls();
    const name = call[call.indexOf('--name') + 1];
    expect(call.filter((_, at) => call[at - 1] !== '--cidfile' && call[at - 1] !== '--env-file')).toEqual([
      ...['run', '--rm', '--name', name, '--cidfile', '--label', `custody.run=${name}`, '--label', 'a=b', '--env-file'],
      ...[
        '--pull',
        'never',
        '--network',
        'bridge',
        '--user',
        '1000:1000',
        '--workdir',
        '/work',
        '--cpus',
        '1.5',
        '--read-only',
        '--init',
      ],
      ...['--mount', 'type=bind,source=/src,target=/work,readonly'],
      ...[
        '--memory',
        '67108864b',
        '--memory-swap',
        '67108864b',
        '--pids-limit',
        '20',
        '--ulimit',
        'cpu=2',
        '--ulimit',
        'nofile=64',
        '--ulimit',
        'fsize=4096',
      ],
      ...['--entrypoint', 'echo', 'alpine:3', 'a b', '$x', '--', '-n'],
    ]);
    expect(containersLeft()).toEqual([]);
  });

  it('EXR-03: has its variables from a file for its owner alone, which is gone afterwards, and none in an argument', async () => {
    const secrets = { TOKEN: 's3cr3t-value', LINES: 'one\ntwo-secret' };
    const result = await docker().run('sh', ['-c', 'echo $GIVEN $TOKEN'], { env: { GIVEN: 'yes' }, secrets });
    expect(result.stdout).toBe('yes [REDACTED]\n');
    expect(readFileSync(join(folder, 'environment'), 'utf8')).toBe('GIVEN=yes\nTOKEN=s3cr3t-value\n');
    expect(readFileSync(join(folder, 'mode'), 'utf8')).toBe('600\n');
    const words = calls().flat();
    expect(words.join('\n')).not.toMatch(/s3cr3t|two-secret|yes/u);
    expect(words[words.indexOf('--env') + 1]).toBe('LINES');
  });

  it('EXR-03: reads a line with the shell of the image, and input when there is some', async () => {
    expect((await docker().run('echo $((1 + 2))', ['a b'], { shell: true })).stdout).toBe('3 a b\n');
    expect((await docker().run('cat', [], { input: 'given' })).stdout).toBe('given');
    expect(calls().map((call) => call.includes('--interactive'))).toEqual([false, true]);
  });

  it('EXR-03, D-48: has no network where none is asked for; a local runner refuses', async () => {
    await docker({ network: 'bridge' }).run('true', [], { network: 'none' });
    const [call = []] = calls();
    expect(call[call.indexOf('--network') + 1]).toBe('none');
    const refused = await local.run('true', [], { network: 'none' });
    expect(refused.outcome).toMatchObject({
      kind: 'not-started',
      error: { code: 'CONTAINMENT_UNAVAILABLE', operation: 'network' },
    });
  });

  it('EXR-03: is read by line, piped and handled as any other', async () => {
    const handle = docker().start('sh', ['-c', 'echo 1; echo 2']);
    const lines: string[] = [];
    for await (const line of handle.lines()) lines.push(line.text);
    expect(lines).toEqual(['1', '2']);
    await handle.dispose();
    const runner = docker();
    const counted = runner.start('echo', ['abc']).pipe(runner.start('wc', ['-c'], { stdin: 'pipe' }));
    expect((await counted.result).stdout.trim()).toBe('4');
    await counted.dispose();
    const failed = docker().run('sh', ['-c', 'exit 3'], { reject: true });
    await expect(failed).rejects.toThrow(CommandFailedError);
  });
});

describe('the container', () => {
  it.each(['ok', 'deaf'])('EXR-03: is ended and confirmed gone when its time is over (%s)', async (mode) => {
    const result = await docker({}, mode).run('sleep', ['60'], { timeoutMs: 2_000, graceMs: 100 });
    expect(result).toMatchObject({ timedOut: true, outcome: { kind: 'stopped' }, warnings: [] });
    // As good as the client's, which depends on the backend.
    expect(result.cleanup.status).toBe((await local.run('true')).cleanup.status);
    expect(containersLeft()).toEqual([]);
    expect(calls().map(([verb]) => verb)).toEqual(['run', 'rm', 'ps']);
  });

  it('EXR-03: is ended when its caller aborts, and is not confirmed while the engine still knows it', async () => {
    const aborter = new AbortController();
    const handle = docker({}, 'stuck').start('sleep', ['60'], { signal: aborter.signal, graceMs: 0 });
    await eventually(
      () => containersLeft().length === 1,
      () => 'no container',
    );
    aborter.abort();
    const result = await handle.result;
    expect(result).toMatchObject({
      cancelled: true,
      cleanup: { status: 'unconfirmed' },
      warnings: [expect.stringContaining('may still be running')],
    });
    await expect(handle.dispose()).rejects.toMatchObject({ code: 'CLEANUP_UNCONFIRMED' });
  });
});

describe('what goes wrong', () => {
  it.each([
    ['daemon', 'TARGET_UNAVAILABLE', 'docker-daemon'],
    ['image', 'TARGET_UNAVAILABLE', 'docker-image'],
    ['missing', 'COMMAND_NOT_FOUND', 'exec'],
    ['denied', 'PERMISSION_DENIED', 'exec'],
    ['runtime', 'TARGET_UNAVAILABLE', 'docker-create'],
  ])('EXR-03: is told apart: %s is %s of %s', async (mode, code, operation) => {
    const result = await docker({}, mode).run('x');
    expect(result.outcome).toMatchObject({ kind: 'not-started', error: { code, operation } });
    expect(result.toJSON()).toMatchObject({ outcome: { error: { code } } });
  });

  it.each([125, 126, 127])('EXR-03: an exit code %i of the command itself is its own', async (exitCode) => {
    const { outcome } = await docker().run('sh', ['-c', `exit ${exitCode}`]);
    expect(outcome).toEqual({ kind: 'exited', exitCode });
  });

  it('EXR-03: a client that is not there is no command that is not there', async () => {
    const { outcome } = await docker({ engine: '/nowhere/docker' }).run('x');
    expect(outcome).toMatchObject({ error: { code: 'TARGET_UNAVAILABLE', operation: 'docker-client' } });
  });

  it('EXR-03: leaves no file where nothing was started', () => {
    expect(() => docker().start('x', [], { timeoutMs: -1 })).toThrow('timeoutMs');
    expect(() => docker().start('x', [], { shell: 'cmd' })).toThrow('shell');
    expect(() => docker().start('x', [], { stdin: { file: '' } })).toThrow('stdin');
  });

  it.each([
    [{ image: '-v' }, 'image'],
    [{ image: '' }, 'image'],
    [{ image: 'x', mounts: [{ source: 'a', target: '/b' }] }, 'mounts[0].source'],
    [{ image: 'x', mounts: [{ source: '/a,b', target: '/b' }] }, 'mounts[0].source'],
    [{ image: 'x', cpus: 0 }, 'cpus'],
    [{ image: 'x', imag: 1 }, 'did you mean image'],
    [{ image: 'x', pull: 'maybe' }, 'pull'],
  ])('EXR-03: options that are not valid are refused by name: %j', (options, property) => {
    expect(() => dockerRunner(local, options as DockerOptions)).toThrow(property);
  });
});

it('EXR-02: local or docker is chosen from options, and callers do not know', async () => {
  const targets = createTargetRegistry(local);
  targets.register('docker', (options, runner) => dockerRunner(runner, options as unknown as DockerOptions));
  const options = { image: 'x', engine: join(folder, 'docker'), clientEnv: { STATE: folder, MODE: 'ok' } };
  const answers: string[] = [];
  for (const choice of ['local', { kind: 'docker', ...options }])
    answers.push((await targets.select(choice).run('echo', ['same'])).stdout);
  expect(answers).toEqual(['same\n', 'same\n']);
  expect(existsSync(join(folder, 'log'))).toBe(true);
});

describe('podman', () => {
  const image = `custody-test-${process.pid}`;

  it('EXR-03: runs, ends and confirms as promised, where it runs', { timeout: 120_000 }, async (context) => {
    const podman = dockerRunner(local, { image, engine: 'podman', network: 'none', pull: 'never' });
    const limits = { maxOpenFiles: 256 };
    try {
      const root = join(folder, 'root');
      mkdirSync(join(root, 'bin'), { recursive: true });
      copyFileSync('/bin/busybox', join(root, 'bin', 'busybox'));
      const layers = execFileSync('tar', ['-c', '-C', root, '.'], { maxBuffer: 64 * 1024 * 1024 });
      execFileSync('podman', ['import', '-', image], { input: layers, stdio: ['pipe', 'ignore', 'ignore'] });
      const first = await podman.run('/bin/busybox', ['true'], { limits });
      if (!first.success) throw new Error(first.stderr.trim());
    } catch (error) {
      const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
      console.warn(`NOT TESTED: containers of podman: ${why ?? ''}`);
      context.skip(why);
      return;
    }
    try {
      const result = await podman.run('/bin/busybox', ['sh', '-c', 'echo "$GIVEN"; exit 7'], {
        env: { GIVEN: 'yes' },
        limits,
      });
      expect(result).toMatchObject({ exitCode: 7, stdout: 'yes\n' });
      expect((await podman.run('/bin/nothing', [], { limits })).outcome).toMatchObject({
        error: { code: 'COMMAND_NOT_FOUND' },
      });
      const late = await podman.run('/bin/busybox', ['sleep', '60'], { limits, timeoutMs: 5000, graceMs: 100 });
      expect(late).toMatchObject({ timedOut: true, cleanup: { status: 'confirmed' } });
      expect(execFileSync('podman', ['ps', '-aq', '--filter', 'label=custody.run'], { encoding: 'utf8' })).toBe('');
    } finally {
      execFileSync('podman', ['rmi', '--force', image], { stdio: 'ignore' });
    }
  });
});
