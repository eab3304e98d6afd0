import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Command } from '../../../src/core/command.js';
import { CommandValidationError } from '../../../src/core/errors.js';
import type { CommandSpec } from '../../../src/core/run-options.js';

const full: CommandSpec = {
  ...{ file: 'git', args: ['commit', '-m', 'two words'], cwd: 'packages/a', env: { A: '1', B: null } },
  ...{ envMode: 'minimal', stdin: 'ignore', stdout: 'ignore', stderr: 'capture', maxOutputBytes: 4096 },
  ...{ timeoutMs: 5000, limits: { maxProcesses: 4 }, shell: 'bash', strictShell: false },
};

function propertiesOf(act: () => unknown): string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof CommandValidationError) return error.issues.map((issue) => issue.property);
    throw error;
  }
  return [];
}

describe('CMD-01: a command', () => {
  it('is frozen, with its arguments, variables and limits', () => {
    const command = Command.from(full);
    for (const part of [command, command.args, command.env, command.limits]) expect(Object.isFrozen(part)).toBe(true);
    expect(command).toMatchObject(full);
  });

  it('has no arguments and nothing else by default', () => {
    const { file, args, ...rest } = Command.create('git').build();
    expect([file, args]).toEqual(['git', []]);
    expect(new Set(Object.values(rest))).toEqual(new Set([undefined]));
  });

  it('does not see later changes', () => {
    const spec = { file: 'cat', args: ['a'], env: { A: '1' }, input: new Uint8Array([1]) };
    const command = Command.from(spec);
    spec.args[0] = 'b';
    spec.env.A = '2';
    spec.input[0] = 2;
    expect(command).toMatchObject({ args: ['a'], env: { A: '1' }, input: new Uint8Array([1]) });
  });
});

describe('CMD-02: JSON', () => {
  it.each<CommandSpec>([
    { file: 'git' },
    full,
    { file: 'cat', input: 'text' },
    { file: 'cat', input: Uint8Array.from({ length: 20_000 }, (_, index) => index % 256) },
    { file: 'cat', stdin: { file: 'in.txt' } },
    { file: 'a', args: ['\u0001', '💥'], env: JSON.parse('{"__proto__": "x"}') as Record<string, string> },
  ])('loses nothing of %j', (spec) => {
    const command = Command.from(spec);
    const copy = Command.fromJSON(JSON.stringify(command));
    expect(copy.equals(command)).toBe(true);
    expect(copy).toEqual(command);
    expect(Command.fromJSON(command.toJSON()).equals(command)).toBe(true);
  });

  it('has durations in milliseconds and reads hh:mm:ss', () => {
    expect(Command.from(full).toJSON()).toMatchObject({ version: 1, timeoutMs: 5000 });
    expect(Command.fromJSON({ file: 'git', timeoutMs: '00:05:00' }).timeoutMs).toBe(300_000);
    expect(propertiesOf(() => Command.fromJSON({ file: 'git', timeoutMs: '5 minutes' }))).toEqual(['timeoutMs']);
  });

  it('has the names of secrets and never a value', () => {
    const command = Command.create('gh').withSecret('GH_TOKEN', 'hunter2').build();
    expect(command.toJSON()).toMatchObject({ secrets: ['GH_TOKEN'] });
    for (const text of [JSON.stringify(command), command.key, String(command), inspect(command), command.summary()]) {
      expect(text).not.toContain('hunter2');
    }
  });

  it('is refused without the secrets it names', () => {
    const command = Command.create('gh').withSecret('GH_TOKEN', 'hunter2').build();
    expect(propertiesOf(() => Command.fromJSON(JSON.stringify(command)))).toEqual(['secrets.GH_TOKEN']);
    expect(Command.fromJSON(JSON.stringify(command), { GH_TOKEN: 'hunter2' }).equals(command)).toBe(true);
  });

  it.each(['', '{', '[]', 'null', '7', null, undefined, 7, []])('refuses %o', (json) => {
    expect(propertiesOf(() => Command.fromJSON(json))[0]).toBe('json');
  });

  it('refuses what it does not know', () => {
    const json = { version: 2, file: 'git', executable: 'git', input: { base64: '?' }, secrets: { A: 'x' } };
    expect(propertiesOf(() => Command.fromJSON(json))).toEqual(['version', 'secrets', 'executable', 'input']);
  });
});

