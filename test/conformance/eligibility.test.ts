// Promised    : a command that is not eligible is not started where that is enforced, whichever way it was asked for, and what
//               was found stands in its result.
// Not promised: that a list of names keeps a program from anything.
import { describe, expect, it } from 'vitest';
import type { RunOptions } from '../../src/core/run-options.js';
import { CommandFailedError, CommandValidationError, createRunner, type SettledEvent } from '../../src/index.js';
import { forEachBackend } from './describe-backend.js';

const refused = (message: string): object => ({
  success: false,
  exitCode: -1,
  pid: null,
  outcome: { kind: 'not-started', error: { code: 'NOT_ELIGIBLE', operation: 'eligibility', message } },
  cleanup: { status: 'not-needed' },
});

forEachBackend((scene) => {
  it('ELG-03: is off by default: nothing is judged', async () => {
    const result = await scene.runner.run('sh', ['-c', 'true & wait']);
    expect(result).toMatchObject({ success: true, warnings: [] });
  });

  it('ELG-03: is enforced with preset agent, with the strict list', async () => {
    await using runner = scene.anotherRunner({ elevated: 'allow' }, 'agent');
    expect(await runner.run('rm', ['x'])).toMatchObject(refused('blocked: rm is on the list of denied executables'));
    expect(await runner.run('sh', ['-c', 'true & wait'])).toMatchObject(
      refused('blocked: true is left to run in the background (in sh)'),
    );
    expect(await runner.run('sh', ['-c', 'echo x'])).toMatchObject({ success: true });
  });

  describe('ELG-05: enforced, it refuses what is not eligible', () => {
    const options: RunOptions = { eligibility: 'enforce' };
    const message = 'manual_only: vite serves until it is stopped (in sh)';

    it('as words, as a line, blocked and streamed', async () => {
      expect(await scene.runner.run('sh', ['-c', 'vite'], options)).toMatchObject(refused(message));
      expect(await scene.runner.run('vite', [], { ...options, shell: true })).toMatchObject(refused(message));
      expect(scene.runner.runSync('sh', ['-c', 'vite'], options)).toMatchObject(refused(message));
      const handle = scene.runner.start('sh', ['-c', 'vite'], options);
      const lines: unknown[] = [];
      for await (const line of handle.lines()) lines.push(line);
      expect(lines).toEqual([]);
      expect(await handle.result).toMatchObject(refused(message));
      await handle.dispose();
    });

    it('as an error where one is wanted, and as a document', async () => {
      const rejected = scene.runner.run('vite', [], { ...options, reject: true });
      await expect(rejected).rejects.toThrow(CommandFailedError);
      await expect(rejected).rejects.toMatchObject({ code: 'NOT_ELIGIBLE' });
      const document = (await scene.runner.run('vite', [], options)).toJSON();
      expect(JSON.stringify(document)).toContain('"code":"NOT_ELIGIBLE"');
    });
  });

  it('ELG-01: as a warning, it runs the command and says what was found', async () => {
    const result = await scene.runner.run('sh', ['-c', 'true & wait'], { eligibility: 'warn' });
    expect(result).toMatchObject({
      success: true,
      warnings: ['blocked: true is left to run in the background (in sh)'],
    });
  });

  it('ELG-03: an override runs the command, and its reason is recorded, without secrets', async () => {
    const seen: SettledEvent[] = [];
    const observers = [{ settled: (event: SettledEvent) => void seen.push(event) }];
    await using runner = createRunner({ native: 'off', observers, defaults: { eligibility: 'enforce' } });
    const eligibility = { override: 'told to, with s3cr3t-value' };
    const options = { eligibility, secrets: { TOKEN: 's3cr3t-value' } };
    const result = await runner.run('sh', ['-c', 'true & wait'], options);
    const recorded =
      'blocked: true is left to run in the background (in sh); run all the same: told to, with [REDACTED]';
    expect(result).toMatchObject({ success: true, warnings: [recorded] });
    expect(seen.map((event) => event.result.warnings)).toEqual([[recorded]]);
  });
});

describe('a call', () => {
  const runner = createRunner({
    native: 'off',
    defaults: { eligibility: { mode: 'enforce', deniedExecutables: ['env'], allowedExecutables: ['env', 'true'] } },
  });

  it.each([
    [{ eligibility: 'off' }, 'eligibility.mode'],
    [{ eligibility: 'warn' }, 'eligibility.mode'],
    [{ eligibility: { override: ' ' } }, 'eligibility.override'],
    [{ eligibility: { mode: 'never' } }, 'eligibility.mode'],
    [{ eligibility: 3 }, 'eligibility'],
  ])('ELG-03: cannot get round its runner without a reason: %j', async (options, property) => {
    const rejected = runner.run('true', [], options as RunOptions);
    await expect(rejected).rejects.toThrow(CommandValidationError);
    await expect(rejected).rejects.toMatchObject({ property });
  });

  it('ELG-03: adds to the denied names of its runner, and narrows the allowed ones', async () => {
    const codeOf = async (file: string, eligibility: RunOptions['eligibility']): Promise<unknown> => {
      const { outcome } = await runner.run(file, [], { eligibility });
      return outcome.kind === 'not-started' ? outcome.error.message : outcome.kind;
    };
    expect(await codeOf('true', {})).toBe('exited');
    expect(await codeOf('false', {})).toContain('not on the list of allowed');
    expect(await codeOf('env', { deniedExecutables: [] })).toContain('on the list of denied');
    expect(await codeOf('true', { deniedExecutables: ['TRUE'] })).toContain('on the list of denied');
    expect(await codeOf('true', { allowedExecutables: ['env'] })).toContain('not on the list of allowed');
    expect(await codeOf('false', { allowedExecutables: ['false'] })).toContain('not on the list of allowed');
  });

  it('ELG-03: a reason is of one call and no default', () => {
    const create = (): unknown => createRunner({ defaults: { eligibility: { override: 'always' } } });
    expect(create).toThrow('defaults.eligibility.override');
  });
});
