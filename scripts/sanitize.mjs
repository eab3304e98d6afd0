/**
 * Runs the native tests and the conformance suite of the native backend under sanitizers.
 *
 * The sanitizer's runtime must come first in a process that loads the addon, so it is preloaded into vitest's workers and,
 * through them, into every process the tests launch: hosts among those load the addon as well. Reports go to files, because a
 * process that writes one may have no stderr that anyone reads; a single file fails the run. Leaks are looked for in one
 * host of its own: the shells that tests launch leak at exit, which is their right.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TEST_PROGRAMS, build, root, run, runTestPrograms } from './native-build.mjs';

const HELP = 'Usage: node scripts/sanitize.mjs address|thread [vitest arguments]';

/** Children crash on purpose; a crash of a worker or a host fails its test without a report as well. */
const QUIET_CRASHES = ['segv', 'abort', 'sigbus', 'sigfpe', 'sigill'].map((signal) => `handle_${signal}=0`).join(':');

const LEGS = {
  address: {
    folder: 'build/asan',
    sanitizers: 'address,undefined',
    libraries: ['libasan.so', 'libstdc++.so.6'],
    checksLeaks: true,
    options: (common) => ({
      ASAN_OPTIONS: `${common}:detect_leaks=0:${QUIET_CRASHES}`,
      UBSAN_OPTIONS: `${common}:print_stacktrace=1`,
    }),
  },
  thread: {
    folder: 'build/tsan',
    sanitizers: 'thread',
    libraries: ['libtsan.so'],
    checksLeaks: false,
    options: (common) => ({
      TSAN_OPTIONS: `${common}:${QUIET_CRASHES}:second_deadlock_stack=1:suppressions=${join(root, 'test/native/thread-sanitizer.supp')}`,
    }),
  },
};

function printReports(folder) {
  const reports = readdirSync(folder);
  for (const name of reports) console.error(`--- ${join(folder, name)}\n${readFileSync(join(folder, name), 'utf8')}`);
  return reports.length === 0;
}

function runLeg(leg, vitestArguments) {
  const compiler = process.env.CXX || 'g++';
  const pathOf = (library) => execFileSync(compiler, [`-print-file-name=${library}`], { encoding: 'utf8' }).trim();
  const definitions = { CUSTODY_BUILD_TESTS: 'ON', CUSTODY_SANITIZE: leg.sanitizers, CMAKE_CXX_COMPILER: compiler };
  if (!build(leg.folder, definitions, [...TEST_PROGRAMS, 'custody'])) return false;

  const reports = join(root, leg.folder, 'reports');
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports);
  const options = leg.options(`log_path=${join(reports, 'report')}`);
  const addon = { CUSTODY_ADDON_FILE: join(root, leg.folder, 'custody.node') };
  const preload = leg.libraries.map(pathOf).join(':');
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/vitest.config.ts'];
  const chosen = ['--project', 'conformance', '--testNamePattern', "^'?native'? ", ...vitestArguments];
  const verdicts = [
    runTestPrograms(leg.folder, options),
    run(process.execPath, [...vitest, ...chosen], { ...options, ...addon, CUSTODY_TEST_PRELOAD: preload }),
  ];
  if (leg.checksLeaks) {
    const leaks = { ...options, ...addon, ASAN_OPTIONS: 'detect_leaks=1', LD_PRELOAD: preload };
    verdicts.push(run(process.execPath, ['test/package/smoke.mjs', '--expect', 'native'], leaks));
  }
  return printReports(reports) && verdicts.every(Boolean);
}

const [name, ...vitestArguments] = process.argv.slice(2);
if (LEGS[name] === undefined) {
  console.log(HELP);
  process.exitCode = name === '--help' ? 0 : 2;
} else {
  process.exitCode = runLeg(LEGS[name], vitestArguments) ? 0 : 1;
}
