/**
 * Builds and runs the doctest programs of test/native. Instead of that, `--fuzz <seconds>` runs the fuzzers of test/fuzz, and
 * `--valgrind` the guardian's tests with the guardian under valgrind.
 */
import { parseArgs } from 'node:util';
import { TEST_PROGRAMS, build, run, runTestPrograms } from './native-build.mjs';
import { runUnderValgrind } from './valgrind-guardian.mjs';

const FUZZERS = ['custody_byte_ring_fuzzer', 'custody_datagram_fuzzer'];

const { values } = parseArgs({
  options: { fuzz: { type: 'string' }, valgrind: { type: 'boolean' }, help: { type: 'boolean' } },
});
if (values.help) {
  console.log('Usage: npm run test:native -- [--fuzz <seconds per fuzzer> | --valgrind]');
} else if (values.fuzz !== undefined) {
  const definitions = {
    CUSTODY_BUILD_TESTS: 'ON',
    CMAKE_CXX_COMPILER: 'clang++',
    CUSTODY_SANITIZE: 'address,undefined,fuzzer-no-link',
  };
  const ok =
    build('build/fuzz', definitions, FUZZERS) &&
    FUZZERS.map((name) =>
      run(`build/fuzz/test/native/${name}`, [`-max_total_time=${values.fuzz}`, '-print_final_stats=1']),
    ).every(Boolean);
  process.exitCode = ok ? 0 : 1;
} else if (values.valgrind) {
  const ok = build('build/tests', { CUSTODY_DEVELOP: 'ON' }, TEST_PROGRAMS) && runUnderValgrind('build/tests');
  process.exitCode = ok ? 0 : 1;
} else {
  const ok = build('build/tests', { CUSTODY_DEVELOP: 'ON' }, TEST_PROGRAMS) && runTestPrograms('build/tests');
  process.exitCode = ok ? 0 : 1;
}
