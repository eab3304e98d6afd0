/**
 * The guardian's tests with the guardian and its shims under valgrind (memcheck), which sees what sanitizers do not: the very
 * code that is released, and reads of memory that nobody has written.
 *
 * Valgrind 3.19 has no pidfd_open, clone3 and close_range, so this is also a test of a kernel without them. Its vfork is a
 * fork: what a leader tells the shim through shared memory does not arrive, and the tests about that are left out.
 */
import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './native-build.mjs';

const LEFT_OUT = {
  'the probe says*': 'valgrind has no pidfds',
  'reasons not to start*': 'a failure after the vfork is not seen',
  'what fails at an rlimit*': 'the dynamic loader of a command meets the limits of valgrind',
  'the way through a shim*': 'a measurement',
  'the memory of a guardian*': 'a measurement',
  'the program needs no*': 'about the file, not about the process',
  'what exceeds a limit*': 'valgrind takes most of the processor time that is counted',
};

/** What valgrind says about calls that it does not know. */
const UNKNOWN_CALL = /^--\d+-- (?:WARNING: unhandled|You may|Read the|Nevertheless|it at ).*$/gm;

function findErrors(folder) {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8').replace(UNKNOWN_CALL, '').trim())
    .filter((text) => text !== '');
}

/** @returns {boolean} whether the tests passed and valgrind found nothing */
export function runUnderValgrind(build) {
  const folder = join(root, build);
  const logs = join(folder, 'valgrind');
  const wrapper = join(folder, 'guardian-under-valgrind');
  rmSync(logs, { recursive: true, force: true });
  mkdirSync(logs);
  chmodSync(logs, 0o777); // Some guardians run as nobody, and every shim with a namespace is process 1 there.
  const options = '--quiet --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite';
  const line = `exec valgrind ${options} --log-file="${logs}/$(id -u)-$$-%p" '${folder}/custody-guardian' "$@"`;
  writeFileSync(wrapper, `#!/bin/sh\n${line}\n`);
  chmodSync(wrapper, 0o755);
  for (const [name, why] of Object.entries(LEFT_OUT)) console.log(`NOT TESTED under valgrind: ${name}: ${why}`);
  const program = join(folder, 'test/native/custody_guardian_test');
  const passed = run(program, [`--test-case-exclude=${Object.keys(LEFT_OUT).join(',')}`], {
    CUSTODY_TEST_GUARDIAN: wrapper,
    CUSTODY_TEST_PATIENCE: '4',
  });
  const processes = readdirSync(logs).length;
  const errors = findErrors(logs);
  for (const error of errors) console.error(error);
  console.log(`valgrind: ${processes} processes, ${errors.length} with errors`);
  return passed && processes > 0 && errors.length === 0;
}
