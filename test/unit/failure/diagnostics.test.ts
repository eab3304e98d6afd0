import { describe, expect, it } from 'vitest';
import { collectDiagnostics } from '../../../src/failure/diagnostics.js';
import { scriptedRunner } from '../../../src/testing/index.js';
import { createFailureLedger } from '../../../src/failure/failure-ledger.js';
import { exited, makeResult, succeeded } from './make-result.js';

const SECRET = 'hunter2hunter2';
const redact = (text: string): string => text.replaceAll(SECRET, '***');

const failed = makeResult(
  { kind: 'exited', exitCode: 1 },
  {
    command: {
      file: '/opt/tools/deploy',
      args: ['--key', SECRET, '/home/someone/project'],
      cwd: '/home/someone/project',
      shell: null,
      resolvedFile: null,
    },
    stderr: `${SECRET}: Permission denied\n`,
    reason: `because of ${SECRET}`,
  },
);

describe('FAIL-10: the diagnostics bundle', () => {
  it('tells how the run ended, what it was and what it left, as plain data', () => {
    const bundle = collectDiagnostics(failed);
    expect(JSON.parse(JSON.stringify(bundle))).toEqual(bundle);
    expect(bundle).toMatchObject({
      schemaVersion: 1,
      id: 'exec-1',
      outcome: 'exited',
      exitCode: 1,
      signal: null,
      timedOut: false,
      cleanup: { status: 'confirmed', survivors: [] },
      failure: { category: 'permission_lock' },
    });
  });

  it('keeps the last characters of each stream, and says so', () => {
    const long = makeResult({ kind: 'exited', exitCode: 1 }, { stdout: 'a'.repeat(100) + 'end' });
    expect(collectDiagnostics(long, { tailCharacters: 5 }).stdout).toMatchObject({ tail: 'aaend', truncated: true });
    expect(collectDiagnostics(long, { tailCharacters: 0 }).stdout.tail).toBe('');
    expect(collectDiagnostics(long).stdout).toMatchObject({ tail: long.stdout, truncated: false });
  });

  it('bounds the arguments', () => {
    const args = Array.from({ length: 100 }, () => 'x'.repeat(1000));
    const many = makeResult(
      { kind: 'exited', exitCode: 1 },
      { command: { file: 'f', args, cwd: null, shell: null, resolvedFile: null } },
    );
    const { command } = collectDiagnostics(many);
    expect(command.argCount).toBe(100);
    expect(command.args).toHaveLength(32);
    expect(Math.max(...command.args.map((arg) => arg.length))).toBe(120);
  });

  it('shows no absolute path unless it is asked to', () => {
    expect(JSON.stringify(collectDiagnostics(failed))).not.toContain('someone');
    expect(collectDiagnostics(failed, { exposePaths: true }).command.cwd).toBe('/home/someone/project');
  });

  it('redacts everything that came from the command, before it cuts', () => {
    expect(JSON.stringify(collectDiagnostics(failed, { redact }))).not.toContain(SECRET);
    const cut = makeResult({ kind: 'exited', exitCode: 1 }, { stdout: SECRET });
    expect(collectDiagnostics(cut, { redact, tailCharacters: 6 }).stdout.tail).toBe('***');
  });
});

describe('FAIL-13: the ledger', () => {
  it('is an observer that notes each failure of a runner', async () => {
    const ledger = createFailureLedger();
    const runner = scriptedRunner(
      [{ file: 'make', exitCode: 1, stderr: 'write: No space left on device\n' }, { file: 'true' }],
      { observers: [ledger] },
    );
    await runner.run('make');
    await runner.run('true');
    expect(Object.entries(ledger.counts()).filter(([, count]) => count > 0)).toEqual([['resource_exhausted', 1]]);
  });

  it('tells each failure once with its context, and counts it by category', () => {
    const entries: unknown[] = [];
    const ledger = createFailureLedger({ redact, log: (entry) => entries.push(entry) });
    expect(ledger.record(succeeded())).toBeNull();
    expect(ledger.record(failed)?.category).toBe('permission_lock');
    ledger.record(exited(3));
    ledger.record(exited(4));
    expect(ledger.counts()).toMatchObject({ permission_lock: 1, command_failed: 2, network: 0 });
    expect(entries).toHaveLength(3);
    expect(entries[0]).toMatchObject({ id: 'exec-1', failure: { category: 'permission_lock' } });
    expect(JSON.stringify(entries)).not.toContain(SECRET);
  });

  it('goes on when the log throws', () => {
    const ledger = createFailureLedger({
      log: () => {
        throw new Error('full');
      },
    });
    expect(ledger.record(failed)?.category).toBe('permission_lock');
    expect(ledger.counts().permission_lock).toBe(1);
    expect(ledger.lostEntries()).toBe(1);
  });
});
