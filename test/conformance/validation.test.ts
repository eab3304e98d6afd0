// Promised    : a call with wrong arguments throws or rejects before anything starts, and names every wrong field.
// Not promised: the wording.
import { describe, expect, it } from 'vitest';
import { CommandValidationError, CustodyError } from '../../src/index.js';
import type { RunOptions } from '../../src/index.js';
import { forEachBackend } from './describe-backend.js';
import { givenVariables } from './given-variables.js';

/** Anything a caller without types might pass. */
function untyped(options: unknown): RunOptions {
  return options as RunOptions;
}

forEachBackend((scene) => {
  async function issuesOf(file: unknown, args: unknown, options: unknown): Promise<string[]> {
    const error: unknown = await Promise.resolve()
      .then(() => scene.runner.run(file as string, args as string[], untyped(options)))
      .then(scene.record.bind(scene), (thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CommandValidationError);
    expect(error).toBeInstanceOf(CustodyError);
    expect(error).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(scene.members()).toEqual([]);
    return (error as CommandValidationError).issues.map((issue) => issue.property);
  }

  it.each(['', '   ', 'a\0b', 7, {}, []].map((file) => ({ file })))('refuses $file as file', async ({ file }) => {
    expect((await issuesOf(file, [], {}))[0]).toMatch(/^file|^command/);
  });

  it.each([
    { args: ['fine', 7], property: 'args[1]' },
    { args: ['a', 'b', 'nul\0'], property: 'args[2]' },
    { args: [undefined], property: 'args[0]' },
    { args: [null], property: 'args[0]' },
  ])('names $property', async ({ args, property }) => {
    expect(await issuesOf(scene.probe, args, {})).toEqual([property]);
  });

  const wrong: readonly (readonly [property: string, ...values: unknown[]])[] = [
    ['timeoutMs', 0, -1, NaN, Infinity, 86_400_001, '5', null],
    ['idleTimeoutMs', 0, -1, NaN, Infinity, '5'],
    ['graceMs', -1, NaN, Infinity, 60_001, '5'],
    ['drainMs', -1, NaN, Infinity, '5'],
    ['maxOutputBytes', 0, 1023, 104_857_601, NaN, '1'],
    ['cwd', 7, '', 'a\0b'],
    ['env', 7, 'A=1', ['A=1']],
    ['envMode', 'all', 7],
    ['input', 7, {}],
    ['stdin', 'open', 7, { file: 7 }],
    ['stdout', 'file', 7],
    ['stderr', 'file', 7],
    ['onOverflow', 'wait', true],
    ['signal', {}, 'abort', 7],
    ['stragglers', 'keep', 7],
    ['containment', 'jail', 7],
    ['encoding', 'latin-7', 7],
    ['reject', 'yes', 7],
  ];
  const cases = wrong.flatMap(([property, ...values]) => values.map((value) => ({ property, value })));

  it.each(cases)('refuses $value as $property', async ({ property, value }) => {
    const [issue, ...others] = await issuesOf(scene.probe, ['wait'], { [property]: value });
    expect(issue?.startsWith(property)).toBe(true);
    expect(others).toEqual([]);
  });

  it.each([
    { env: { 'A=B': 'x' } },
    { env: { '': 'x' } },
    { env: { 'A\0': 'x' } },
    { env: { A: 'x\0' } },
    { env: { A: 7 } },
  ])('refuses the variables $env', async (options) => {
    const [issue] = await issuesOf(scene.probe, ['wait'], options);
    expect(issue).toMatch(/^env/);
  });

  it('names every wrong field at once', async () => {
    const issues = await issuesOf('', ['ok', 7], { timeoutMs: -1, graceMs: 'x', cwd: 5, stragglers: 'no' });
    expect(issues.sort()).toEqual(['args[1]', 'cwd', 'file', 'graceMs', 'stragglers', 'timeoutMs']);
  });

  it('refuses what is no command at all', async () => {
    for (const command of [undefined, null]) {
      const error: unknown = await Promise.resolve()
        .then(() => scene.runner.run(command as unknown as string))
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
    }
  });

  it('survives getters that throw', async () => {
    const options = {
      get timeoutMs(): number {
        throw new Error('a getter that throws');
      },
    };
    const error: unknown = await Promise.resolve()
      .then(() => scene.runner.run(scene.probe, ['wait'], options))
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(scene.members()).toEqual([]);
  });

  describe('start and runSync', () => {
    it('throw at once', () => {
      expect(() => scene.runner.start('', [])).toThrow(CommandValidationError);
      expect(() => scene.runner.runSync(scene.probe, ['wait'], { timeoutMs: -1 })).toThrow(CommandValidationError);
      expect(scene.members()).toEqual([]);
    });
  });

  it('accepts undefined in place of every option', async () => {
    const options = Object.fromEntries(wrong.map(([property]) => [property, undefined]));
    expect((await scene.run('args', ['x'], untyped(options))).stdout).toBe('x\0');
  });

  it('does not see changes made to the options after the call', async () => {
    const env = { VALUE: 'before' };
    const args = ['env'];
    const running = scene.runner.run(scene.probe, args, { envMode: 'replace', env });
    env.VALUE = 'after';
    args[0] = 'wait';
    expect(givenVariables((await running).stdout)).toEqual(['VALUE=before']);
  });
});
