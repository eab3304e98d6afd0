// Promised    : each run of a runner with the observer leaves a start and an end, also where nothing is started, without secrets.
// Not promised: when a record is on the disk, beyond `flush`, `close` and the end of the process.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditObserver, type AuditObserverOptions } from '../../../src/audit/audit-observer.js';
import type { AuditStore, AuditStoreOptions } from '../../../src/audit/audit-store.js';
import type { StoredEvent } from '../../../src/audit/record.js';
import { withCorrelation, type RunOptions } from '../../../src/index.js';
import { createMemoryScene, type MemoryScene } from '../../doubles/memory-runner.js';
import { allRecords, AuditScene } from './audit-scene.js';

let scene: AuditScene;
let store: AuditStore;

beforeEach(() => {
  scene = new AuditScene();
});
afterEach(() => scene.close());

function audited(observer: AuditObserverOptions = {}, options: AuditStoreOptions = {}): MemoryScene {
  store = scene.open(options);
  return createMemoryScene({ observers: [auditObserver(store, observer)] });
}

async function run(
  { runner, backend }: MemoryScene,
  { args = [], options = {}, output = '' }: { args?: readonly string[]; options?: RunOptions; output?: string } = {},
): Promise<void> {
  const pending = runner.run('make', args, options);
  backend.last.start(12).write('stdout', output).exit(0);
  await pending;
}

async function events(): Promise<readonly StoredEvent[]> {
  return (await allRecords(store)).map(({ event }) => event);
}

describe('AUD-01: each execution', () => {
  it('has a start and an end record, in this order', async () => {
    await run(audited());
    expect((await events()).map(({ eventType }) => eventType)).toEqual([
      'command_execution_start',
      'command_execution_end',
    ]);
  });

  it('has both where nothing could be started, and says why', async () => {
    const { runner, backend } = audited();
    const pending = runner.run('nothing-of-that-name');
    const failure = { operation: 'resolve', errno: 'ENOENT', subject: 'executable' } as const;
    backend.last.settle({ ending: 'not-started', status: null, failure, pid: undefined, resolvedFile: '' });
    await pending;
    const [start, end] = await events();
    expect(start).toMatchObject({ eventType: 'command_execution_start', executable: 'nothing-of-that-name' });
    expect(end).toMatchObject({
      outcome: 'not-started',
      success: false,
      exitCode: 127,
      error: { code: 'COMMAND_NOT_FOUND' },
    });
  });

  it('OBS-06: is missed by nobody silently: a store that fails is named by health() of the runner', async () => {
    const memory = audited({}, { file: '/dev/null/audit.db' });
    await run(memory);
    await store.flush();
    expect(memory.runner.health()).toMatchObject({ status: 'degraded' });
    expect(memory.runner.health().problems[0]).toMatch(/the audit store cannot be written/);
  });
});

