// Promised    : what exec ran is found again by runs, in both forms from the same records; recording changes no command.
// Not promised: the wording and the widths of the tables.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditObserver, openAuditStore } from '../../src/audit/index.js';
import { createRunner } from '../../src/index.js';
import { custody, type CliEnd } from './cli-process.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'custody-runs-')));
const file = join(folder, 'audit.db');
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: readonly string[]): Promise<CliEnd> =>
  custody(args, { cwd: folder, env: { CUSTODY_AUDIT_DB: file } });

interface Listed {
  readonly commands: readonly Readonly<Record<string, unknown>>[];
  readonly total: number;
  readonly next: string | null;
}

async function list(...args: readonly string[]): Promise<Listed> {
  const { stdout, stderr, exitCode } = await run('runs', 'list', '--json', ...args);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout.toString()) as Listed;
}

beforeAll(async () => {
  await run('exec', '--env', 'API_TOKEN=not-for-anyone', '--', 'sh', '-c', 'exit 0');
  await run('exec', '--', 'sh', '-c', 'exit 3');
  await run('exec', 'no-program-of-this-name');
  const store = openAuditStore({ file });
  const runner = createRunner({ observers: [auditObserver(store)] });
  const correlation = { runId: 'build-7', sessionId: 's-1', taskId: 't-1', toolCallId: 'c-1' };
  await runner.run('printf', ['one\\ntwo\\n\\033[31mred'], { correlation });
  await runner.run('printf', ['again'], { correlation: { runId: 'build-7' } });
  await runner.close();
  await store.close();
});

describe('AUD-01: exec', () => {
  it('leaves a record of what ran, what failed and what was not found', async () => {
    const { commands, total } = await list('--until', '2100-01-01');
    expect(total).toBe(5);
    expect(commands.map(({ outcome, exitCode }) => [outcome, exitCode])).toEqual([
      ['exited', 0],
      ['exited', 0],
      ['not-started', 127],
      ['exited', 3],
      ['exited', 0],
    ]);
    expect(readFileSync(file, 'latin1')).not.toContain('not-for-anyone');
  });

  it('is below the root of the project, in a folder that git does not see', async () => {
    const project = join(folder, 'project');
    mkdirSync(join(project, '.git'), { recursive: true });
    mkdirSync(join(project, 'deep', 'below'), { recursive: true });
    await custody(['exec', 'true'], { cwd: join(project, 'deep', 'below'), env: { CUSTODY_AUDIT_DB: '' } });
    expect(readFileSync(join(project, '.custody', '.gitignore'), 'utf8')).toBe('*\n');
    expect(existsSync(join(project, '.custody', 'audit.db'))).toBe(true);
  });

  it('leaves none with --no-audit, and one in another file with --audit-db', async () => {
    const other = join(folder, 'other.db');
    await run('exec', '--no-audit', '--audit-db', other, 'true');
    expect(existsSync(other)).toBe(false);
    await run('exec', '--audit-db', other, 'true');
    expect(existsSync(other)).toBe(true);
    expect((await list()).total).toBe(5);
  });

  it('AUD-11: says in one line what could not be recorded, and the command is what it would have been', async () => {
    const broken = join(folder, 'broken.db');
    writeFileSync(broken, 'no database, whatever its name says'.repeat(200));
    const end = await custody(['exec', '--quiet', '--', 'sh', '-c', 'echo out; exit 4'], {
      cwd: folder,
      env: { CUSTODY_AUDIT_DB: broken },
    });
    expect({ exitCode: end.exitCode, stdout: end.stdout.toString() }).toEqual({ exitCode: 4, stdout: 'out\n' });
    expect(end.stderr).toMatch(/^custody: not recorded: .*\n$/);
  });
});

describe('CLI-03: runs list', () => {
  it.each([
    [['--run-id', 'build-7', '--command', 'printf *'], 2],
    [['--session-id', 's-1', '--task-id', 't-1', '--tool-call-id', 'c-1'], 1],
    [['--failed', '--since', '1h'], 2],
    [['--until', '1h'], 0],
  ])('takes %j', async (args, total) => {
    expect((await list(...args)).total).toBe(total);
  });

  it('D-33: takes --from, --to and --format json for --since, --until and --json', async () => {
    expect((await list('--from', '1h', '--to', '2100-01-01')).total).toBe(5);
    const { stdout } = await run('runs', 'list', '--format', 'json');
    expect(JSON.parse(stdout.toString())).toEqual(await list());
  });

  it('goes on with a cursor', async () => {
    const first = await list('--limit', '3');
    const second = await list('--limit', '3', '--cursor', first.next!);
    expect([first.commands.length, second.commands.length, second.next]).toEqual([3, 2, null]);
  });

  it('CLI-06: shows the same runs as a table, oldest last, with control characters spelled out', async () => {
    const { commands } = await list();
    const { stdout } = await run('runs', 'list', '--time', 'absolute');
    const rows = stdout.toString().trimEnd().split('\n').slice(1);
    expect(rows).toHaveLength(5);
    rows.forEach((row, index) => {
      expect(row).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/);
      expect(row.endsWith(String(commands[index]!['executionId']))).toBe(true);
    });
    expect(stdout.toString()).not.toContain('\x1b');
    const lines = (await run('runs', 'list', '--format', 'jsonl')).stdout.toString().trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(commands);
  });

  it('CLI-08: says that there is no store, and makes none', async () => {
    const missing = join(folder, 'missing.db');
    const { exitCode, stderr } = await run('runs', 'list', '--audit-db', missing);
    expect(exitCode).toBe(125);
    expect(stderr).toContain(`no audit store at ${missing}`);
    expect(existsSync(missing)).toBe(false);
  });
});

