/**
 * Writes man/custody.1 from the commands of src/cli; with --check only says whether it is up to date.
 */
import { build } from 'esbuild';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

if (process.argv.includes('--help')) {
  console.log('man-page.mjs [--check]: writes the man page, or checks it');
  process.exit(0);
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, 'man', 'custody.1');
// In the tree, because the bundle looks for its packages from where it is.
const bundle = join(root, 'build', `man-page-${String(process.pid)}.mjs`);
mkdirSync(dirname(bundle), { recursive: true });
try {
  const contents = `
    export { describeProgram } from './src/cli/args.ts';
    export { renderManPage } from './src/cli/render/man-page.ts';`;
  const stdin = { contents, resolveDir: root, loader: 'ts' };
  await build({ stdin, outfile: bundle, bundle: true, format: 'esm', platform: 'node', packages: 'external' });
  const { describeProgram, renderManPage } = await import(pathToFileURL(bundle).href);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const wanted = renderManPage(describeProgram(version), version);
  if (!process.argv.includes('--check')) {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, wanted);
  } else if (readFileSync(target, 'utf8') !== wanted) {
    console.error('man/custody.1 is out of date: run "npm run man"');
    process.exitCode = 1;
  }
} finally {
  rmSync(bundle, { force: true });
}
