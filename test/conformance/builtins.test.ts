// Promised    : a built-in obeys what a command obeys, whatever its code does with its thread, and its result says that the boundary
//               was a thread.
// Not promised: that the code of a built-in cannot harm the process it runs in; no process that it starts is held.
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { CommandValidationError, createRunner, type SettledEvent } from '../../src/index.js';

const module = new URL('../programs/builtin.mjs', import.meta.url);
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'custody-builtins-')));
const settled: SettledEvent[] = [];
const runner = createRunner({
  builtins: { tool: module },
  observers: [{ settled: (event) => settled.push(event) }],
  defaults: { timeoutMs: 15_000, graceMs: 50 },
});

afterAll(async () => {
  await runner.close();
  rmSync(folder, { recursive: true, force: true });
});

const inThread = {
  backend: 'worker',
  containment: 'none',
  pid: null,
  cleanup: { status: 'confirmed-group-only', mechanism: 'worker' },
};

describe('built-ins', () => {
  it('ELG-04: gets arguments, directory and environment, and has an exit code and both streams', async () => {
    const result = await runner.run('tool', ['echo', 'a b'], { cwd: folder, env: { CUSTODY_TEST_A: '1' } });
    expect(result).toMatchObject({ ...inThread, success: false, exitCode: 5, stderr: 'to stderr\n' });
    expect(JSON.parse(result.stdout)).toEqual({ args: ['echo', 'a b'], cwd: folder, env: '1', own: '1' });
  });

  it('ELG-04: gets the environment that the policy leaves, and changes nothing of the host', async () => {
    const minimal = await runner.run('tool', ['echo'], { envMode: 'minimal' });
    expect(JSON.parse(minimal.stdout)).not.toHaveProperty('env');
    expect(await runner.run('tool', ['change'])).toMatchObject({ stdout: 'boolean\n' });
    expect([Reflect.get(globalThis, 'custodyChanged'), process.env['CUSTODY_TEST_CHANGED']]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('ELG-04: is stopped by its deadline in a loop without a pause', async () => {
    const result = await runner.run('tool', ['loop'], { timeoutMs: 1_000 });
    expect(result).toMatchObject({ ...inThread, timedOut: true, outcome: { cause: 'timeout', manner: 'forced' } });
    expect(result.cleanup.steps.map(({ signal }) => signal)).toEqual(['abort', 'terminate']);
    expect(['begun\n', '']).toContain(result.stdout);
  });

  it('ELG-04: is held to the output limit', async () => {
    const limits = { maxOutputBytes: 4_096, timeoutMs: 15_000 };
    const killed = await runner.run('tool', ['flood'], { ...limits, onOverflow: 'kill' });
    expect(killed.outcome).toMatchObject({ kind: 'stopped', cause: 'output-limit' });
    expect(killed.output.stdout.keptBytes).toBeLessThanOrEqual(4_096);
  });

  it('ELG-04: waits for its reader while it has none', async () => {
    const [held, free] = ['held', 'free'].map((name) => join(folder, name));
    const handle = runner.start('tool', ['fill', held!], { maxOutputBytes: 4_096 });
    const lines = handle.lines()[Symbol.asyncIterator]();
    expect(await lines.next()).toMatchObject({ value: { text: 'x'.repeat(999) } });
    await runner.run('tool', ['fill', free!]);
    expect([held!, free!].map((file) => existsSync(file))).toEqual([false, true]);
    let count = 1;
    while ((await lines.next()).done !== true) count += 1;
    expect(count).toBe(1_000);
    expect((await handle.result).success).toBe(true);
    expect(existsSync(held!)).toBe(true);
  });

  it('ELG-04: fails with the text of what is thrown, at once or later, or rejected', async () => {
    const thrown = await runner.run('tool', ['throw']);
    expect(thrown).toMatchObject({ ...inThread, exitCode: 1, stdout: 'before\n' });
    expect(thrown.stderr).toMatch(/^Error: thrown on purpose\n {4}at /u);
    expect((await runner.run('tool', ['reject'])).stderr).toContain('rejected on purpose');
    expect((await runner.run('tool', ['late'])).stderr).toContain('late on purpose');
    expect(await runner.run('tool', ['wrong'])).toMatchObject({ exitCode: 1 });
  });

  it('ELG-04: ends its own thread with process.exit, and what it wrote before arrives', async () => {
    expect(await runner.run('tool', ['exit'])).toMatchObject({ exitCode: 7, stdout: 'x'.repeat(300_000) });
  });

  it('ELG-04: is asked to end by its signal when the call is aborted, and terminated when it does not listen', async () => {
    const abort = new AbortController();
    const onLine = (): void => {
      abort.abort();
    };
    const graceMs = 10_000;
    const asked = await runner.run('tool', ['wait'], { signal: abort.signal, onLine, graceMs });
    expect(asked).toMatchObject({ cancelled: true, stdout: 'ready\nasked\n', outcome: { manner: 'graceful' } });
    const handle = runner.start('tool', ['loop']);
    for await (const line of handle.lines()) {
      expect(line).toMatchObject({ text: 'begun' });
      handle.kill();
    }
    expect(await handle.result).toMatchObject({ ...inThread, outcome: { cause: 'cancelled', manner: 'forced' } });
  });

  it('ELG-04: reads input as a command does', async () => {
    const input = 'hello\n'.repeat(50_000);
    expect((await runner.run('tool', ['cat'], { input })).stdout === input).toBe(true);
    const handle = runner.start('tool', ['cat'], { stdin: 'pipe' });
    await handle.write('typed');
    handle.endInput();
    expect(await handle.result).toMatchObject({ stdout: 'typed', success: true });
  });

  it('ELG-04: has its secrets redacted, and observers hear of it as of any run', async () => {
    const before = settled.length;
    const result = await runner.run('tool', ['say'], { secrets: { CUSTODY_TEST_WORD: 'xyzzy-4711' }, redact: true });
    expect(result.stdout).toMatch(/^the word is (?!xyzzy).+\n$/u);
    expect(settled.slice(before)).toMatchObject([{ result: { backend: 'worker', success: true } }]);
    expect(JSON.stringify(settled.at(-1))).not.toContain('xyzzy-4711');
  });

  it('ELG-04: is judged by the lists of the policy like any executable', async () => {
    const eligibility = { mode: 'enforce', deniedExecutables: ['tool'] } as const;
    const result = await runner.run('tool', ['echo'], { eligibility });
    expect(result.outcome).toMatchObject({ kind: 'not-started', error: { code: 'NOT_ELIGIBLE' } });
  });

  it('ELG-04: is refused where a thread would be weaker than what was asked for', async () => {
    const codeOf = async (options: object): Promise<unknown> => {
      const { outcome } = await runner.run('tool', ['echo'], options);
      return outcome.kind === 'not-started' ? outcome.error.code : outcome.kind;
    };
    expect(await codeOf({ containment: 'tree' })).toBe('CONTAINMENT_UNAVAILABLE');
    expect(await codeOf({ limits: { memoryBytes: 1e9 }, strictLimits: true })).toBe('LIMITS_UNENFORCEABLE');
    expect(await codeOf({ stdin: 'inherit' })).toBe('VALIDATION_FAILED');
    expect(await codeOf({ cwd: `${folder}/gone` })).toBe('WORKING_DIRECTORY_NOT_FOUND');
    expect(runner.runSync('tool', ['echo']).outcome).toMatchObject({ error: { code: 'VALIDATION_FAILED' } });
    await using other = createRunner({ builtins: { gone: pathToFileURL(`${folder}/gone.mjs`) } });
    expect((await other.run('gone')).outcome).toMatchObject({ error: { code: 'COMMAND_NOT_FOUND' } });
  });

  it('ELG-04: leaves every other command to the backend', async () => {
    const result = await runner.run(process.execPath, ['-e', 'console.log(1)']);
    expect(result).toMatchObject({ stdout: '1\n', success: true });
    expect(result.backend).not.toBe('worker');
  });

  it('ELG-04: says at once which names and modules are not valid', () => {
    const builtins = { 'a/b': module, relative: './x.mjs', remote: new URL('https://example.org/x.mjs') };
    expect(() => createRunner({ builtins })).toThrow(CommandValidationError);
    expect(() => createRunner({ builtins })).toThrow(/builtins\.relative.*builtins\.remote/su);
  });
});
