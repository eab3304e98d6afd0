// Promised    : the tarball, installed in an empty folder by any package manager, without a script of ours and without a
//               compiler, works from ESM, from CommonJS and from TypeScript, and keeps the run bits of its programs.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Consumer } from './consumer.js';
import { exec, root } from './tree.js';

const RUN_BITS = 0o111;
const guardian = 'custody-guardian';

describe('the package, installed by npm with install scripts blocked', () => {
  let consumer: Consumer;

  beforeAll(async () => {
    consumer = new Consumer();
    await consumer.installWithNpm();
  });

  afterAll(() => {
    consumer[Symbol.dispose]();
  });

  it('holds what a user needs and nothing of the repository', () => {
    const entries = ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'man', 'package.json', 'prebuilds', 'schema'];
    expect(readdirSync(consumer.installed).sort()).toEqual(entries.sort());
  });

  it.runIf(process.platform === 'linux')('has the run bits of the guardian, packed and installed', async () => {
    const listed = await exec(consumer.path, 'tar', ['-tvf', inject('tarball')]);
    expect(listed.stdout).toMatch(new RegExp(`^-rwxr-xr-x .* package/prebuilds/[\\w-]+/${guardian}$`, 'mu'));
    expect(statSync(join(consumer.prebuilds, guardian)).mode & RUN_BITS).toBe(RUN_BITS);
  });

  it('finds no compiler', async () => {
    const ended = await consumer.run('sh', ['-c', 'command -v cc c++ gcc g++ clang make cmake']);
    expect(ended).toMatchObject({ stdout: '' });
    expect(ended.code).not.toBe(0);
  });

  it('runs commands with its prebuilt engine, from ESM and from CommonJS', async () => {
    const report = await consumer.smoke('native');
    expect(report).toMatchObject({ backend: 'native', containment: 'tree', cleanup: 'confirmed' });
    expect(report.file).toContain(consumer.prebuilds);
  });

  it('passes the exit code of a command through its executable', async () => {
    const bin = join(consumer.path, 'node_modules', '.bin', 'custody');
    const command = [process.execPath, '-e', 'console.log(1); process.exit(7)'];
    expect(await consumer.run(bin, ['exec', '--', ...command])).toMatchObject({ code: 7, stdout: '1\n' });
  });

  it('type-checks in a strict TypeScript project', async () => {
    consumer.take('consumer.mts.txt', 'consumer.mts');
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'];
    const target = ['--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022,dom,esnext.disposable'];
    const ended = await consumer.node([tsc, ...options, ...target, 'consumer.mts']);
    expect(ended).toMatchObject({ code: 0, stdout: '' });
  });
});
