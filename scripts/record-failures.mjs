/**
 * Records how tools fail: runs every scene of `failure-scenes/` and writes what the tool said to
 * `test/unit/failure/recorded/<tool>.json`, bounded, and with everything that belongs to this machine replaced.
 *
 *     node scripts/record-failures.mjs [tool...]
 *
 * A scene whose tool is not installed is skipped and its recording kept. Labels are not made here: somebody who has read
 * the recording gives them by hand in `test/unit/failure/labels.ts`. Needs root, because some scenes become another user.
 */
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { basicScenes } from './failure-scenes/basic.mjs';
import { buildScenes } from './failure-scenes/build.mjs';
import { gitScenes } from './failure-scenes/git.mjs';
import { localisedScenes } from './failure-scenes/localised.mjs';
import { networkScenes } from './failure-scenes/network.mjs';
import { packageScenes } from './failure-scenes/packages.mjs';
import { secondLookScenes } from './failure-scenes/second-look.mjs';
import { startServer } from './failure-scenes/server.mjs';
import { createNormaliser } from './failure-scenes/normalise.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, 'test', 'unit', 'failure', 'recorded');
const SCENE_LIMIT_MS = 90_000;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;
const NOBODY = ['--reuid=65534', '--regid=65534', '--clear-groups'];

/** Environment of every scene: the one that helpers of the package use, see docs/failures.md. */
function environmentFor(folder, extra) {
  return {
    PATH: [join(root, 'node_modules', '.bin'), process.env.FAILURE_TOOLS, process.env.PATH]
      .filter(Boolean)
      .join(delimiter),
    // Toolchains that live in the home of the user who records are found through it; nothing is written there.
    HOME: join(folder, 'home'),
    RUSTUP_HOME: process.env.RUSTUP_HOME ?? join(process.env.HOME, '.rustup'),
    CARGO_HOME: join(folder, 'home', '.cargo'),
    PYENV_ROOT: process.env.PYENV_ROOT ?? join(process.env.HOME, '.pyenv'),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    NO_UPDATE_NOTIFIER: '1',
    npm_config_update_notifier: 'false',
    ...extra,
  };
}

function execute(file, args, { cwd, env }) {
  return new Promise((settle) => {
    const options = { cwd, env, timeout: SCENE_LIMIT_MS, maxBuffer: MAX_OUTPUT_BYTES, encoding: 'utf8' };
    const child = execFile(file, args, options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      settle({
        exitCode,
        signal: error?.signal ?? null,
        spawnError: typeof error?.code === 'string' ? error.code : null,
        stdout,
        stderr,
      });
    });
    child.stdin.end();
  });
}

async function record(scene, server) {
  const folder = mkdtempSync(join(tmpdir(), 'failure-'));
  const work = join(folder, 'work');
  mkdirSync(work);
  mkdirSync(join(folder, 'home'));
  for (const open of [folder, work, join(folder, 'home')]) chmodSync(open, 0o777);
  const fill = (text) =>
    text
      .replaceAll('{http}', server.http)
      .replaceAll('{https}', server.https)
      .replaceAll('{closed}', server.closed)
      .replaceAll('{work}', work);
  const env = environmentFor(folder, Object.fromEntries(Object.entries(scene.env ?? {}).map(([k, v]) => [k, fill(v)])));
  try {
    if (scene.setup !== undefined) {
      const prepared = await execute('bash', ['-ec', fill(scene.setup)], { cwd: work, env });
      if (prepared.exitCode !== 0) throw new Error(`setup of ${scene.name} failed: ${prepared.stderr}`);
    }
    const [file, ...args] = scene.run.map(fill);
    const ended = scene.asNobody
      ? await execute('setpriv', [...NOBODY, file, ...args], { cwd: work, env })
      : await execute(file, args, { cwd: work, env });
    if (ended.spawnError !== null) return undefined;
    const normalise = createNormaliser({ folder, work, root, server });
    return {
      file: normalise(file),
      args: args.map(normalise),
      exitCode: ended.exitCode,
      signal: ended.signal,
      stdout: normalise(ended.stdout),
      stderr: normalise(ended.stderr),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Recordings of scenes that could not be played here stay; those of scenes that are no more go. */
function save(tool, scenes, recordings) {
  const file = join(target, `${tool}.json`);
  const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const names = scenes.map((scene) => scene.name).filter((name) => name in recordings || name in kept);
  const merged = Object.fromEntries(names.sort().map((name) => [name, recordings[name] ?? kept[name]]));
  writeFileSync(file, `${JSON.stringify(merged, null, 2)}\n`);
}

const wanted = process.argv.slice(2);
const tools = {
  ...basicScenes,
  ...gitScenes,
  ...packageScenes,
  ...buildScenes,
  ...networkScenes,
  ...localisedScenes,
  ...secondLookScenes,
};
mkdirSync(target, { recursive: true });
const server = await startServer();
try {
  for (const [tool, scenes] of Object.entries(tools)) {
    if (wanted.length > 0 && !wanted.includes(tool)) continue;
    const recordings = {};
    for (const scene of scenes) {
      const recording = await record(scene, server).catch(
        (error) => void console.error(`${tool}/${scene.name}: ${error.message}`),
      );
      if (recording === undefined) console.log(`${tool}/${scene.name}: skipped`);
      else if (recording.exitCode === 0) console.log(`${tool}/${scene.name}: did not fail`);
      else recordings[scene.name] = recording;
    }
    save(tool, scenes, recordings);
    console.log(`${tool}: ${Object.keys(recordings).length} of ${scenes.length} recorded`);
  }
} finally {
  server.close();
}
