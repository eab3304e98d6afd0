// Promised    : the tarball, installed in an empty folder, works with the native addon, without it and with a broken one,
//               from ESM, from CommonJS and from TypeScript, and says which backend serves and why.
// Not promised: prebuilt binaries in the tarball; the release adds them.
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TemporaryFolder, exec, root, type Ended } from './tree.js';

const folder = new TemporaryFolder();
const consumer = join(folder.path, 'consumer');
const installed = join(consumer, 'node_modules', 'custody');
const prebuilds = join(installed, 'prebuilds', `${process.platform}-${process.arch}`);
const libc = existsSync('/etc/alpine-release') ? 'musl' : 'glibc';
const prebuild = join(prebuilds, `custody.${libc}.node`);
const addon = join(root, 'build', 'Release', 'custody.node');
/** The consumers choose by themselves, whatever the environment of the test run asks for. */
const neutral = { CUSTODY_ADDON_FILE: undefined, CUSTODY_NATIVE: undefined };

async function expectSuccess(ended: Promise<Ended>): Promise<Ended> {
  const result = await ended;
  expect(result, result.stderr).toMatchObject({ code: 0 });
  return result;
}

const smoke = (backend: string): Promise<Ended> =>
  exec(consumer, process.execPath, ['smoke.mjs', '--expect', backend], neutral);

beforeAll(async () => {
  mkdirSync(consumer);
  const packed = await expectSuccess(
    exec(root, 'npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder.path]),
  );
  const [tarball] = JSON.parse(packed.stdout) as { filename: string }[];
  writeFileSync(join(consumer, 'package.json'), '{ "name": "consumer", "private": true }\n');
  const options = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  await expectSuccess(exec(consumer, 'npm', ['install', ...options, join(folder.path, tarball!.filename)]));
  copyFileSync(join(import.meta.dirname, 'smoke.mjs'), join(consumer, 'smoke.mjs'));
});

afterAll(() => {
  folder[Symbol.dispose]();
});

describe('the packed package', () => {
  it('holds what a user needs and nothing of the repository', () => {
    expect(readdirSync(installed).sort()).toEqual(
      ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'package.json', 'prebuilds'].sort(),
    );
    expect(readdirSync(join(installed, 'prebuilds'))).toEqual(['README.md']);
  });

  it('passes the exit code of a command through its executable', async () => {
    const bin = join(consumer, 'node_modules', '.bin', 'custody');
    const ended = await exec(
      consumer,
      bin,
      ['exec', '--', process.execPath, '-e', 'console.log(1); process.exit(7)'],
      neutral,
    );
    expect(ended).toMatchObject({ code: 7, stdout: '1\n' });
  });

  it('type-checks in a strict TypeScript project', async () => {
    copyFileSync(join(import.meta.dirname, 'consumer.mts.txt'), join(consumer, 'consumer.mts'));
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'];
    const target = ['--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022,dom,esnext.disposable'];
    const ended = await exec(consumer, process.execPath, [tsc, ...options, ...target, 'consumer.mts']);
    expect(ended).toMatchObject({ code: 0, stdout: '' });
  });
});

describe('the packed package without an addon', () => {
  it('runs commands with the fallback and says why', async () => {
    const { stdout } = await expectSuccess(smoke('fallback'));
    expect(JSON.parse(stdout)).toMatchObject({ backend: 'fallback', reason: expect.stringMatching(/\w/) as string });
  });

  it('refuses with a clear error when the addon is required', async () => {
    const ended = await exec(consumer, process.execPath, ['-e', requireNative], {
      ...neutral,
      CUSTODY_NATIVE: 'require',
    });
    expect(JSON.parse(ended.stdout)).toMatchObject({
      code: 'NATIVE_UNAVAILABLE',
      message: expect.stringContaining(process.platform) as string,
    });
  });
});

describe.runIf(process.platform === 'linux')('the packed package with a prebuilt addon', () => {
  beforeAll(() => mkdirSync(prebuilds));
  afterAll(() => rmSync(prebuilds, { recursive: true }));

  it('runs commands with the native engine', async () => {
    copyFileSync(addon, prebuild);
    await expectSuccess(smoke('native'));
  });

  it('falls back from a broken addon and says why', async () => {
    writeFileSync(prebuild, 'not a shared library');
    const { stdout } = await expectSuccess(smoke('fallback'));
    expect((JSON.parse(stdout) as { reason: string }).reason).toContain(prebuild);
  });

  it('names the broken file when the addon is required', async () => {
    writeFileSync(prebuild, 'not a shared library');
    const ended = await exec(consumer, process.execPath, ['-e', requireNative], {
      ...neutral,
      CUSTODY_NATIVE: 'require',
    });
    expect(JSON.parse(ended.stdout)).toMatchObject({
      code: 'NATIVE_UNAVAILABLE',
      message: expect.stringContaining(prebuild) as string,
    });
  });
});

/** Prints the error of the first call, or fails by printing nothing. */
const requireNative = `
  import('custody')
    .then(({ run }) => run(process.execPath, ['-e', '']))
    .catch(({ code, message }) => console.log(JSON.stringify({ code, message })));
`;
