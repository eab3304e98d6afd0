/** Packs the package as it would be published and lets publint and "are the types wrong" judge the tarball. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const tool = (name) => join(root, 'node_modules', '.bin', name);

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error !== undefined) throw error;
  return status === 0;
}

const folder = mkdtempSync(join(tmpdir(), 'custody-pack-'));
try {
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const packed = spawnSync('npm', args, { cwd: root, encoding: 'utf8' });
  if (packed.status !== 0) throw new Error(`npm pack failed: ${packed.stderr}`);
  const tarball = join(folder, JSON.parse(packed.stdout)[0].filename);
  const verdicts = [
    run(tool('publint'), ['run', tarball, '--strict']),
    // ESM only: `require` of the package is Node's own require(esm), so the CommonJS resolutions do not apply.
    run(tool('attw'), [tarball, '--profile', 'esm-only', '--no-color', '--format', 'ascii']),
  ];
  process.exitCode = verdicts.every(Boolean) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
