// Promised    : the child's environment is exactly what the mode and the given variables make of the host's as it is at the
//               time of the call, byte for byte.
// Not promised: the order of the variables.
import { describe, expect, it } from 'vitest';
import type { RunOptions } from '../../src/index.js';
import { forEachBackend } from './describe-backend.js';

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

  it('is nothing but the given variables in mode replace', async () => {
    expect(await environment({ envMode: 'replace', env: { A: '1' } })).toEqual({ A: '1' });
    expect(await environment({ envMode: 'replace' })).toEqual({});
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

  it.each(['', ' ', 'a=b=c', 'line\nbreak', 'grüße 🙂', '"\'\\$`', 'x'.repeat(50_000)])(
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
      Array.from({ length: 20 }, (_, index) => environment({ envMode: 'replace', env: { INDEX: String(index) } })),
    );
    expect(children).toEqual(Array.from({ length: 20 }, (_, index) => ({ INDEX: String(index) })));
  });

  describe('in a sync run', () => {
    it('is made by the same rules', () => {
      const { stdout } = scene.runSync('env', [], { envMode: 'replace', env: { A: '1' } });
      expect(stdout).toBe('A=1\0');
    });
  });
});
