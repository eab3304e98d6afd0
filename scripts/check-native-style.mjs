/**
 * clang-format for native/ and the C++ of test/, and clang-tidy for what of native/ this system builds.
 *
 * Both tools are optional on a developer's machine: a missing one is skipped with a line that says so. With
 * `CUSTODY_REQUIRE_TOOLS=1` it is an error, which is how .ci/run calls this. `--fix` formats the files in place instead;
 * `--analyzer` asks clang's static analyzer, and nothing else.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { root, run } from './native-build.mjs';

const FORMATTED = ['native', 'test'];
/** Their headers are not here. They are compiled, with warnings as errors, by scripts/prebuild.mjs. */
const OTHER_SYSTEMS =
  process.platform === 'darwin' ? /[/\\](linux|win32)[/\\]/ : /[/\\](darwin|win32)[/\\]|stat_old_glibc/;
const TIDY_CONFIGURATION = '.clang-tidy';
const { values: options } = parseArgs({
  options: { fix: { type: 'boolean', default: false }, analyzer: { type: 'boolean', default: false } },
});

function isInstalled(tool) {
  if (spawnSync(tool, ['--version'], { stdio: 'ignore' }).status === 0) return true;
  console.error(`SKIPPED: ${tool} is not installed`);
  if (process.env.CUSTODY_REQUIRE_TOOLS === '1') process.exitCode = 1;
  return false;
}

function filesBelow(folder, extension) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extension.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function checkFormat() {
  const files = FORMATTED.flatMap((folder) => filesBelow(folder, /\.(cc|h|c)$/));
  const formatted = run('clang-format', [...(options.fix ? ['-i'] : ['--dry-run', '-Werror']), ...files]);
  console.log(`clang-format: ${files.length} files`);
  return formatted;
}

/** @returns {Promise<boolean>} whether clang-tidy has nothing to say about a file */
function tidy(file, args) {
  return new Promise((done) => {
    const all = ['--quiet', '--warnings-as-errors=*', `--config-file=${TIDY_CONFIGURATION}`, ...args, file];
    const child = spawn('clang-tidy', all, { cwd: root, stdio: ['ignore', 'inherit', 'pipe'] });
    let messages = '';
    child.stderr.setEncoding('utf8').on('data', (chunk) => (messages += chunk));
    child.on('close', (code) => {
      // The count of warnings in system headers says nothing.
      process.stderr.write(
        messages.replace(/^\d+ warnings?( and \d+ errors?)? (generated|treated as errors?)\.?\n/gm, ''),
      );
      done(code === 0);
    });
  });
}

/** @returns {Promise<boolean>} whether clang-tidy has nothing to say about any of them */
async function tidyAll(files, args) {
  const waiting = [...files];
  let clean = true;
  const work = async () => {
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) clean = (await tidy(file, args)) && clean;
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return clean;
}

/** @returns {boolean} whether CMake wrote into `folder` how everything is compiled */
function writeCommands(folder, ...definitions) {
  const fixed = ['-S', '.', '-B', folder, '-DCMAKE_EXPORT_COMPILE_COMMANDS=ON', '--log-level=WARNING'];
  return run('cmake', [...fixed, ...definitions]);
}

/** In the batches in which they are compiled: nearly all of clang-tidy's time goes to the standard headers. */
async function checkTogether(files) {
  const folder = 'build/tidy';
  if (!writeCommands(folder)) return false;
  const commands = JSON.parse(readFileSync(join(root, folder, 'compile_commands.json'), 'utf8'));
  const batches = commands.map(({ file }) => file);
  const included = batches.flatMap((batch) => [...readFileSync(batch, 'utf8').matchAll(/^#include "(.*)"$/gm)]);
  const known = new Set(included.map(([, source]) => relative(root, source)));
  const alone = files.filter((file) => !known.has(file));
  const args = ['--checks=-bugprone-suspicious-include', '--header-filter=(native|include-roots)/.*\\.(h|cc)$'];
  return tidyAll([...alone, ...batches], ['-p', folder, ...args, `--extra-arg=-I${join(root, 'native')}`]);
}

/** The static analyzer looks into no source that is included by another. */
async function analyze(files) {
  const folder = 'build/analyzer';
  return (
    writeCommands(folder, '-DCUSTODY_DEVELOP=ON') && tidyAll(files, ['-p', folder, '--checks=-*,clang-analyzer-*'])
  );
}

async function checkTidy() {
  const files = filesBelow('native', /\.cc$/).filter((file) => !OTHER_SYSTEMS.test(file));
  const clean = options.analyzer ? await analyze(files) : await checkTogether(files);
  console.log(`clang-tidy${options.analyzer ? ', static analyzer' : ''}: ${files.length} files`);
  return clean;
}

if (!options.analyzer && isInstalled('clang-format') && !checkFormat()) process.exitCode = 1;
if (!options.fix && isInstalled('clang-tidy') && isInstalled('cmake') && !(await checkTidy())) process.exitCode = 1;
