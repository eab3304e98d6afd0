// Promised    : with --json, stdout holds one JSON document and nothing else, whatever became of the command.
// Not promised: the order of its fields.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createRunner, type NativeMode, type RunnerCapabilities } from '../../src/index.js';
import { backends, cliFile, custody, environment } from './cli-process.js';

type Document = Record<string, unknown>;

function capabilitiesOf(mode: NativeMode): RunnerCapabilities {
  return createRunner({ native: mode }).capabilities();
}

describe.each(backends)('custody exec --json over %s', (name, mode) => {
  async function exec(...args: readonly string[]): Promise<{ readonly exitCode: number; readonly document: Document }> {
    const { exitCode, stdout, stderr } = await custody(['exec', '--json', ...args], { mode });
    expect(stderr).toBe('');
    return { exitCode, document: JSON.parse(stdout.toString()) as Document };
  }

  it('CLI-06, RES-09: prints the result of a run', async () => {
    const { exitCode, document } = await exec('sh', '-c', 'echo out; echo err >&2; exit 3');
    expect(exitCode).toBe(3);
    expect(document).toMatchObject({
      version: 1,
      id: expect.stringMatching(/^exec-/) as string,
      command: { file: 'sh', args: ['-c', 'echo out; echo err >&2; exit 3'], cwd: null },
      outcome: { kind: 'exited', exitCode: 3 },
      success: false,
      exitCode: 3,
      cliExitCode: 3,
      signal: null,
      timedOut: false,
      cancelled: false,
      reason: null,
      truncation: null,
      stdout: 'out\n',
      stderr: 'err\n',
      output: {
        stdout: { totalBytes: 4, keptBytes: 4, droppedBytes: 0, truncated: false, heldBy: [] },
        stderr: { totalBytes: 4, keptBytes: 4, droppedBytes: 0, truncated: false, heldBy: [] },
      },
      cleanup: { leaderReaped: true, killed: [], survivors: [] },
      usage: { scope: expect.stringMatching(/^(leader|tree)$/) as string },
      durationMs: expect.any(Number) as number,
      startTime: expect.stringMatching(/Z$/) as string,
      endTime: expect.stringMatching(/Z$/) as string,
      pid: expect.any(Number) as number,
      backend: name,
      containment: expect.any(String) as string,
    });
  });

  it('prints the result of a timeout', async () => {
    const { exitCode, document } = await exec('--timeout', '200ms', 'sleep', '60');
    expect(exitCode).toBe(124);
    expect(document).toMatchObject({
      outcome: { kind: 'stopped', cause: 'timeout', manner: 'graceful', status: { signal: 'SIGTERM' } },
      timedOut: true,
      cliExitCode: 124,
    });
  });

  it('stops a silent command at its idle timeout, and no other', async () => {
    const silent = await exec('--idle-timeout', '2s', 'sh', '-c', 'echo once; sleep 60');
    expect(silent.document).toMatchObject({
      outcome: { cause: 'idle' },
      stdout: 'once\n',
      timedOut: true,
      cliExitCode: 124,
    });
    const script = 'for i in 1 2 3 4 5 6 7 8 9; do printf .; sleep 0.2; done';
    const busy = await exec('--idle-timeout', '1500ms', 'sh', '-c', script);
    expect(busy.document).toMatchObject({ outcome: { kind: 'exited' }, stdout: '.........', cliExitCode: 0 });
  });

  it('prints the limit that was exceeded, or that nothing enforced it', async () => {
    const script = 'sleep 60 & sleep 60 & sleep 60 & wait';
    const { document } = await exec('--max-processes', '2', '--timeout', '2s', '--grace', '0', 'sh', '-c', script);
    const { limits } = capabilitiesOf(mode).containment[capabilitiesOf(mode).defaultContainment];
    expect(document).toMatchObject(
      limits.maxProcesses.reach === 'tree'
        ? {
            outcome: { cause: 'resource-limit' },
            breach: { limit: 'maxProcesses', used: 3, allowed: 2 },
            unenforcedLimits: [],
            cliExitCode: 125,
          }
        : { outcome: { cause: 'timeout' }, breach: null, unenforcedLimits: ['maxProcesses'], cliExitCode: 124 },
    );
  });

  it('refuses strictly what nothing enforces', async () => {
    const { exitCode, document } = await exec('--memory', '64m', '--strict-limits', 'true');
    const { limits } = capabilitiesOf(mode).containment[capabilitiesOf(mode).defaultContainment];
    const isHeld = limits.memoryBytes.reach !== 'none';
    expect(exitCode).toBe(isHeld ? 0 : 125);
    if (isHeld) return;
    expect(document).toMatchObject({
      outcome: { kind: 'not-started', error: { code: 'LIMITS_UNENFORCEABLE' } },
      unenforcedLimits: ['memoryBytes'],
    });
  });

  it('prints why a command was not started, as data', async () => {
    const { exitCode, document } = await exec('no-such-command-anywhere');
    expect(exitCode).toBe(127);
    expect(document).toMatchObject({
      outcome: { kind: 'not-started', error: { code: 'COMMAND_NOT_FOUND', message: expect.any(String) as string } },
      cliExitCode: 127,
      pid: null,
    });
  });

  it('CLI-08: prints what is wrong with a call, as data', async () => {
    const { exitCode, document } = await exec('');
    expect(exitCode).toBe(2);
    expect(document).toMatchObject({ error: { code: 'VALIDATION_FAILED' }, cliExitCode: 2 });
  });

  it('keeps as much output as was asked for and says what is missing', async () => {
    const { document } = await exec('--max-output', '64K', 'sh', '-c', 'head -c 1000000 /dev/zero | tr "\\0" x');
    expect(document['output']).toMatchObject({
      stdout: { totalBytes: 1_000_000, keptBytes: 65_536, droppedBytes: 934_464, truncated: true },
    });
    // Not compared as a whole: a failure would print it.
    expect(/\[.*\]/.exec(String(document['stdout']))?.[0]).toBe('[OUTPUT TRUNCATED: 934464 bytes dropped]');
  });

  it('prints a document larger than a pipe whole', async () => {
    const { document } = await exec('sh', '-c', 'head -c 1000000 /dev/zero | tr "\\0" x');
    expect(document['stdout'] === 'x'.repeat(1_000_000)).toBe(true);
  });

  it('hands its own input to the command', async () => {
    const { stdout } = await custody(['exec', '--json', 'cat'], { mode, input: 'given' });
    expect(JSON.parse(stdout.toString())).toMatchObject({ stdout: 'given' });
  });

  describe('ENV-09, ENV-10: secrets', () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'custody-secrets-')));
    const file = join(folder, 'token');
    writeFileSync(file, 'hunter2-hunter2\n');
    afterAll(() => rmSync(folder, { recursive: true }));

    async function refusalOf(...args: readonly string[]): Promise<unknown> {
      const { exitCode, document } = await exec(...args, 'true');
      expect(exitCode).toBe(2);
      expect(document).toMatchObject({ error: { code: 'VALIDATION_FAILED' }, cliExitCode: 2 });
      return (document['error'] as Document)['message'];
    }

    it('come from a file or the environment, reach the command and stand in no document', async () => {
      const script = 'echo "${#KEY} $KEY ${#TOKEN} $TOKEN"; echo corp-12345678 >&2';
      const args = ['exec', '--json', '--secret', `KEY=${file}`, '--secret', 'TOKEN', '--redact', 'corp-[0-9]+'];
      const env = { TOKEN: 'swordfish-1' };
      const { stdout, stderr } = await custody([...args, 'sh', '-c', script], { mode, env: environment(mode, env) });
      expect(stderr).toBe('');
      expect(JSON.parse(stdout.toString())).toMatchObject({
        stdout: '15 [REDACTED] 11 [REDACTED]\n',
        stderr: '[REDACTED]\n',
      });
      expect(stdout.toString()).not.toMatch(/hunter2|swordfish|corp-1/);
    });

    it('are asked for in words where there are none', async () => {
      expect(await refusalOf('--secret', 'NO_SUCH_VARIABLE')).toMatch(/NO_SUCH_VARIABLE: there is no such variable/);
      expect(await refusalOf('--secret', `KEY=${join(folder, 'none')}`)).toMatch(
        /KEY: the file cannot be read \(ENOENT\)/,
      );
      expect(await refusalOf('--redact', '(')).toMatch(/redact\.patterns\[0\]/);
    });

    it('are said not to be redacted where output is inherited', async () => {
      const { stdout, stderr } = await custody(['exec', '--secret', `KEY=${file}`, 'sh', '-c', 'echo $KEY'], { mode });
      expect(stdout.toString()).toBe('hunter2-hunter2\n');
      expect(stderr).toMatch(/stdout is not redacted: it is inherited/);
      expect(stderr).not.toContain('hunter2');
    });
  });
});

describe.runIf(process.platform === 'linux')('custody exec --json on a full disk', () => {
  it.each([
    ['true', 125],
    ['false', 1],
  ])('CLI-02, CLI-06: does not pass for a success: %s ends with %d', async (command, expected) => {
    const line = `"${process.execPath}" "${cliFile}" exec --json -- ${command} >/dev/full`;
    const { exitCode, stderr } = await createRunner().run('sh', ['-c', line]);
    expect(stderr).toMatch(/^custody: not everything could be written: .*ENOSPC/);
    expect(exitCode).toBe(expected);
  });

  it.each([
    ['exec', 0],
    ['exec --json', 125],
  ])('CLI-02: ends also where nothing can be said of it: %s with %d', async (words, expected) => {
    const line = `"${process.execPath}" "${cliFile}" ${words} -- true >/dev/full 2>/dev/full`;
    expect((await createRunner().run('sh', ['-c', line], { timeoutMs: 15_000 })).exitCode).toBe(expected);
  });
});
