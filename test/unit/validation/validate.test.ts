import { describe, expect, it } from 'vitest';
import { TimeBudget } from '../../../src/core/budget.js';
import { CommandValidationError } from '../../../src/core/errors.js';
import { scriptedRunner, type ScriptedCommand } from '../../../src/testing/index.js';
import { validate, type ValidateOptions, type ValidationOutput } from '../../../src/validation/index.js';
import type { ValidationStage } from '../../../src/validation/stage.js';

const TSC = "src/a.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.\n";

async function outcomeOf(
  commands: readonly ScriptedCommand[],
  stages: readonly ValidationStage[],
  options: ValidateOptions = {},
): Promise<ValidationOutput> {
  const runner = scriptedRunner(commands);
  const output = await validate(runner, stages, { cwd: '/repo', ...options });
  runner.verify();
  return output;
}

const statuses = ({ stages }: ValidationOutput): readonly string[] =>
  stages.map(({ stage, status, reason }) => `${stage} ${status}${reason === null ? '' : `: ${reason}`}`);

async function issuesOf(stages: unknown, options: unknown = {}): Promise<readonly string[]> {
  const runner = scriptedRunner([]);
  const error: unknown = await validate(runner, stages as never, options as never).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CommandValidationError);
  return (error as CommandValidationError).issues.map(({ property }) => property);
}

describe('stages', () => {
  it('VAL-01: run in their order, a line split into words without a shell', async () => {
    const order: string[] = [];
    const output = await outcomeOf(
      [
        { file: 'a', args: ['b c', '$HOME'] },
        { file: 'tool', args: ['x y'] },
      ],
      [
        { name: 'one', command: `a "b c" '$HOME'` },
        { name: 'two', command: ['tool', 'x y'] },
      ],
      { onStage: ({ stage }) => void order.push(stage) },
    );
    expect(order).toEqual(['one', 'two']);
    expect(output.success).toBe(true);
  });

  it('VAL-02: end with the first failure, and what was not run is skipped', async () => {
    const output = await outcomeOf(
      [{ file: 'a' }, { file: 'b', exitCode: 3, stderr: 'no\n' }],
      ['a', 'b', 'c', 'd'].map((name) => ({ name, command: name })),
    );
    const reason = 'a stage before it failed';
    expect(statuses(output)).toEqual(['a passed', 'b failed', `c skipped: ${reason}`, `d skipped: ${reason}`]);
    expect(output.success).toBe(false);
    expect(output.stages[1]).toMatchObject({ exitCode: 3, output: 'no\n', passed: false, fixAttempted: false });
  });

  it('VAL-02: go on after a failure if asked to, but for those that need what failed', async () => {
    const output = await outcomeOf(
      [{ file: 'a', exitCode: 1 }, { file: 'b' }],
      [
        { name: 'a', command: 'a' },
        { name: 'b', command: 'b' },
        { name: 'c', command: 'c', after: ['a'] },
        { name: 'd', command: 'd', after: ['c'] },
      ],
      { continueOnFailure: true },
    );
    expect(statuses(output)).toEqual([
      'a failed',
      'b passed',
      "c skipped: 'a' did not pass",
      "d skipped: 'c' did not pass",
    ]);
    expect(output.success).toBe(false);
  });

  it('VAL-03: are repaired once and run once more', async () => {
    const output = await outcomeOf(
      [{ file: 'lint', exitCode: 1 }, { file: 'mend' }, { file: 'lint' }],
      [{ name: 'lint', command: 'lint', fixable: true, fixCommand: 'mend' }],
    );
    expect(output).toMatchObject({ success: true, stages: [{ fixAttempted: true, passed: true, errors: [] }] });
  });

  it('VAL-03: without a command for it are repaired by running again', async () => {
    const output = await outcomeOf(
      [{ file: 'fmt', exitCode: 1 }, { file: 'fmt', exitCode: 1 }, { file: 'fmt' }],
      [{ name: 'fmt', command: 'fmt', fixable: true }],
    );
    expect(output).toMatchObject({ success: true, stages: [{ fixAttempted: true }] });
  });

  it.each([
    ['a repair that failed leaves the first failure', 1, 'first'],
    ['a repair that did not help leaves what is still wrong', 0, 'second'],
  ])('VAL-03: %s', async (_name, exitCode, message) => {
    const output = await outcomeOf(
      [
        { file: 'lint', exitCode: 1, stderr: 'a.c:1:2: error: first\n' },
        { file: 'mend', exitCode },
        { file: 'lint', exitCode: 1, stderr: 'a.c:1:2: error: second\n' },
      ],
      [{ name: 'lint', command: 'lint', fixCommand: 'mend' }],
    );
    expect(output.stages[0]).toMatchObject({ fixAttempted: true, passed: false });
    expect(output.stages[0]?.errors.map((error) => error.message)).toEqual([message]);
  });

  it.each([
    ['are not repaired where the caller forbids it', { exitCode: 1 }, { fix: false }],
    ['are not repaired where they were not started', { notStarted: 'not-found' }, {}],
  ] as const)('VAL-03: %s', async (_name, ending, options) => {
    const output = await outcomeOf(
      [{ file: 'lint', ...ending }],
      [{ name: 'lint', command: 'lint', fixCommand: 'm' }],
      options,
    );
    expect(output.stages[0]).toMatchObject({ status: 'failed', fixAttempted: false });
  });

  it('VAL-04: succeed where there is none', async () => {
    expect(await outcomeOf([], [])).toMatchObject({ success: true, stages: [] });
  });

  it('VAL-05: pass in silence', async () => {
    const output = await outcomeOf([{ file: 'a' }], [{ name: 'a', command: 'a' }]);
    expect(output.stages).toEqual([
      {
        ...{ stage: 'a', status: 'passed', passed: true, output: '', errors: [], fixAttempted: false },
        ...{ reason: null, exitCode: 0, durationMs: expect.any(Number) as number },
      },
    ]);
  });

  it('VAL-06: have their output parsed, standard error included, and placed in the project', async () => {
    const output = await outcomeOf(
      [{ file: 'tsc', cwd: '/repo/packages/a', stderr: TSC, exitCode: 2 }],
      [{ name: 'types', command: 'tsc', cwd: 'packages/a' }],
    );
    expect(output.stages[0]?.errors).toMatchObject([
      { file: 'packages/a/src/a.ts', line: 3, column: 7, code: 'TS2322', severity: 'error', source: 'tsc' },
    ]);
  });

  it.each([
    ['that says nothing', { exitCode: 1 }],
    ['that was stopped', { stopped: 'timeout', stdout: 'half' }],
    ['that was not started', { notStarted: 'not-found' }],
    ['that says no error', { exitCode: 1, stdout: 'a.c:1:2: warning: x\n' }],
  ] as const)('VAL-06, PAR-09: a failure %s has an error all the same', async (_name, ending) => {
    const output = await outcomeOf([{ file: 'a', ...ending }], [{ name: 'a', command: 'a' }]);
    expect(output.stages[0]?.errors.some(({ severity }) => severity === 'error')).toBe(true);
  });

  it('run beside each other where they say so, and those behind wait for all of them', async () => {
    const events: string[] = [];
    const runner = scriptedRunner(['a', 'b', 'c', 'd'].map((file) => ({ file })));
    const watched: typeof runner.run = ((file: string, ...rest: []) => {
      events.push(`+${file}`);
      return runner.run(file, ...rest).finally(() => events.push(`-${file}`));
    }) as never;
    await validate(
      { run: watched, start: runner.start },
      [
        { name: 'a', command: 'a' },
        { name: 'b', command: 'b', after: [] },
        { name: 'c', command: 'c', after: ['a'] },
        { name: 'd', command: 'd' },
      ],
      { cwd: '/repo' },
    );
    expect(events.slice(0, 2)).toEqual(['+a', '+b']);
    expect(events.indexOf('+c')).toBeGreaterThan(events.indexOf('-a'));
    expect(events.at(-2)).toBe('+d');
  });

  it('are skipped once the budget is spent, and those that run get what is left', async () => {
    let nowMs = 0;
    const budget = new TimeBudget(100, { nowMs: () => nowMs });
    const output = await outcomeOf(
      [{ file: 'a' }],
      ['a', 'b'].map((name) => ({ name, command: name })),
      {
        budget,
        continueOnFailure: true,
        onStage: () => (nowMs = 100),
      },
    );
    expect(statuses(output)).toEqual(['a passed', 'b skipped: the time budget is spent']);
  });

  it('are stopped by the signal, and the rest is skipped', async () => {
    const abort = new AbortController();
    const scripted = scriptedRunner([{ file: 'a', waits: true }]);
    const run: typeof scripted.run = ((...call: Parameters<typeof scripted.run>) => {
      const result = scripted.run(...call);
      abort.abort(new Error('enough'));
      return result;
    }) as never;
    const stages = ['a', 'b'].map((name) => ({ name, command: name }));
    const work = validate({ ...scripted, run }, stages, { signal: abort.signal, continueOnFailure: true });
    expect(statuses(await work)).toEqual(['a failed: enough', 'b skipped: the validation was cancelled']);
  });
});

