/** Configures and builds a CMake tree of its own, and runs doctest programs. Used by the native test and sanitizer scripts. */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
/** The doctest programs of test/native/CMakeLists.txt. */
export const TEST_PROGRAMS = [
  'custody_core_test',
  'custody_engine_test',
  'custody_platform_test',
  'custody_guardian_test',
  'custody_lineage_test',
  'custody_windows_test',
];

/** Runs a command with the output on ours. @returns {boolean} whether it ended with 0 */
export function run(command, args, environment = {}) {
  const env = { ...process.env, ...environment };
  const { status, signal, error } = spawnSync(command, args, {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error !== undefined) console.error(`${command}: ${error.message}`);
  if (signal !== null) console.error(`${command} was ended by ${signal}`);
  return status === 0;
}

/** Builds `targets` in the folder `build`, configured with `definitions`. @returns {boolean} */
export function build(folder, definitions, targets) {
  const settings = Object.entries(definitions).map(([name, value]) => `-D${name}=${value}`);
  return (
    run('cmake', ['-S', '.', '-B', folder, '--log-level=WARNING', ...settings]) &&
    run('cmake', ['--build', folder, '--parallel', String(availableParallelism()), '--target', ...targets])
  );
}

/** Runs every doctest program of a built folder, all of them even if one fails. @returns {boolean} */
export function runTestPrograms(folder, environment = {}) {
  return TEST_PROGRAMS.map((name) => run(join(folder, 'test/native', name), [], environment)).every(Boolean);
}
