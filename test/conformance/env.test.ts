// Promised    : the child's environment is exactly what the mode and the given variables make of the host's as it is at the
//               time of the call, byte for byte.
// Not promised: the order of the variables.
import { describe, expect, it } from 'vitest';
import type { RunOptions } from '../../src/index.js';
import { forEachBackend } from './describe-backend.js';
import { givenVariables } from './given-variables.js';

forEachBackend((scene) => {
  async function environment(options: RunOptions = {}): Promise<Record<string, string>> {
    const { stdout } = await scene.run('env', [], options);
    const entries = stdout.split('\0').slice(0, -1);
    const pairs = entries.map(
      (entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)] as const,
    );
    expect(new Set(pairs.map(([name]) => name)).size, 'a name occurs twice').toBe(pairs.length);
    return Object.fromEntries(pairs);
  }

  async function variables(options: RunOptions): Promise<string[]> {
    return givenVariables((await scene.run('env', [], options)).stdout);
  }

  it('is the host`s by default', async () => {
    expect(await environment()).toEqual({ ...process.env });
  });

  it.each(['inherit', 'merge'] as const)('adds and overrides in mode %s', async (envMode) => {
    const child = await environment({ envMode, env: { CUSTODY_TEST_NEW: 'new', PATH: '/changed' } });
    expect(child).toEqual({ ...process.env, CUSTODY_TEST_NEW: 'new', PATH: '/changed' });
  });

  it('leaves out what is set to undefined', async () => {
    process.env['CUSTODY_TEST_GONE'] = 'here';
    try {
      const child = await environment({ env: { CUSTODY_TEST_GONE: undefined } });
      expect(child).not.toHaveProperty('CUSTODY_TEST_GONE');
      expect((await environment())['CUSTODY_TEST_GONE']).toBe('here');
    } finally {
      delete process.env['CUSTODY_TEST_GONE'];
    }
  });

  it('sees changes of the host`s environment between two runs', async () => {
    try {
      expect(await environment()).not.toHaveProperty('CUSTODY_TEST_CHANGE');
      process.env['CUSTODY_TEST_CHANGE'] = 'one';
      expect((await environment())['CUSTODY_TEST_CHANGE']).toBe('one');
      process.env['CUSTODY_TEST_CHANGE'] = 'two';
      expect((await environment())['CUSTODY_TEST_CHANGE']).toBe('two');
    } finally {
      delete process.env['CUSTODY_TEST_CHANGE'];
    }
    expect(await environment()).not.toHaveProperty('CUSTODY_TEST_CHANGE');
  });

  it('ENV-04: is nothing but the given variables in mode replace', async () => {
    expect(await variables({ envMode: 'replace', env: { A: '1' } })).toEqual(['A=1']);
    expect(await variables({ envMode: 'replace' })).toEqual([]);
  });

  it('is a subset of the host`s plus the given variables in mode minimal', async () => {
    process.env['CUSTODY_TEST_SECRET_TOKEN'] = 'secret';
    try {
      const child = await environment({ envMode: 'minimal', env: { A: '1' } });
      expect(child).toMatchObject({ A: '1', PATH: process.env['PATH'] });
      expect(child).not.toHaveProperty('CUSTODY_TEST_SECRET_TOKEN');
      for (const [name, value] of Object.entries(child)) if (name !== 'A') expect(value).toBe(process.env[name]);
    } finally {
      delete process.env['CUSTODY_TEST_SECRET_TOKEN'];
    }
  });

  it.each(['', ' ', 'a=b=c', 'line\nbreak', 'grüße 🙂', '"\'\\$`', 'x'.repeat(30_000)])(
    'passes the value %j as it is',
    async (value) => {
      expect((await environment({ envMode: 'replace', env: { VALUE: value } }))['VALUE']).toBe(value);
    },
  );

  it('does not change the host`s', async () => {
    const before = { ...process.env };
    await environment({ env: { PATH: '/changed', CUSTODY_TEST_NEW: 'x' } });
    expect({ ...process.env }).toEqual(before);
  });

  it('is one per run, also side by side', async () => {
    const children = await Promise.all(
      Array.from({ length: 20 }, (_, index) => variables({ envMode: 'replace', env: { INDEX: String(index) } })),
    );
    expect(children).toEqual(Array.from({ length: 20 }, (_, index) => [`INDEX=${String(index)}`]));
  });

  it('ENV-02: is without the names that are excluded, which the result lists', async () => {
    process.env['CUSTODY_TEST_A_TOKEN'] = 'a';
    process.env['CUSTODY_TEST_B_TOKEN'] = 'b';
    try {
      const options = { envExclude: ['custody_test_*_token'], envInclude: ['CUSTODY_TEST_B_*'] };
      const child = await environment(options);
      expect(child).not.toHaveProperty('CUSTODY_TEST_A_TOKEN');
      expect(child).toHaveProperty('CUSTODY_TEST_B_TOKEN', 'b');
      expect((await scene.run('env', [], options)).withheldEnv).toEqual(['CUSTODY_TEST_A_TOKEN']);
      expect((await scene.run('env')).withheldEnv).toEqual([]);
    } finally {
      delete process.env['CUSTODY_TEST_A_TOKEN'];
      delete process.env['CUSTODY_TEST_B_TOKEN'];
    }
  });

  it('ENV-03: has the layers on top of each other: host, runner, command, options, secrets', async () => {
    await using runner = scene.anotherRunner({ envMode: 'replace', env: { A: 'runner', B: 'runner', C: 'runner' } });
    const command = {
      file: scene.probe,
      args: ['env'],
      env: { B: 'command', C: 'command', D: 'command', E: 'command' },
    };
    const options = { env: { C: 'options', D: 'options', E: undefined }, secrets: { D: 'secret-of-D' }, redact: false };
    const { stdout } = scene.record(await runner.run(command, options));
    expect(givenVariables(stdout)).toEqual(['A=runner', 'B=command', 'C=options', 'D=secret-of-D']);
  });

  it.each(['inherit', 'replace', 'minimal'] as const)('ENV-09: has the secrets, in mode %s', async (envMode) => {
    const child = await environment({ envMode, env: { A: 'env' }, secrets: { A: 'a "true"\nvalue' }, redact: false });
    expect(child['A']).toBe('a "true"\nvalue');
  });

  it('ENV-06, ENV-07: is minimal with CI=true under the preset agent, and redacted', async () => {
    process.env['CUSTODY_TEST_C_TOKEN'] = 'c';
    try {
      await using runner = scene.anotherRunner({ env: { API_TOKEN: 'letmein' }, elevated: 'allow' }, 'agent');
      const result = scene.record(await runner.run(scene.probe, ['env']));
      const entries = result.stdout.split('\0');
      expect(entries).toContain('CI=true');
      expect(entries).toContain('DOTNET_CLI_TELEMETRY_OPTOUT=1');
      expect(entries).toContain('API_TOKEN=[REDACTED]');
      expect(result.stdout).not.toContain('CUSTODY_TEST_C_TOKEN');
      expect(result.withheldEnv).toContain('CUSTODY_TEST_C_TOKEN');
    } finally {
      delete process.env['CUSTODY_TEST_C_TOKEN'];
    }
  });

  it('ENV-08: is the one asked for, however the command is run', async () => {
    const options = { envMode: 'replace', env: { A: '1' } } as const;
    const expected = ['A=1'];
    const { containment: levels } = scene.capabilities;
    const held = (['tree', 'strict', 'group'] as const).filter((level) => levels[level].available);
    for (const containment of held)
      expect(givenVariables((await scene.run('env', [], { ...options, containment })).stdout)).toEqual(expected);
    expect(givenVariables((await scene.start('env', [], options).result).stdout)).toEqual(expected);
    expect(givenVariables(scene.runSync('env', [], options).stdout)).toEqual(expected);
  });

  describe('in a sync run', () => {
    it('is made by the same rules', () => {
      const { stdout } = scene.runSync('env', [], { envMode: 'replace', env: { A: '1' } });
      expect(givenVariables(stdout)).toEqual(['A=1']);
    });
  });
});
