/**
 * clang-format for native/ and the C++ of test/, and clang-tidy for what of native/ this system builds.
 *
 * Both tools are optional on a developer's machine: a missing one is skipped with a line that says so. With
 * `CUSTODY_REQUIRE_TOOLS=1` it is an error, which is how .ci/run calls this. `--fix` formats the files in place instead.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { root, run } from './native-build.mjs';

const FORMATTED = ['native', 'test'];
/** Their headers are not here. They are compiled, with warnings as errors, by scripts/prebuild.mjs. */
const OTHER_SYSTEMS =
  process.platform === 'darwin' ? /[/\\](linux|win32)[/\\]/ : /[/\\](darwin|win32)[/\\]|stat_old_glibc/;
const { values: options } = parseArgs({ options: { fix: { type: 'boolean', default: false } } });

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
function tidy(file, database) {
  return new Promise((done) => {
    const args = ['--quiet', '--warnings-as-errors=*', '-p', database, file];
    const child = spawn('clang-tidy', args, { cwd: root, stdio: ['ignore', 'inherit', 'pipe'] });
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

/** A file is looked at again when it, any header or the configuration has changed: the check takes seconds per file. */
class CleanFiles {
  #file = join(root, 'build', 'tidy', 'clean.json');
  #shared = createHash('sha256');
  #known;

  constructor() {
    const shared = ['.clang-tidy', 'CMakeLists.txt', ...filesBelow('native', /\.h$/)];
    for (const file of shared) this.#shared.update(readFileSync(join(root, file)));
    this.#known = new Set(existsSync(this.#file) ? JSON.parse(readFileSync(this.#file, 'utf8')) : []);
  }

  #key(file) {
    return this.#shared
      .copy()
      .update(file)
      .update(readFileSync(join(root, file)))
      .digest('hex');
  }

  has(file) {
    return this.#known.has(this.#key(file));
  }

  add(file) {
    this.#known.add(this.#key(file));
    writeFileSync(this.#file, JSON.stringify([...this.#known]));
  }
}

async function checkTidy() {
  const database = 'build/tidy';
  const configure = ['-S', '.', '-B', database, '-DCMAKE_EXPORT_COMPILE_COMMANDS=ON', '--log-level=WARNING'];
  if (!run('cmake', configure)) return false;
  const files = filesBelow('native', /\.cc$/).filter((file) => !OTHER_SYSTEMS.test(file));
  const known = new CleanFiles();
  const waiting = files.filter((file) => !known.has(file));
  const looked = waiting.length;
  let clean = true;
  const work = async () => {
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (await tidy(file, database)) known.add(file);
      else clean = false;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  console.log(`clang-tidy: ${files.length} files, ${files.length - looked} of them unchanged since they were clean`);
  return clean;
}

if (isInstalled('clang-format') && !checkFormat()) process.exitCode = 1;
if (!options.fix && isInstalled('clang-tidy') && isInstalled('cmake') && !(await checkTidy())) process.exitCode = 1;