describe('what is refused', () => {
  it('VAL-01: every property that is wrong, at once', async () => {
    const wrong = [
      { name: 'a', command: '', fixable: 1, cwd: '', env: 1, timeoutMs: 0, format: 'odd', after: ['z'] },
      { name: 'a', command: ['', 1], fixable: false, fixCommand: '"', after: 1, comand: 'x' },
      7,
    ];
    expect(await issuesOf(wrong)).toEqual([
      ...['fixable', 'cwd', 'env', 'timeoutMs', 'format', 'command', 'after[0]'].map((name) => `stages[0].${name}`),
      ...['comand', 'name', 'fixCommand', 'command', 'fixCommand', 'after'].map((name) => `stages[1].${name}`),
      'stages[2]',
    ]);
    expect(await issuesOf({})).toEqual(['stages']);
    expect(await issuesOf([], { cwd: '', fix: 1, budget: 1, signal: 1, onStage: 1 })).toEqual([
      ...['cwd', 'fix', 'budget', 'signal', 'onStage'],
    ]);
  });

  it('VAL-01: stages that wait for themselves, by whatever way round', async () => {
    const stages = [
      { name: 'a', command: 'a', after: ['c'] },
      { name: 'b', command: 'b', after: ['b'] },
      { name: 'c', command: 'c', after: ['a'] },
      { name: 'free', command: 'f', after: [] },
    ];
    expect(await issuesOf(stages)).toEqual(['stages[0].after', 'stages[1].after', 'stages[2].after']);
  });
});
