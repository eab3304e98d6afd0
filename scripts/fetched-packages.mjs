// @ts-check
/**
 * Programs and packages that only a build, a test or a comparison needs, fetched from npm into a cache folder on first use.
 *
 * They are never dependencies: whoever asks goes on without them and says so. Install scripts are not run.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The folder below which everything fetched is kept. */
export const cacheRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules', '.cache');

const FETCH_LIMIT_MS = 300_000;

/**
 * Installs packages into a folder of their own, unless they are there already.
 *
 * @param {string} folder One folder per set of packages.
 * @param {readonly string[]} packages Specifiers such as `execa@10`.
 * @param {{ readonly fetch?: boolean, readonly flags?: readonly string[] }} [options] `fetch: false` uses only what an
 *   earlier call has fetched; `flags` go to npm, such as `--cpu=arm64` for a package of another machine.
 * @returns {Promise<{ readonly folder: string } | { readonly reason: string }>}
 */
export async function fetchedPackages(folder, packages, { fetch = true, flags = [] } = {}) {
  const receipt = join(folder, 'fetched.json');
  const wanted = JSON.stringify(packages);
  if (existsSync(receipt) && readFileSync(receipt, 'utf8') === wanted) return { folder };
  if (!fetch) return { reason: 'not fetched yet, and fetching is switched off' };
  mkdirSync(folder, { recursive: true });
  // A manifest of its own keeps npm from walking up into the repository's.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const options = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', ...flags, '--prefix', folder];
  try {
    await promisify(execFile)('npm', ['install', ...options, ...packages], { cwd: folder, timeout: FETCH_LIMIT_MS });
  } catch (error) {
    const lines = /** @type {{ stderr?: string }} */ (error).stderr?.split('\n') ?? [];
    return { reason: lines.find((line) => line.includes('npm error')) ?? String(error).split('\n')[0] ?? 'npm failed' };
  }
  writeFileSync(receipt, wanted);
  return { folder };
}
