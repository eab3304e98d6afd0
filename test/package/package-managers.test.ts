// Promised    : pnpm and both kinds of yarn install the package as it is, with its binaries where the loader finds them.
// Not promised: a package manager that npm cannot fetch here; it is named and skipped.
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { cacheRoot, fetchedPackages } from '../../scripts/fetched-packages.mjs';
import { Consumer } from './consumer.js';

interface PackageManager {
  readonly name: string;
  /** What npm fetches, and the program in it. */
  readonly specifier: string;
  readonly program: string;
  readonly add: readonly string[];
  /** Settings in a file of the project. */
  readonly settings?: readonly [file: string, text: string];
  /** How a program of the project is run, if not plainly. */
  readonly runner?: readonly string[];
}

const MANAGERS: readonly PackageManager[] = [
  {
    name: 'pnpm',
    specifier: 'pnpm@10',
    program: 'pnpm/bin/pnpm.cjs',
    add: ['add', '--ignore-scripts', '--prefer-offline', '--store-dir', 'store'],
  },
  {
    name: 'yarn 1',
    specifier: 'yarn@1',
    program: 'yarn/bin/yarn.js',
    add: ['add', '--ignore-scripts', '--prefer-offline', '--no-progress', '--cache-folder', 'cache'],
  },
  {
    name: 'yarn 4 with node_modules',
    specifier: '@yarnpkg/cli-dist@4',
    program: '@yarnpkg/cli-dist/bin/yarn.js',
    add: ['add'],
    settings: ['.yarnrc.yml', 'nodeLinker: node-modules\nenableScripts: false\nenableGlobalCache: false\n'],
  },
  {
    name: 'yarn 4 with Plug and Play',
    specifier: '@yarnpkg/cli-dist@4',
    program: '@yarnpkg/cli-dist/bin/yarn.js',
    add: ['add'],
    settings: ['.yarnrc.yml', 'nodeLinker: pnp\nenableScripts: false\nenableGlobalCache: false\n'],
    runner: ['node'],
  },
];

const folderOf = (specifier: string): string =>
  join(cacheRoot, 'custody-package-managers', specifier.replace(/[^\w.-]+/gu, '-'));

describe.each(MANAGERS)('$name', ({ specifier, program, add, settings, runner }) => {
  it('installs the package, which runs commands with its prebuilt engine', async (context) => {
    const fetched = await fetchedPackages(folderOf(specifier), [specifier]);
    if ('reason' in fetched) {
      console.warn(`NOT TESTED: ${specifier}: ${fetched.reason}`);
      return context.skip(`${specifier} cannot be had`);
    }
    const manager = join(fetched.folder, 'node_modules', program);
    using consumer = new Consumer();
    if (settings !== undefined) consumer.write(...settings);
    const own = { HOME: consumer.path, YARN_ENABLE_IMMUTABLE_INSTALLS: '0' };
    await consumer.succeed(consumer.node([manager, ...add, `custody@file:${inject('tarball')}`], own));
    consumer.take('smoke.mjs');
    const args = ['smoke.mjs', '--expect', 'native'];
    const ended = runner === undefined ? consumer.node(args) : consumer.node([manager, ...runner, ...args], own);
    const { stdout } = await consumer.succeed(ended);
    expect(JSON.parse(stdout)).toMatchObject({ containment: 'tree', cleanup: 'confirmed' });
  });
});
