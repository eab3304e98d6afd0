// Promised    : a program that is bundled with custody as an external uses the installed package; one that takes custody into
//               the bundle works with the fallback and says why.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Consumer } from './consumer.js';
import { root } from './tree.js';

let consumer: Consumer;

beforeAll(async () => {
  consumer = await new Consumer().installWithNpm();
  consumer.write(
    'program.mjs',
    `import { capabilities, run, runSync } from 'custody';
     async function main() {
       const { stdout } = await run('/bin/sh', ['-c', 'echo ran']);
       const { backend, fallbackReason } = capabilities();
       const sync = runSync('/bin/sh', ['-c', 'echo ran']).stdout;
       console.log(JSON.stringify({ stdout, sync, backend, reason: fallbackReason ?? null }));
     }
     main();\n`,
  );
});

afterAll(() => {
  consumer[Symbol.dispose]();
});

async function bundle(format: 'esm' | 'cjs', ...options: readonly string[]): Promise<unknown> {
  const esbuild = join(root, 'node_modules', 'esbuild', 'bin', 'esbuild');
  const file = join('bundled', format === 'esm' ? 'program.mjs' : 'program.cjs');
  const fixed = ['--bundle', '--platform=node', '--log-level=error', `--format=${format}`, `--outfile=${file}`];
  // Not by node: its install script, where it was allowed to run, has put the program itself there.
  await consumer.succeed(consumer.run(esbuild, ['program.mjs', ...fixed, ...options]));
  const { stdout } = await consumer.succeed(consumer.node([file]));
  return JSON.parse(stdout);
}

describe.each(['esm', 'cjs'] as const)('a bundle of format %s', (format) => {
  it('uses the installed package where custody is an external', async () => {
    const said = await bundle(format, '--external:custody');
    expect(said).toEqual({ stdout: 'ran\n', sync: 'ran\n', backend: 'native', reason: null });
  });

  it('that took custody in runs commands with the fallback, and says why', async () => {
    const said = await bundle(format);
    expect(said).toEqual({
      stdout: 'ran\n',
      sync: 'ran\n',
      backend: 'fallback',
      reason: expect.stringContaining('bundle') as string,
    });
  });
});
