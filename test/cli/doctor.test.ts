// Promised    : doctor runs nothing, tells which backend is in use and why, and says what is not guaranteed here.
// Not promised: the layout of the text.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backends, custody } from './cli-process.js';

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')) as {
  readonly version: string;
};

describe.each(backends)('custody doctor over %s', (name, mode) => {
  it('FLG-03: reports backend, containment, features and limits as JSON', async () => {
    const { exitCode, stdout, stderr } = await custody(['doctor', '--json'], { mode });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const report = JSON.parse(stdout.toString()) as { readonly capabilities: Record<string, unknown> };
    expect(report).toMatchObject({
      version: manifest.version,
      node: process.version,
      nativeMode: mode,
      limits: { timeoutMs: { min: 1, max: 86_400_000, standard: 300_000 }, graceMs: { standard: 2_000 } },
      weaker: expect.any(Array) as unknown[],
      capabilities: {
        backend: name,
        features: expect.any(Object) as object,
        containment: {
          tree: { available: expect.any(Boolean) as boolean, detail: expect.any(String) as string },
          strict: { escapeProof: expect.any(Boolean) as boolean },
          group: { hostCrash: expect.any(String) as string },
          none: { available: expect.any(Boolean) as boolean },
        },
      },
    });
  });

  it('CLI-06, FLG-03: says the same in text', async () => {
    const { exitCode, stdout, stderr } = await custody(['doctor'], { mode });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const text = stdout.toString();
    for (const part of [manifest.version, process.version, name, 'Containment', 'timeoutMs', '5 m']) {
      expect(text).toContain(part);
    }
    const { weaker } = JSON.parse((await custody(['doctor', '--json'], { mode })).stdout.toString()) as {
      readonly weaker: readonly string[];
    };
    for (const sentence of weaker) expect(text).toContain(sentence);
  });
});

describe('custody doctor', () => {
  it.runIf(backends.some(([name]) => name === 'native'))('names the addon that was loaded', async () => {
    const { stdout } = await custody(['doctor'], { mode: 'require' });
    expect(stdout.toString()).toMatch(/^addon +\/.*\.node$/m);
  });

  it('names the reason for the fallback', async () => {
    expect((await custody(['doctor'], { mode: 'off' })).stdout.toString()).toMatch(/^reason +\S/m);
  });
});

describe('custody', () => {
  it('prints the version of its package', async () => {
    const { exitCode, stdout, stderr } = await custody(['--version']);
    expect({ exitCode, stdout: stdout.toString(), stderr }).toEqual({
      exitCode: 0,
      stdout: `${manifest.version}\n`,
      stderr: '',
    });
  });

  it('prints help on request and returns 2 when nothing was asked for', async () => {
    expect(await custody(['--help'])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await custody([])).toMatchObject({ exitCode: 2, stdout: Buffer.alloc(0) });
  });
});