describe('CMD-03: equality', () => {
  const base = Command.from({ file: 'a', env: { A: '1', B: '2' }, limits: { maxProcesses: 1, cpuTimeMs: 100 } });

  it('does not depend on the order of variables, limits or secrets', () => {
    const other = Command.from({ limits: { cpuTimeMs: 100, maxProcesses: 1 }, env: { B: '2', A: '1' }, file: 'a' });
    expect(other.equals(base)).toBe(true);
    expect(other.key).toBe(base.key);
    const secrets = Command.from({ file: 'a', secrets: { A: '1', B: '2' } });
    expect(secrets.equals(Command.from({ file: 'a', secrets: { B: '2', A: '1' } }))).toBe(true);
  });

  it.each<CommandSpec>([
    { file: 'b' },
    { file: 'a', args: [''] },
    { file: 'a', args: ['b', 'c'] },
    { file: 'a', args: ['b,c'] },
    { file: 'a', env: { A: '1' } },
    { file: 'a', env: { A: null } },
    { file: 'a', cwd: '.' },
    { file: 'a', timeoutMs: 1 },
    { file: 'a', input: 'x' },
    { file: 'a', shell: true },
    { file: 'a', secrets: { A: '1' } },
    { file: 'a', secrets: { A: '2' } },
  ])('tells %j from all others', (spec) => {
    const command = Command.from(spec);
    const others = [Command.from({ file: 'a' }), base, Command.from({ file: 'a', secrets: { A: '3' } })];
    expect(others.some((other) => other.equals(command) || command.equals(other))).toBe(false);
    expect(command.equals(Command.from(spec))).toBe(true);
  });
});

describe('CMD-04: the builder', () => {
  it('sets everything, appends arguments and lets the last word on a variable count', () => {
    const command = Command.create('npm')
      .withExecutable('git')
      .withArguments('commit')
      .withArguments('-m', 'two words')
      .withEnvironment('A', '0')
      .withEnvironment('A', '1')
      .withEnvironment('B', null)
      .withEnvironmentMode('minimal')
      .withWorkingDirectory('packages/a')
      .withStdin('ignore')
      .withOutput({ stdout: 'ignore', stderr: 'capture', maxOutputBytes: 4096 })
      .withTimeout(5000)
      .withResourceLimits({ maxProcesses: 4 })
      .withShell('bash', { strict: false })
      .build();
    expect(command.equals(Command.from(full))).toBe(true);
  });

  it('has no variables when none was set', () => {
    expect(Command.create('git').build().env).toBeUndefined();
  });

  it('does not change what it has built', () => {
    const builder = Command.create('git').withArguments('status').withEnvironment('A', '1');
    const first = builder.build();
    const second = builder
      .withArguments('-s')
      .withEnvironment('A', '2')
      .withResourceLimits({ maxProcesses: 1 })
      .build();
    expect(first).toMatchObject({ args: ['status'], env: { A: '1' }, limits: undefined });
    expect(second).toMatchObject({ args: ['status', '-s'], env: { A: '2' } });
  });
});

describe('what is wrong', () => {
  it.each([null, undefined, 7, '', '   ', 'a\0b', {}])('CMD-05: %o is refused by the builder at once', (file) => {
    expect(propertiesOf(() => Command.create(file as string))).toEqual(['file']);
    expect(propertiesOf(() => Command.create('git').withExecutable(file as string))).toEqual(['file']);
  });

  it.each([0, -1, NaN, Infinity, 2 ** 31, '5' as unknown as number])(
    'CMD-07: a timeout of %s is refused',
    (timeoutMs) => {
      expect(propertiesOf(() => Command.create('git').withTimeout(timeoutMs).build())).toEqual(['timeoutMs']);
    },
  );

  it('CMD-06, CMD-10, CMD-11, CMD-12: is reported at once, each with its place', () => {
    const builder = Command.create('git')
      .withArguments('fine', 7 as unknown as string, 'nul\0')
      .withEnvironment('A=B', 'x')
      .withEnvironment('N', '\0')
      .withResourceLimits({ maxProcesses: -1 })
      .withTimeout(0);
    const properties = propertiesOf(() => builder.build());
    expect(properties.sort()).toEqual(['args[1]', 'args[2]', 'env.A=B', 'env.N', 'limits.maxProcesses', 'timeoutMs']);
  });

  it('CMD-12: is an error with a code that can be serialised', () => {
    try {
      Command.from({ file: ' ', args: [1 as unknown as string] });
      expect.unreachable();
    } catch (error) {
      expect(JSON.parse(JSON.stringify(error))).toMatchObject({
        ...{ name: 'CommandValidationError', code: 'VALIDATION_FAILED', property: 'file' },
        issues: [{ property: 'file' }, { property: 'args[0]' }],
      });
    }
  });

  it('CMD-13: is a TypeError where there is no command', () => {
    expect(() => Command.from(undefined as unknown as CommandSpec)).toThrow(TypeError);
    expect(() => Command.from(null as unknown as CommandSpec)).toThrow(TypeError);
  });

  it('CMD-14: names what cannot be read', () => {
    const spec = {
      file: 'git',
      get cwd(): string {
        throw new Error('a getter that throws');
      },
    };
    expect(propertiesOf(() => Command.from(spec))).toEqual(['cwd']);
    const huge = Object.assign([], { length: 4_294_967_295 });
    expect(propertiesOf(() => Command.from({ file: 'git', args: huge }))).toEqual(['args']);
  });

  it('D-07: is a line where a file belongs', () => {
    expect(propertiesOf(() => Command.create('ls | wc').build())).toEqual(['file']);
    expect(Command.create('ls | wc').withShell().build().shell).toBe(true);
    expect(
      propertiesOf(() => Command.create('ls').withArguments('a;b').withShell(true, { strict: true }).build()),
    ).toEqual(['args[0]']);
  });
});
