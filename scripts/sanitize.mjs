/**
 * Runs the native tests and the conformance suite of the native backend under sanitizers.
 *
 * The sanitizer's runtime must come first in the process that loads the addon, so it is preloaded into node. It stays
 * preloaded in the processes the tests launch: hosts among them load the addon as well.
 */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { TEST_PROGRAMS, build, root, run, runTestPrograms } from './native-build.mjs';

const LEGS = {
  address: {
    folder: 'build/asan',
    sanitizers: 'address,undefined',
    libraries: ['libasan.so', 'libstdc++.so.6'],
    options: { ASAN_OPTIONS: 'detect_leaks=1:abort_on_error=0', UBSAN_OPTIONS: 'print_stacktrace=1' },
  },
  thread: {
    folder: 'build/tsan',
    sanitizers: 'thread',
    libraries: ['libtsan.so'],
    options: { TSAN_OPTIONS: 'halt_on_error=0:second_deadlock_stack=1' },
  },
};

const HELP = `Usage: node scripts/sanitize.mjs address|thread [vitest arguments]`;
const [name, ...vitestArguments] = process.argv.slice(2);
const leg = LEGS[name];
if (leg === undefined) {
  console.log(HELP);
  process.exitCode = name === '--help' ? 0 : 2;
} else {
  const compiler = process.env.CXX || 'g++';
  const definitions = { CUSTODY_BUILD_TESTS: 'ON', CUSTODY_SANITIZE: leg.sanitizers, CMAKE_CXX_COMPILER: compiler };
  const preload = leg.libraries.map((file) =>
    execFileSync(compiler, [`-print-file-name=${file}`], { encoding: 'utf8' }).trim(),
  );
  const environment = {
    ...leg.options,
    LD_PRELOAD: preload.join(':'),
    CUSTODY_ADDON_FILE: resolve(root, leg.folder, 'custody.node'),
  };
  const vitest = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config',
    'test/vitest.config.ts',
    '--project',
    'conformance',
  ];
  const built = build(leg.folder, definitions, [...TEST_PROGRAMS, 'custody']);
  const verdicts = built && [
    runTestPrograms(leg.folder, leg.options),
    run(process.execPath, [...vitest, '--testNamePattern', '^native ', ...vitestArguments], environment),
  ];
  process.exitCode = built && verdicts.every(Boolean) ? 0 : 1;
}
