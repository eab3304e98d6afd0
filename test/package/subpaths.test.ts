// Promised    : every entry of the package loads from ESM and from CommonJS, has types, and goes into a bundle, in a project that has left
//               out the optional dependencies.
// Not promised: that what needs an optional dependency works without it; docs/audit.md says what does.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Consumer } from './consumer.js';
import { root } from './tree.js';

const { exports: entries, optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly exports: Record<string, unknown>;
  readonly optionalDependencies: Record<string, string>;
};
const specifiers = Object.keys(entries)
  .filter((entry) => !entry.endsWith('.json'))
  .map((entry) => entry.replace(/^\./, 'custody'));

let consumer: Consumer;

beforeAll(async () => {
  consumer = await new Consumer().installWithNpm('--omit=optional');
});

afterAll(() => {
  consumer[Symbol.dispose]();
});

/** Prints the names that each entry exports. */
const names = (load: string): string =>
  `const found = {};
  for (const specifier of ${JSON.stringify(specifiers)}) found[specifier] = Object.keys(${load}(specifier)).sort();
  console.log(JSON.stringify(found));`;

async function namesIn(file: string, text: string): Promise<Record<string, string[]>> {
  consumer.write(file, text);
  const { stdout, stderr } = await consumer.succeed(consumer.node([file]));
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Record<string, string[]>;
}

describe('every entry, without optional dependencies', () => {
  it('has none of them installed', () => {
    const packages = Object.keys(optionalDependencies);
    expect(packages.length).toBeGreaterThan(0);
    expect(packages.filter((name) => existsSync(join(consumer.path, 'node_modules', name)))).toEqual([]);
  });

  it('loads from ESM and from CommonJS, and exports the same', async () => {
    const imported = await namesIn('all.mjs', names('await import'));
    expect(Object.keys(imported)).toEqual(specifiers);
    expect(imported['custody/audit']).not.toEqual([]);
    // Node marks what `require` made of an ES module.
    const required = await namesIn('all.cjs', names('require'));
    const withoutMark = ([name, exported]: [string, string[]]) => [
      name,
      exported.filter((each) => each !== '__esModule'),
    ];
    expect(Object.fromEntries(Object.entries(required).map(withoutMark))).toEqual(imported);
  });

  it('has types that a strict project with those of Node can check', async () => {
    const imports = specifiers.map((specifier, index) => `import * as entry${index} from '${specifier}';`);
    const uses = specifiers.map((_, index) => `console.log(entry${index});`);
    consumer.write('all.mts', [...imports, ...uses].join('\n'));
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'];
    const target = ['--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022,dom,esnext.disposable'];
    const nodeTypes = ['--types', 'node', '--typeRoots', join(root, 'node_modules', '@types')];
    expect(await consumer.node([tsc, ...options, ...target, ...nodeTypes, 'all.mts'])).toMatchObject({
      code: 0,
      stdout: '',
    });
  });

  it.each(['esm', 'cjs'] as const)('goes into a bundle of format %s, which loads', async (format) => {
    const exported = specifiers.map((specifier, index) => `export * as entry${index} from '${specifier}';`);
    consumer.write('entries.mjs', exported.join('\n'));
    const esbuild = join(root, 'node_modules', 'esbuild', 'bin', 'esbuild');
    const file = join('bundled', format === 'esm' ? 'entries.mjs' : 'entries.cjs');
    const options = ['--bundle', '--platform=node', '--log-level=error', `--format=${format}`, `--outfile=${file}`];
    await consumer.succeed(consumer.run(esbuild, ['entries.mjs', ...options]));
    const program = `import('./${file}').then((all) => console.log(Object.keys(all).filter((name) => name.startsWith('entry')).length))`;
    const { stdout } = await consumer.succeed(consumer.node(['-e', program]));
    expect(Number(stdout)).toBe(specifiers.length);
  });
});
