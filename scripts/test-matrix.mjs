/** Loads the built package with other majors of Node, fetched from npm into build/node, and runs the smoke program there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './native-build.mjs';

const MAJORS = ['22', '24'];

function fetchNode(major) {
  const folder = join(root, 'build', 'node', major);
  const file = join(folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(file)) return file;
  const name = `node-${process.platform}-${process.arch}@${major}`;
  // --prefix on the command line: npm must not take the folder above for the project.
  return run('npm', ['install', '--no-save', '--ignore-scripts', '--prefix', folder, name]) ? file : undefined;
}

const verdicts = MAJORS.map((major) => {
  const node = fetchNode(major);
  return node !== undefined && run(node, ['test/package/smoke.mjs', '--expect', 'native']);
});
process.exitCode = verdicts.every(Boolean) ? 0 : 1;
