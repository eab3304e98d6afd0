/**
 * Runs the native tests and the conformance suite of the native backend under sanitizers.
 *
 * The sanitizer's runtime must come first in a process that loads the addon, so it is preloaded into vitest's workers and,
 * through them, into every process the tests launch: hosts among those load the addon as well. Reports go to files, because a
 * process that writes one may have no stderr that anyone reads; a single one fails the run. Leaks are looked for in one
 * host of its own: the shells that tests launch leak at exit, which is their right.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TEST_PROGRAMS, build, root, run, runTestPrograms } from './native-build.mjs';

const HELP = 'Usage: node scripts/sanitize.mjs address|thread [vitest arguments]';

/** Children crash on purpose; a crash of a worker or a host fails its test without a report as well. */
const QUIET_CRASHES = ['segv', 'abort', 'sigbus', 'sigfpe', 'sigill'].map((signal) => `handle_${signal}=0`).join(':');

/** A frame of the sanitizer, or of a library that acts for its caller. */
const RUNTIME_FRAME = /\(lib(?:tsan|c|stdc\+\+)\.so/;

const SUPPRESSIONS = join(root, 'test/native/thread-sanitizer.supp');

/**
 * Node is not instrumented, so TSan does not see its atomic operations and reports races inside of it. A race of ours has
 * an access that our code made itself, or through the C and C++ libraries: that it called node, whose garbage collector then
 * met its own threads, is none. Where memory and threads came from does not count either.
 */
function hasOurAccess(report) {
  const accesses = report.split(/^ {2}(?:Location|Mutex|Thread|As if synchronized)\b/m, 1)[0];
  const stacks = accesses.split(/^ {2}(?=\S)/m).map((stack) => stack.match(/^ {4}#\d+ .*$/gm) ?? []);
  const accessors = stacks.map((frames) => frames.find((frame) => !RUNTIME_FRAME.test(frame)) ?? '');
  return accessors.some((frame) => frame.includes('custody.node')) && !isReusedDescriptor(report, accesses);
}

/**
 * TSan follows descriptors by number, and sees neither node close one nor pidfd_open make one. So our close of a pidfd looks
 * like one of the last file that node had under the number.
 */
function isReusedDescriptor(report, accesses) {
  const [, previous = ''] = accesses.split(/^ {2}Previous /m);
  return /^ {2}Location is file descriptor/m.test(report) && !previous.includes('custody.node');
}

const LEGS = {
  address: {
    folder: 'build/asan',
    sanitizers: 'address,undefined',
    libraries: ['libasan.so', 'libstdc++.so.6'],
    checksLeaks: true,
    isOurs: () => true,
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
      // Reports are what counts; an exit code of its own would change what the tests see of their hosts.
      TSAN_OPTIONS: `${common}:${QUIET_CRASHES}:exitcode=0:second_deadlock_stack=1:suppressions=${SUPPRESSIONS}`,
    }),
    isOurs: hasOurAccess,
  },
};

/** Prints what concerns us. @returns {boolean} whether there was nothing */
function printReports(folder, isOurs) {
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const reports = texts.flatMap((text) => text.split(/^=+$/m)).filter((report) => report.trim() !== '');
  const ours = reports.filter(isOurs);
  for (const report of ours) console.error(report);
  console.log(`sanitizer reports: ${ours.length} of ours, ${reports.length - ours.length} of node's own`);
  return ours.length === 0;
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
  // One at a time: an instrumented host needs both processors of a small machine for itself.
  const chosen = [
    '--maxWorkers',
    '1',
    '--project',
    'conformance',
    '--testNamePattern',
    "^'?native'? ",
    ...vitestArguments,
  ];
  const verdicts = [
    runTestPrograms(leg.folder),
    run(process.execPath, [...vitest, ...chosen], { ...options, ...addon, CUSTODY_TEST_PRELOAD: preload }),
  ];
  if (leg.checksLeaks) {
    const leaks = { ...options, ...addon, ASAN_OPTIONS: 'detect_leaks=1', LD_PRELOAD: preload };
    verdicts.push(run(process.execPath, ['test/package/smoke.mjs', '--expect', 'native'], leaks));
  }
  return printReports(reports, leg.isOurs) && verdicts.every(Boolean);
}

const [name, ...vitestArguments] = process.argv.slice(2);
if (LEGS[name] === undefined) {
  console.log(HELP);
  process.exitCode = name === '--help' ? 0 : 2;
} else {
  process.exitCode = runLeg(LEGS[name], vitestArguments) ? 0 : 1;
}
