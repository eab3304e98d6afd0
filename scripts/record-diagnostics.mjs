/**
 * Records what tools say about broken code: plays every scene of `diagnostic-scenes/` and writes the output to
 * `test/unit/parsers/samples/<format>.json`, with everything that belongs to this machine replaced.
 *
 *     DIAGNOSTIC_TOOLS=/folder/of/npm:/folder/of/venv node scripts/record-diagnostics.mjs [format...]
 *
 * `DIAGNOSTIC_TOOLS` lists folders with tools beyond PATH: one with `node_modules/`, one with `bin/`. A scene whose tool is
 * missing is skipped and its recording kept. Labels are not made here: somebody who has read the recording writes them by
 * hand in `test/unit/parsers/labels/`. Synthetic samples are written by hand too, in `test/unit/parsers/synthetic/`.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createNormaliser } from './diagnostic-scenes/normalise.mjs';
import { compilerScenes } from './diagnostic-scenes/compilers.mjs';
import { javascriptScenes } from './diagnostic-scenes/javascript.mjs';
import { javascriptTestScenes } from './diagnostic-scenes/javascript-tests.mjs';
import { jvmScenes } from './diagnostic-scenes/jvm.mjs';
import { pythonScenes } from './diagnostic-scenes/python.mjs';
import { reportScenes } from './diagnostic-scenes/reports.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, 'test', 'unit', 'parsers', 'samples');
const tools = (process.env.DIAGNOSTIC_TOOLS ?? '').split(delimiter).filter(Boolean);
const SCENE_LIMIT_MS = 300_000;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

const environment = {
  ...process.env,
  PATH: [
    ...tools.flatMap((folder) => [join(folder, 'node_modules', '.bin'), join(folder, 'bin')]),
    process.env.PATH,
  ].join(delimiter),
  LC_ALL: 'C.UTF-8',
  NO_UPDATE_NOTIFIER: '1',
  PYTHONDONTWRITEBYTECODE: '1',
  CI: '1',
};

/** One pipe for both streams, so that they come in the order in which they were written. */
function execute(line, cwd, env) {
  return new Promise((settle) => {
    const options = {
      cwd,
      env: { ...environment, ...env },
      timeout: SCENE_LIMIT_MS,
      maxBuffer: MAX_OUTPUT_BYTES,
      encoding: 'utf8',
    };
    const child = execFile('bash', ['-c', `{ ${line}\n} 2>&1`], options, (error, stdout) => {
      settle({ exitCode: error === null ? 0 : Number(error.code), output: stdout });
    });
    child.stdin.end();
  });
}

const versions = new Map();
async function versionOf(command) {
  if (!versions.has(command)) {
    const { output, exitCode } = await execute(command, root, {});
    versions.set(command, exitCode === 0 ? output.split('\n').find((line) => /\d+\.\d+/.test(line)) : undefined);
  }
  return versions.get(command);
}

function prepare(work, files) {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    writeFileSync(join(work, path), content);
  }
  const modules = tools.map((folder) => join(folder, 'node_modules')).find((folder) => existsSync(folder));
  if (modules !== undefined) symlinkSync(modules, join(work, 'node_modules'));
}

async function record(scene, { tool, version }) {
  const said = await versionOf(version);
  if (said === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'diagnostic-'));
  const work = join(folder, 'work');
  mkdirSync(work);
  try {
    prepare(work, scene.files ?? {});
    if (scene.setup !== undefined) await execute(scene.setup, work, scene.env);
    const normalise = createNormaliser({ folder, work, root, tools });
    const { exitCode, output } = await execute(scene.run, work, scene.env);
    if (exitCode === 127) return undefined;
    const number = /\d+\.\d+[\w.+-]*/.exec(said)?.[0];
    return { tool, version: number, command: scene.run, exitCode, output: normalise(output).split('\n') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Recordings of scenes that could not be played here stay; those of scenes that are no more go. */
function save(format, scenes, recordings) {
  const file = join(target, `${format}.json`);
  const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const names = Object.keys(scenes).filter((name) => name in recordings || name in kept);
  const merged = Object.fromEntries(names.sort().map((name) => [name, recordings[name] ?? kept[name]]));
  writeFileSync(file, `${JSON.stringify(merged, null, 2)}\n`);
}

const wanted = process.argv.slice(2);
const formats = {
  ...pythonScenes,
  ...compilerScenes,
  ...javascriptScenes,
  ...javascriptTestScenes,
  ...jvmScenes,
  ...reportScenes,
};
mkdirSync(target, { recursive: true });
for (const [format, groups] of Object.entries(formats)) {
  if (wanted.length > 0 && !wanted.includes(format)) continue;
  const recordings = {};
  const scenes = Object.assign({}, ...groups.map((group) => group.scenes));
  for (const group of groups) {
    for (const [name, scene] of Object.entries(group.scenes)) {
      const recording = await record(scene, group);
      if (recording === undefined) console.log(`${format}/${name}: skipped`);
      else recordings[name] = recording;
    }
  }
  save(format, scenes, recordings);
  console.log(`${format}: ${Object.keys(recordings).length} of ${Object.keys(scenes).length} recorded`);
}
