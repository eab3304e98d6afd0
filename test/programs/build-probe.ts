/**
 * Global set-up of every tier that launches processes: compiles the programs and bundles the sources once for the Node
 * hosts of probe.mjs, which run outside the test runner and so cannot load TypeScript. Both are skipped when nothing
 * changed, and both appear by renaming, so that two runs at the same time do not see half a file.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFile, faultsFile, payloadFile, probeDirectory, probeFile } from './probe-files.js';

const root = join(import.meta.dirname, '..', '..');
const sources = ['probe.cc', 'probe_identity.cc', 'probe_streams.cc', 'probe_processes.cc', 'probe_resources.cc'];

function isNewer(product: string, inputs: readonly string[]): boolean {
  if (!existsSync(product)) return false;
  const built = statSync(product).mtimeMs;
  return inputs.every((input) => statSync(input).mtimeMs < built);
}

function buildProbe(): void {
  const files = sources.map((name) => join(import.meta.dirname, name));
  if (isNewer(probeFile, [...files, join(import.meta.dirname, 'probe.h')])) return;
  compile(probeFile, files);
}

/** Static, because a storm forks faster and an empty environment finds no libraries. */
function buildPayload(): void {
  const file = join(import.meta.dirname, 'payload.cc');
  if (!isNewer(payloadFile, [file])) compile(payloadFile, [file], '-static');
}

function buildFaults(): void {
  const file = join(import.meta.dirname, 'faults.cc');
  if (!isNewer(faultsFile, [file])) compile(faultsFile, [file], '-shared', '-fPIC');
}

function compile(product: string, files: readonly string[], ...flags: readonly string[]): void {
  const fresh = `${product}.${String(process.pid)}`;
  const options = ['-std=c++20', '-O2', '-Wall', '-Wextra', ...flags, '-o', fresh, ...files];
  execFileSync(process.env['CXX'] ?? 'g++', options, { stdio: 'inherit' });
  renameSync(fresh, product);
}

async function bundleSources(): Promise<void> {
  const folder = join(root, 'src');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  if (isNewer(bundleFile, [folder, ...files.map((name) => join(folder, name))])) return;
  const { build } = await import('tsup');
  const outDir = join(probeDirectory, `bundle.${String(process.pid)}`);
  await build({
    entry: { custody: join(folder, 'index.ts') },
    outDir,
    format: 'esm',
    outExtension: () => ({ js: '.mjs' }),
    target: 'node20',
    platform: 'node',
    splitting: false,
    config: false,
    silent: true,
  });
  renameSync(join(outDir, 'custody.mjs'), bundleFile);
  rmSync(outDir, { recursive: true });
}

/** Called by vitest once before a run. */
export async function setup(): Promise<void> {
  // scripts/test-windows.mjs has put everything in its place: there is no compiler where these tests run.
  if (process.platform === 'win32') return;
  mkdirSync(probeDirectory, { recursive: true });
  buildProbe();
  buildPayload();
  buildFaults();
  await bundleSources();
}
