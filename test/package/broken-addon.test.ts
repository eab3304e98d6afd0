// Promised    : whatever is wrong with a binary of an installed package, commands run, and `capabilities()` says what serves
//               and why; where the addon is required, a call is refused with an error that names the reason.
import { chmodSync, cpSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Consumer } from './consumer.js';

let consumer: Consumer;
let installed: string;
let backup: string;
let addon: string;
let guardian: string;

beforeAll(async () => {
  consumer = await new Consumer().installWithNpm();
  ({ installed } = consumer);
  const name = readdirSync(consumer.prebuilds).find((file) => /^custody(\.glibc)?\.node$/u.test(file))!;
  addon = join(consumer.prebuilds, name);
  guardian = join(consumer.prebuilds, 'custody-guardian');
  backup = join(consumer.path, 'backup');
  cpSync(installed, backup, { recursive: true });
});

afterAll(() => {
  consumer[Symbol.dispose]();
});

afterEach(() => {
  rmSync(installed, { recursive: true });
  cpSync(backup, installed, { recursive: true });
});

/** Rewrites a file as a new one: nothing may write into what a running process has mapped. */
function rewrite(file: string, change: (bytes: Buffer) => Buffer): void {
  writeFileSync(`${file}.new`, change(readFileSync(file)), { mode: 0o755 });
  renameSync(`${file}.new`, file);
}

/** Where an ELF file says what machine it is for, and a number that no machine has. */
const ELF_MACHINE_OFFSET = 18;
const NO_MACHINE = 0x7fff;

function forAnotherMachine(bytes: Buffer): Buffer {
  bytes.writeUInt16LE(NO_MACHINE, ELF_MACHINE_OFFSET);
  return bytes;
}

/** Makes the installed JavaScript older than its addon. */
function lowerSurfaceVersion(): void {
  const dist = join(installed, 'dist');
  const pattern = /\bSURFACE_VERSION = \d+/u;
  const files = readdirSync(dist, { encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
  const bearers = files.map((name) => join(dist, name)).filter((file) => pattern.test(readFileSync(file, 'utf8')));
  expect(bearers).not.toEqual([]);
  for (const file of bearers) {
    rewrite(file, (bytes) => Buffer.from(bytes.toString().replace(pattern, 'SURFACE_VERSION = 1')));
  }
}

const DEFECTS: readonly { name: string; make: () => void; reason: () => RegExp }[] = [
  { name: 'removed', make: () => rmSync(addon), reason: () => new RegExp(`no addon for ${process.platform}`, 'u') },
  {
    name: 'no shared library',
    make: () => rewrite(addon, () => Buffer.from('not a shared library')),
    reason: () => /does not load: .*custody.*\.node/u,
  },
  {
    name: 'cut off',
    make: () => rewrite(addon, (bytes) => bytes.subarray(0, 4096)),
    reason: () => /does not load: .*custody.*\.node is cut off: \d+ bytes are missing/u,
  },
  { name: 'empty', make: () => rewrite(addon, () => Buffer.alloc(0)), reason: () => /does not load: .*custody/u },
  {
    name: 'of another machine',
    make: () => rewrite(addon, forAnotherMachine),
    reason: () => /does not load: .*custody/u,
  },
  { name: 'newer than the JavaScript', make: lowerSurfaceVersion, reason: () => /speaks surface \d+ and .* 1;/u },
];

describe.runIf(process.platform === 'linux').each(DEFECTS)(
  'FLG-07, FLG-08: an addon that is $name',
  ({ make, reason }) => {
    it('FLG-02: leaves the fallback to serve, which says why', async () => {
      make();
      expect((await consumer.smoke('fallback')).reason).toMatch(reason());
    });

    it('FLG-02: is a clear error of one line where it is required', async () => {
      make();
      const { code, message } = await consumer.refusal();
      expect(code).toBe('NATIVE_UNAVAILABLE');
      expect(message).toMatch(reason());
      expect(message).not.toContain('\n');
    });
  },
);

describe.runIf(process.platform === 'linux')('a guardian', () => {
  it('without its run bit still holds whole trees', async () => {
    chmodSync(guardian, 0o644);
    expect(await consumer.smoke('native')).toMatchObject({ containment: 'tree', cleanup: 'confirmed' });
  });

  it('that is removed leaves process groups, and nothing more is claimed', async () => {
    rmSync(guardian);
    expect(await consumer.smoke('native')).toMatchObject({ containment: 'group', cleanup: 'confirmed-group-only' });
  });

  it('of another machine leaves process groups, and nothing more is claimed', async () => {
    rewrite(guardian, forAnotherMachine);
    expect(await consumer.smoke('native')).toMatchObject({ cleanup: 'confirmed-group-only' });
  });
});