describe('CLI-04: runs show', () => {
  it('takes the id of an execution: what ran, how it ended, and its output', async () => {
    const { commands } = await list('--session-id', 's-1');
    const id = String(commands[0]!['executionId']);
    const { stdout } = await run('runs', 'show', id, '--context');
    const text = stdout.toString();
    for (const said of [id, 'printf', 'cleanup', 'build-7', 'one\ntwo\n\\x1b[31mred']) expect(text).toContain(said);
    const json = JSON.parse((await run('runs', 'show', id, '--json')).stdout.toString()) as { records: unknown[] };
    expect(json.records).toHaveLength(2);
  });

  it('takes the id of a run, with one execution or several', async () => {
    const { stdout } = await run('runs', 'show', 'build-7');
    expect(stdout.toString().trimEnd().split('\n')).toHaveLength(3);
    const { exitCode, stderr } = await run('runs', 'show', 'nobody');
    expect(exitCode).toBe(125);
    expect(stderr).toContain('nobody');
  });

  it('D-32: --full-output shows the file beside the store, or says that it was not stored', async () => {
    const full = join(folder, 'full', 'audit.db');
    const store = openAuditStore({ file: full });
    const runner = createRunner({ observers: [auditObserver(store, { fullOutput: true, maxOutputBytes: 10 })] });
    await runner.run('printf', ['the %s\\nthe end\\n', 'beginning'], { correlation: { runId: 'whole' } });
    await runner.close();
    await store.close();
    const shown = async (...args: readonly string[]): Promise<string> =>
      (await run('runs', 'show', 'whole', '--audit-db', full, ...args)).stdout.toString();
    expect(await shown()).not.toContain('the beginning');
    expect(await shown('--full-output')).toContain('the beginning\nthe end\n');
    rmSync(join(folder, 'full', 'output'), { recursive: true });
    expect(await shown('--full-output')).toContain('the whole was not stored');
  });
});

describe('CLI-05: runs stats, verify, prune, export and replay', () => {
  it('stats counts', async () => {
    const { stdout } = await run('runs', 'stats', '--json');
    expect(JSON.parse(stdout.toString())).toMatchObject({ executions: 5, failures: 2, open: 0, records: 10, file });
    expect((await run('runs', 'stats')).stdout.toString()).toMatch(/^executions +5\nfailed +2\n/);
  });

  it('export writes the chain, one record a line, and verify accepts it until somebody changes it', async () => {
    const { stdout } = await run('runs', 'export');
    const records = stdout.toString().trimEnd().split('\n');
    expect(records.map((line) => (JSON.parse(line) as { sequence: number }).sequence)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
    const array: unknown = JSON.parse((await run('runs', 'export', '--json')).stdout.toString());
    expect(array).toHaveLength(10);
    expect((await run('runs', 'verify')).exitCode).toBe(0);
    const copy = join(folder, 'copy.db');
    writeFileSync(
      copy,
      Buffer.from(readFileSync(file).toString('latin1').replace('"exitCode":3', '"exitCode":0'), 'latin1'),
    );
    const { exitCode, stdout: said } = await run('runs', 'verify', '--audit-db', copy);
    expect(exitCode).toBe(1);
    expect(said.toString()).toMatch(/^altered at record 3: /);
  });

  it('replay --dry-run names what is missing, and replay refuses without a terminal to ask on', async () => {
    const { commands } = await list('--command', 'sh -c exit 0');
    const id = String(commands[0]!['executionId']);
    const dry = await run('runs', 'replay', id, '--dry-run');
    expect(dry.stdout.toString()).toBe(`sh -c 'exit 0'\nin ${folder}\nmissing: variable API_TOKEN\n`);
    const { exitCode, stderr } = await run('runs', 'replay', id);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('variable API_TOKEN');
  });

  it('replay runs the command again with what it is given, which is not stored', async () => {
    const other = join(folder, 'replay.db');
    const script = 'test "$API_TOKEN" = sesame-open-up && echo there';
    await run('exec', '--audit-db', other, '--env', 'API_TOKEN=first-value', '--', 'sh', '-c', script);
    const { stdout } = await run('runs', 'list', '--json', '--audit-db', other);
    const id = String((JSON.parse(stdout.toString()) as Listed).commands[0]!['executionId']);
    const end = await custody(['runs', 'replay', id, '--secret', 'API_TOKEN', '--audit-db', other], {
      cwd: folder,
      env: { API_TOKEN: 'sesame-open-up' },
    });
    expect({ exitCode: end.exitCode, stdout: end.stdout.toString() }).toEqual({ exitCode: 0, stdout: 'there\n' });
    const after = await run('runs', 'list', '--json', '--audit-db', other);
    expect((JSON.parse(after.stdout.toString()) as Listed).total).toBe(2);
    const starts = (await run('runs', 'export', '--audit-db', other)).stdout.toString();
    expect(starts).not.toContain('first-value');
    expect(starts.match(/"secretNames":\["API_TOKEN"\]/g)).toHaveLength(1);
  });

  it('prune removes a run, archives it first, and the chain still holds', async () => {
    const archive = join(folder, 'archive.jsonl');
    const { stdout } = await run('runs', 'prune', '--run-id', 'build-7', '--archive', archive);
    expect(stdout.toString()).toBe('removed 4 records\n');
    expect(readFileSync(archive, 'utf8').trimEnd().split('\n')).toHaveLength(4);
    expect((await list()).total).toBe(3);
    expect((await run('runs', 'verify')).stdout.toString()).toContain('4 are tombstones');
    expect((await run('runs', 'prune', '--older-than', '30d')).stdout.toString()).toBe('removed 0 records\n');
  });
});
