/** Builds the addon for 64-bit Windows, and what its tests launch there, with MinGW on this machine. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { build, root } from './native-build.mjs';

const COMPILER = 'x86_64-w64-mingw32-g++-posix';
const FOLDER = join(root, 'build', 'windows', 'win32-x64');

/** Whether the compiler is installed. */
export function hasWindowsCompiler() {
  return spawnSync(COMPILER, ['--version'], { stdio: 'ignore' }).status === 0;
}

function buildHere(targets) {
  const definitions = {
    CMAKE_TOOLCHAIN_FILE: join(root, 'native', 'mingw-toolchain.cmake'),
    CUSTODY_BUILD_TESTS: 'ON',
    CUSTODY_WERROR: 'ON',
    CMAKE_CXX_FLAGS: `-ffile-prefix-map=${root}/=`,
  };
  return build(FOLDER, definitions, targets);
}

function place(files, outputFolder) {
  const folder = resolve(outputFolder);
  mkdirSync(folder, { recursive: true });
  for (const [from, name] of files) copyFileSync(join(FOLDER, from), join(folder, name));
}

/** Builds `custody.node` for win32-x64 into a folder. @returns {boolean} */
export function buildWindowsAddon(outputFolder) {
  if (!buildHere(['custody'])) return false;
  place([['custody.node', 'custody.node']], outputFolder);
  return true;
}

/** Builds what the tests launch and load into a folder. @returns {boolean} */
export function buildWindowsPrograms(outputFolder) {
  if (!buildHere(['custody_windows_probe', 'custody_windows_oracle', 'custody_windows_poller_race'])) return false;
  const programs = 'test/programs/windows';
  place(
    [
      [`${programs}/probe.exe`, 'probe.exe'],
      [`${programs}/oracle.node`, 'oracle.node'],
      ['poller_race.exe', 'poller_race.exe'],
    ],
    outputFolder,
  );
  return true;
}
