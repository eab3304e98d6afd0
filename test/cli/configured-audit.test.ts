// Promised    : the section `audit` of the configuration holds for what the CLI records; options and the environment win over it.
// Not promised: what each key means; the tests of the store and its observer say so.
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAuditStore, type AuditedRun } from '../../src/audit/index.js';
import { custody, type CliEnd } from './cli-process.js';

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'custody-configured-audit-')));
});
afterEach(() => rmSync(folder, { recursive: true }));

function configure(...lines: readonly string[]): void {
  writeFileSync(join(folder, 'custody.yml'), ['audit:', ...lines.map((line) => `  ${line}`), ''].join('\n'));
}

const run = (args: readonly string[], database = ''): Promise<CliEnd> =>
  custody(args, { cwd: folder, env: { CUSTODY_AUDIT_DB: database } });

async function recorded(file: string): Promise<readonly AuditedRun[]> {
  const store = openAuditStore({ file: join(folder, file) });
  const { runs } = await store.find();
  await store.close();
  return runs;
}

describe('AUD-01: the configuration of the audit trail', () => {
  it('says where exec and run-many record, where runs looks, and what a record keeps', async () => {
    configure('file: here.db', 'max_output_bytes: 5');
    writeFileSync(join(folder, 'list'), 'printf 123456789\n');
    const end = await run(['run-many', 'list']);
    expect(end.exitCode, end.stderr).toBe(0);
    const [one] = await recorded('here.db');
    expect(one?.record.event['stdout']).toMatchObject({ totalBytes: 9, excerpt: '56789' });
    const listed = JSON.parse((await run(['runs', 'list', '--json'])).stdout.toString()) as { total: number };
    expect(listed.total).toBe(1);
    await run(['exec', 'true'], join(folder, 'environment.db'));
    await run(['exec', '--audit-db', join(folder, 'option.db'), 'true'], join(folder, 'environment.db'));
    const counts = await Promise.all(['here.db', 'environment.db', 'option.db'].map(recorded));
    expect(counts.map(({ length }) => length)).toEqual([1, 1, 1]);
  });

  it('switches recording off', async () => {
    configure('enabled: false', 'file: here.db');
    expect((await run(['exec', 'true'])).exitCode).toBe(0);
    expect(existsSync(join(folder, 'here.db'))).toBe(false);
  });

  it('AUD-11: fail-closed: what cannot be recorded is not run, unless --no-audit says so', async () => {
    configure('file: here.db', 'on_failure: fail-closed');
    writeFileSync(join(folder, 'here.db'), 'no database, whatever its name says'.repeat(200));
    const refused = await run(['exec', 'touch', 'made']);
    expect(refused.exitCode).toBe(125);
    expect(refused.stderr).toContain('audit store cannot be written');
    expect(existsSync(join(folder, 'made'))).toBe(false);
    expect((await run(['exec', '--no-audit', 'touch', 'made'])).exitCode).toBe(0);
    expect(existsSync(join(folder, 'made'))).toBe(true);
  });

  it('fail-closed: a command is run and recorded where the store is well', async () => {
    configure('file: here.db', 'on_failure: fail-closed');
    expect((await run(['exec', 'true'])).exitCode).toBe(0);
    expect(await recorded('here.db')).toHaveLength(1);
  });
});
