/**
 * `npm prepare`: builds `dist/` and the native addon, as far as they are out of date.
 *
 * Runs after `npm ci` and again with every `npx custody` in a clone, so it is quick when nothing changed, safe when two of
 * them run at once, and silent on stdout, which belongs to the command being run. It compares contents, not times: a
 * checkout touches files. The addon is optional: whatever keeps it from being built ends in success with one line, because
 * the fallback backend serves without it. A `dist/` that does not build is an error.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './build-lock.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const stateDir = join(root, 'build', 'prepare');
/** The longest a cold build was seen to take is under a minute; ten leave room for a slow machine. */
const LOCK_LIMIT_MS = 600_000;
/** Systems the native engine was run on. That for macOS is compiled by scripts/prebuild.mjs and waits for hardware. */
const NATIVE_PLATFORMS = ['linux'];

const compiler = process.env.CXX || 'c++';
const steps = [
  {
    name: 'dist',
    inputs: [
      'src',
      'package.json',
      'package-lock.json',
      'tsconfig.json',
      'tsconfig.declarations.json',
      'tsup.config.ts',
    ],
    outputs: ['dist/index.js', 'dist/types/index.d.ts', 'dist/cli/main.js'],
    settings: [],
    missing: () => missingPackages(['tsup', 'typescript']),
    command: ['node_modules/tsup/dist/cli-default.js', '--silent'],
  },
  {
    name: 'native',
    inputs: ['native', 'CMakeLists.txt', 'package-lock.json'],
    outputs: ['build/Release/custody.node', 'build/Release/custody-guardian'],
    // Part of the fingerprint, so that installing a compiler after a failure leads to a new attempt.
    settings: [find('cmake'), find(compiler), process.env.CXXFLAGS, process.env.LDFLAGS],
    missing: missingForNative,
    command: [
      ...['node_modules/cmake-js/bin/cmake-js', 'compile', '--log-level', 'error'],
      ...['--out', 'build/cmake', '--parallel', String(availableParallelism())],
    ],
  },
];

function missingForNative() {
  if (!NATIVE_PLATFORMS.includes(process.platform)) return `there is no native engine for ${process.platform} yet`;
  if (find('cmake') === undefined) return 'cmake was not found';
  if (find(compiler) === undefined) return `the C++ compiler ${compiler} was not found`;
  return missingPackages(['cmake-js', 'node-addon-api', 'node-api-headers']);
}

function missingPackages(names) {
  const absent = names.filter((name) => !existsSync(join(root, 'node_modules', name, 'package.json')));
  return absent.length === 0 ? undefined : `${absent.join(', ')} not installed (development dependencies)`;
}

/** The executable a name stands for, `undefined` if there is none. */
function find(name) {
  const extensions = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  const folders = name.includes('/') ? [root] : (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const candidates = folders.flatMap((folder) => extensions.map((extension) => resolve(folder, name + extension)));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A digest of everything a step is made from. */
function fingerprintOf(step) {
  const hash = createHash('sha256').update(
    JSON.stringify([process.platform, process.arch, step.command, step.settings]),
  );
  const add = (path) => hash.update(`\0${path}\0`).update(readFileSync(join(root, path)));
  for (const input of step.inputs) {
    if (!existsSync(join(root, input))) continue;
    const entries = readdirSyncIfFolder(join(root, input));
    if (entries === undefined) add(input);
    else for (const entry of entries) add(`${input}/${entry}`);
  }
  return hash.digest('hex');
}

function readdirSyncIfFolder(path) {
  try {
    const entries = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return entries.map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1)).sort();
  } catch (error) {
    if (error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}

const stampFile = (step) => join(stateDir, `${step.name}.json`);

function stampOf(step) {
  try {
    return JSON.parse(readFileSync(stampFile(step), 'utf8'));
  } catch {
    return undefined;
  }
}

/** @returns the stamp that says nothing is to be done, or `undefined`. */
function upToDate(step) {
  const stamp = stampOf(step);
  if (stamp === undefined || stamp.fingerprint !== fingerprintOf(step)) return undefined;
  // `npx` does not try a failed build again and again; `npm ci` and `npm install` do.
  if (stamp.failure !== undefined) return process.env.npm_command === 'exec' ? stamp : undefined;
  return step.outputs.every((output) => existsSync(join(root, output))) ? stamp : undefined;
}

/** Builds one step. @returns its stamp, with `failure` set if it did not work. */
async function build(step) {
  const missing = step.missing();
  if (missing !== undefined) return { failure: missing };
  const fingerprint = fingerprintOf(step);
  rmSync(stampFile(step), { force: true });
  const log = join(stateDir, `${step.name}.log`);
  const { code, output } = await runNode(step.command);
  const built = code === 0 && step.outputs.every((file) => existsSync(join(root, file)));
  // A file left over from older sources would be loaded in place of the fallback.
  if (!built) for (const file of step.outputs) rmSync(join(root, file), { force: true });
  writeFileSync(log, output);
  const stamp = built ? { fingerprint } : { fingerprint, failure: `see build/prepare/${step.name}.log` };
  writeFileSync(stampFile(step), JSON.stringify(stamp));
  return stamp;
}

function runNode(args) {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => done({ code: -1, output: String(error) }));
    child.on('close', (code) => done({ code, output: Buffer.concat(chunks).toString() }));
  });
}

async function prepare() {
  let stamps = steps.map(upToDate);
  if (stamps.includes(undefined)) {
    mkdirSync(stateDir, { recursive: true });
    stamps = await withLock(join(stateDir, 'lock'), LOCK_LIMIT_MS, () =>
      // Looked at again: whoever held the lock before may have built it.
      Promise.all(steps.map((step) => upToDate(step) ?? build(step))),
    );
  }
  const [dist, native] = stamps;
  if (dist.failure !== undefined) {
    process.stderr.write(`custody: dist/ was not built: ${dist.failure}\n`);
    // Without the tools there is nothing to report as broken: a consumer's install must not fail over it.
    if (dist.fingerprint !== undefined) process.exitCode = 1;
  } else if (native.failure !== undefined) {
    process.stderr.write(
      `custody: the native addon was not built (${native.failure}); the fallback backend will serve.\n`,
    );
  }
}

try {
  await prepare();
} catch (error) {
  process.stderr.write(`custody: prepare could not finish: ${error.message}\n`);
  process.exitCode = 1;
}