describe('AUD-02: a record', () => {
  it('has the fields of the run, with null for what is not known', async () => {
    const options = { cwd: '/work', correlation: { runId: 'r', stepId: 's', repoSha: 'a'.repeat(40) } };
    await run(audited({ userId: 'ada' }), { args: ['all', '-j'], options, output: 'done\n' });
    const end = (await events())[1];
    expect(end).toMatchObject({
      version: 1,
      eventType: 'command_execution_end',
      executionId: 'exec-1',
      userId: 'ada',
      ...{
        runId: 'r',
        stepId: 's',
        repoSha: 'a'.repeat(40),
        sessionId: null,
        taskId: null,
        toolCallId: null,
        worktreeId: null,
      },
      command: 'make all -j',
      executable: 'make',
      arguments: ['all', '-j'],
      cwd: '/work',
      exitCode: 0,
      outcome: 'exited',
      timedOut: false,
      outputTruncated: false,
      cleanup: { status: 'confirmed-group-only', survivors: [] },
      usage: { scope: 'leader' },
      stdout: { totalBytes: 5, excerpt: 'done\n', omittedBytes: 0 },
    });
    expect(typeof end!['durationMs']).toBe('number');
    const [record] = await allRecords(store);
    expect(record!.timestamp).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('AUD-03: has the ids of the context the run was asked for in', async () => {
    const memory = audited();
    await withCorrelation({ sessionId: 'from-context', taskId: 'replaced' }, () =>
      run(memory, { options: { correlation: { taskId: 'given' } } }),
    );
    expect((await events())[0]).toMatchObject({ sessionId: 'from-context', taskId: 'given', runId: null });
  });

  it('D-29: has null where an id is absent', async () => {
    await run(audited());
    expect((await events())[0]).toMatchObject({ runId: null, toolCallId: null });
  });

  it('AUD-12: says that cleanup is unconfirmed, and a second one when it is known', async () => {
    const { runner, backend } = audited();
    const pending = runner.run('make');
    const cleanup = { status: 'unconfirmed', mechanism: 'group', leaderReaped: true, steps: [], killed: [] } as const;
    const survivors = [{ pid: 7, name: 'stuck', state: 'D', why: 'uninterruptible' }] as const;
    backend.last.start().exit(0, { cleanup: { ...cleanup, survivors, elapsedMs: 1 } });
    await pending;
    backend.last.cleanUp();
    const all = await events();
    expect(all[1]).toMatchObject({ cleanup: { status: 'unconfirmed', survivors } });
    expect(all[2]).toMatchObject({
      eventType: 'command_cleanup',
      executionId: 'exec-1',
      cleanup: { status: 'confirmed-group-only' },
    });
  });
});

describe('AUD-07: what is stored', () => {
  it('has neither registered secrets nor what looks like one, in arguments, environment and output', async () => {
    const token = 'ghp_0123456789abcdefABCDEF0123456789abcd';
    const options = {
      secrets: { DEPLOY: 'correct-horse-battery' },
      env: { API_KEY: 'plain', COLOUR: 'blue', NOTE: `uses ${token}` },
    };
    const args = ['--password', 'hunter2', `--header=Authorization: Bearer ${token}`, 'correct-horse-battery'];
    const run1 = audited({}, { redactPatterns: ['corp-[0-9]+'] });
    await run(run1, { args, options, output: `token=${token} corp-123 correct-horse-battery ok\n` });
    await store.close();
    const raw = readFileSync(scene.file, 'latin1') + JSON.stringify(await events());
    for (const secret of [token, 'correct-horse-battery', 'hunter2', 'plain', 'corp-123'])
      expect(raw).not.toContain(secret);
    const [start, end] = await events();
    expect(start).toMatchObject({
      arguments: ['--password', '[REDACTED]', '--header=Authorization: Bearer [REDACTED]', '[REDACTED]'],
      request: { env: { API_KEY: '[REDACTED]', COLOUR: 'blue', NOTE: 'uses [REDACTED]' }, secretNames: ['DEPLOY'] },
    });
    expect(start!['command']).not.toContain('hunter2');
    expect((end!['stdout'] as { excerpt: string }).excerpt).toContain(' ok\n');
  });

  it('is refused where a pattern is none', () => {
    expect(() => scene.open({ redactPatterns: ['('] })).toThrow(/redact.patterns\[0\]/);
  });
});

describe('AUD-08: the excerpt of the output', () => {
  async function excerptOf(output: string, options: AuditObserverOptions = {}): Promise<Record<string, unknown>> {
    await run(audited(options), { output });
    return (await events()).at(-1)!['stdout'] as Record<string, unknown>;
  }

  it('is the end of it, 10240 bytes by default, whole lines and whole characters', async () => {
    const line = `${'ü'.repeat(40)}\n`;
    const output = line.repeat(1_000);
    const { excerpt, omittedBytes, totalBytes } = await excerptOf(output);
    const bytes = Buffer.byteLength(String(excerpt));
    expect(bytes).toBeLessThanOrEqual(10_240);
    expect(bytes).toBeGreaterThan(10_240 - 100);
    expect(String(excerpt).startsWith(line)).toBe(true);
    expect(output.endsWith(String(excerpt))).toBe(true);
    expect(Number(omittedBytes) + bytes).toBe(totalBytes);
  });

  it('keeps an end without a line border', async () => {
    const { excerpt } = await excerptOf('ü'.repeat(30_000), { maxOutputBytes: 101 });
    expect(excerpt).toBe('ü'.repeat(50));
  });

  it('is left out if it is not wanted', async () => {
    expect(await excerptOf('text', { includeOutput: false })).toMatchObject({ excerpt: null, totalBytes: 4 });
    expect(await excerptOf('text', { maxOutputBytes: 0 })).toMatchObject({ excerpt: '', omittedBytes: 4 });
  });

  it('D-32: is beside the whole of it as a file if that is asked for, redacted and checked', async () => {
    const secret = 'sk-0123456789abcdefghijABCDEFGHIJ';
    const output = `${'line\n'.repeat(10_000)}${secret}\n`;
    await run(audited({ fullOutput: true }), { output });
    const record = (await allRecords(store))[1]!;
    expect(store.fullOutput(record, 'stdout')).toBe(output.replace(secret, '[REDACTED]'));
    expect(store.fullOutput(record, 'stderr')).toBeUndefined();
    const { file } = (record.event['stdout'] as { artifact: { file: string } }).artifact;
    const path = join(scene.folder, '.custody', 'output', file);
    writeFileSync(path, 'forged');
    expect(store.fullOutput(record, 'stdout')).toBeUndefined();
    await store.prune({ runId: 'exec-1' });
    expect(() => readFileSync(path)).toThrow(/ENOENT/);
  });
});
