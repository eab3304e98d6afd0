/** Installs what a check needs from Debian, on first use. */
import { spawnSync } from 'node:child_process';

const INSTALL_LIMIT_MS = 600_000;

/** @returns {boolean} whether they are there now; false for who is not root, and where there is no apt-get */
export function installPackages(names) {
  const apt = (...args) =>
    spawnSync('apt-get', ['-q', '-y', ...args], { stdio: 'inherit', timeout: INSTALL_LIMIT_MS }).status === 0;
  return process.getuid?.() === 0 && apt('update') && apt('install', '--no-install-recommends', ...names);
}
