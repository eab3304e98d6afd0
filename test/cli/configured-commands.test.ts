// Promised    : run-many, validate and runs take the configuration as exec does: what is typed wins over it, it wins over what is
//               built in, --config names it and --no-config switches it off.
// Not promised: what each key means to a run; the tests of the configuration and of exec say so.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ValidationOutput } from '../../src/validation/index.js';
import { custody, type CliEnd, type CliOptions } from './cli-process.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'custody-configured-')));
const below = join(folder, 'below');
const other = join(folder, 'other.yml');
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => {
  mkdirSync(join(folder, '.git'));
  mkdirSync(below);
  writeFileSync(
    join(folder, 'custody.yml'),
    `default_timeout_seconds: 1
max_concurrent: 1
environment: {GREETING: hello}
audit: {file: here.db}
validation:
  stages:
    - {name: where, command: pwd, shell: true}
    - {name: greet, command: 'echo "$GREETING"; exit 1', shell: true, format: none}
`,
  );
  writeFileSync(other, 'environment: {GREETING: bye}\naudit: {file: other.db}\n');
});

const run = (args: readonly string[], options: CliOptions = {}): Promise<CliEnd> =>
  custody(args, { cwd: below, ...options, env: { CUSTODY_AUDIT_DB: '', ...options.env } });

const shell = (script: string): string => `${JSON.stringify({ file: 'sh', args: ['-c', script] })}\n`;

function stagesOf({ stdout, stderr }: CliEnd): Readonly<Record<string, string>> {
  expect(stderr).toBe('');
  const { stages } = JSON.parse(stdout.toString()) as ValidationOutput;
  return Object.fromEntries(stages.map(({ stage, output }) => [stage, output]));
}

describe('CFG-05: run-many', () => {
  it('gives commands what the file says, and runs as many at a time', async () => {
    const marks = join(folder, 'marks');
    const mark = shell(`printf + >>${marks}; sleep 0.1; printf - >>${marks}; echo "$GREETING"`);
    const { exitCode, stdout, stderr } = await run(['run-many', '-'], { input: mark.repeat(2) });
    expect({ exitCode, stdout: stdout.toString() }, stderr).toEqual({ exitCode: 0, stdout: 'hello\nhello\n' });
    expect(readFileSync(marks, 'utf8')).toBe('+-+-');
  });

  it('takes a timeout from the file, unless one is typed', async () => {
    const silent = shell('sleep 60');
    expect((await run(['run-many', '-'], { input: silent })).stderr).toMatch(/timeout/u);
    const { exitCode } = await run(['run-many', '--timeout', '15s', '-'], { input: shell('sleep 1.2') });
    expect(exitCode).toBe(0);
  });

  it('--config names another file, and --no-config none', async () => {
    const input = shell('echo "<$GREETING>"');
    const said = async (...options: string[]): Promise<string> =>
      (await run(['run-many', ...options, '-'], { input, env: { GREETING: 'inherited' } })).stdout.toString();
    expect(await said('--config', '../other.yml')).toBe('<bye>\n');
    expect(await said('--no-config', '--no-audit')).toBe('<inherited>\n');
  });

  it('AUD-11: fail-closed: runs nothing that cannot be recorded', async () => {
    const file = join(folder, 'closed.yml');
    writeFileSync(file, 'audit: {file: broken.db, on_failure: fail-closed}');
    writeFileSync(join(folder, 'broken.db'), 'no database, whatever its name says'.repeat(200));
    const { exitCode, stderr } = await run(['run-many', '--config', file, '-'], { input: `touch ${folder}/made\n` });
    expect(exitCode).toBe(123);
    expect(stderr).toContain('audit store cannot be written');
    expect(existsSync(join(folder, 'made'))).toBe(false);
  });
});

describe('CFG-05: validate', () => {
  it('runs the stages of the file, where that is, with what it says of commands, and records them', async () => {
    const audit = join(folder, 'validate.db');
    const end = await run(['validate', '--json', '--audit-db', audit]);
    expect(end.exitCode).toBe(1);
    expect(stagesOf(end)).toEqual({ where: `${folder}\n`, greet: 'hello\n' });
    const listed = JSON.parse((await run(['runs', 'list', '--json', '--audit-db', audit])).stdout.toString()) as object;
    expect(listed).toMatchObject({ total: 2 });
  });

  it('runs them in the directory that is typed, and those of a file of stages instead', async () => {
    expect(stagesOf(await run(['validate', '--json', '--cwd', '.', '--stage', 'where', '--no-audit']))).toEqual({
      where: `${below}\n`,
    });
    writeFileSync(join(below, 'custody.validate.yml'), '[{name: own, command: echo own}]');
    expect(stagesOf(await run(['validate', '--json', '--no-audit']))).toEqual({ own: 'own\n' });
  });
});

describe('CFG-05: runs', () => {
  it('looks into the store of the file', async () => {
    const file = join(folder, 'runs.yml');
    writeFileSync(file, 'audit: {file: runs.db}');
    await run(['exec', '--config', file, 'true']);
    const total = async (...options: string[]): Promise<unknown> =>
      (JSON.parse((await run(['runs', 'list', '--json', ...options])).stdout.toString()) as { total: number }).total;
    expect(await total('--config', file)).toBe(1);
    expect((await run(['runs', 'list', '--no-config'])).stderr).toContain('no audit store');
  });
});

describe('custody config', () => {
  it('CFG-05: shows where the stages come from', async () => {
    const { stdout } = await run(['config', '--json']);
    const { sources } = JSON.parse(stdout.toString()) as { readonly sources: object };
    expect(sources).toMatchObject({
      'validation.stages': { kind: 'file', line: 7 },
      'validation.fix': { kind: 'built-in' },
    });
  });
});

describe('custody exec --eligibility', () => {
  it.each([
    ['enforce', 125, ''],
    ['warn', 0, 'ran\n'],
    ['off', 0, 'ran\n'],
  ])('ELG-01: %s: ends with %d', async (mode, code, said) => {
    const line = ['exec', '--no-audit', '--eligibility', mode, '--', 'sh', '-c', 'echo ran; nohup true'];
    const { exitCode, stdout, stderr } = await run(line);
    expect({ exitCode, stdout: stdout.toString() }, stderr).toEqual({ exitCode: code, stdout: said });
    expect(stderr.includes('nohup')).toBe(mode !== 'off');
  });
});
