import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { summarizeCommand } from '../../../src/core/command-summary.js';
import { CommandValidationError } from '../../../src/core/errors.js';
import { ParameterFiles } from '../../../src/runner/parameter-file.js';

let folder = '';
let live = 0;
let files: ParameterFiles;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parameter-test-'));
  live = 0;
  files = new ParameterFiles({
    enter: () => (live += 1),
    leave: () => (live -= 1),
    decidesOnSignals: () => true,
  });
});

afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

const MARKER = '.custody-owner.json';

/** A folder as a killed host leaves it. */
function leaveBehind(name: string, marker: unknown): string {
  const left = join(folder, name);
  mkdirSync(left);
  writeFileSync(join(left, 'parameters'), 'old');
  if (marker !== undefined)
    writeFileSync(join(left, MARKER), typeof marker === 'string' ? marker : JSON.stringify(marker));
  return left;
}

describe('CMD-17: a parameter file', () => {
  it.each(['text ü', new Uint8Array([0, 1, 255])])('holds %j for its owner alone while it is used', async (content) => {
    const answer = await files.use(
      content,
      (path) => {
        expect(readFileSync(path)).toEqual(Buffer.from(content));
        expect(statSync(path).mode & 0o777).toBe(0o600);
        expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
        const marker = JSON.parse(readFileSync(join(path, '..', MARKER), 'utf8')) as object;
        expect(marker).toMatchObject({ owner: 'custody', pid: process.pid });
        expect(live).toBe(1);
        return path;
      },
      { folder },
    );
    expect(answer.startsWith(folder)).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
    expect(live).toBe(0);
  });

  it('is gone after a use that throws, or rejects', async () => {
    const uses: (() => never | Promise<never>)[] = [
      (): never => {
        throw new Error('thrown');
      },
      (): Promise<never> => Promise.reject(new Error('rejected')),
    ];
    for (const use of uses) await expect(files.use('x', use, { folder })).rejects.toThrow(/thrown|rejected/);
    expect(readdirSync(folder)).toEqual([]);
    expect(live).toBe(0);
  });

  it('is gone when its time is over, although it is used', async () => {
    // Often, because a time that is over while the file is being made found the folder half empty.
    for (let nth = 0; nth < 200; nth += 1) {
      await files.use(
        'x',
        async (path) => {
          expect(existsSync(path)).toBe(true);
          await vi.waitFor(() => expect(existsSync(path)).toBe(false), { timeout: 5000, interval: 1 });
        },
        { folder, lifetimeMs: 1 },
      );
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not what another host takes for left behind, before it is whole', async () => {
    await files.use(
      'x',
      (path) => {
        const { expiresAtMs } = JSON.parse(readFileSync(join(path, '..', MARKER), 'utf8')) as { expiresAtMs: number };
        expect(expiresAtMs).toBeGreaterThan(Date.now() + 30_000);
      },
      { folder, lifetimeMs: 1 },
    );
  });

  it('is gone when the host ends', async () => {
    await files.use(
      'x',
      (path) => {
        files.removeAllSync();
        expect(existsSync(path)).toBe(false);
      },
      { folder },
    );
  });

  it('is not shown in a summary', async () => {
    await files.use(
      'x',
      (path) => {
        const summary = summarizeCommand({ file: 'tool', args: [`@${path}`, path, `--file=${path}`] });
        expect(summary).not.toContain('custody-parameters');
        expect(summary.match(/\[parameter file\]/g)).toHaveLength(3);
      },
      { folder },
    );
  });
});

describe('what a killed host left behind', () => {
  it('is removed once its time is over, and nothing else is', async () => {
    const expired = leaveBehind('custody-parameters-a', { owner: 'custody', pid: 1, expiresAtMs: Date.now() - 1 });
    const kept = [
      leaveBehind('custody-parameters-b', { owner: 'custody', pid: 1, expiresAtMs: Date.now() + 60_000 }),
      leaveBehind('custody-parameters-c', { owner: 'somebody', expiresAtMs: 0 }),
      leaveBehind('custody-parameters-d', undefined),
      leaveBehind('custody-parameters-e', 'not JSON'),
      leaveBehind('other', { owner: 'custody', pid: 1, expiresAtMs: 0 }),
    ];
    await files.use('x', () => undefined, { folder });
    expect(existsSync(expired)).toBe(false);
    expect(kept.filter((left) => !existsSync(left))).toEqual([]);
  });
});

it.each([
  ['content', [7, (): number => 1]],
  ['use', ['x', 7]],
  ['lifetimeMs', ['x', (): number => 1, { lifetimeMs: 0 }]],
  ['lifetimeMs', ['x', (): number => 1, { lifetimeMs: 86_400_001 }]],
  ['folder', ['x', (): number => 1, { folder: 7 }]],
])('refuses a wrong %s', async (property, args) => {
  const call = files.use(...(args as Parameters<typeof files.use>));
  await expect(call).rejects.toThrow(CommandValidationError);
  await expect(call).rejects.toMatchObject({ property });
  expect(live).toBe(0);
});
