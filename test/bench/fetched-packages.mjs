// @ts-check
/**
 * Programs and packages that only the comparisons need, fetched from npm into a cache folder below node_modules/.cache.
 *
 * They are never dependencies: a comparison runs without them and says so. Install scripts are not run.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The root of the repository. */
export const repositoryRoot = fileURLToPath(new URL('../../', import.meta.url));

/** Everything the cases and the bench compile or fetch goes here. */
export const cacheRoot = join(repositoryRoot, 'node_modules', '.cache', 'custody-bench');

const FETCH_LIMIT_MS = 180_000;

/**
 * A folder whose `node_modules` holds the packages, installed on first use.
 *
 * @param {string} name Names the folder; one folder per set of packages.
 * @param {readonly string[]} packages Specifiers such as `execa@10`.
 * @param {{ readonly fetch: boolean }} options `fetch: false` uses only what an earlier run has fetched.
 * @returns {Promise<{ readonly folder: string } | { readonly reason: string }>}
 */
export async function fetchedPackages(name, packages, options) {
  const folder = join(cacheRoot, name);
  const receipt = join(folder, 'fetched.json');
  const wanted = JSON.stringify(packages);
  if (existsSync(receipt) && readFileSync(receipt, 'utf8') === wanted) return { folder };
  if (!options.fetch) return { reason: 'not fetched yet, and fetching is switched off' };
  mkdirSync(folder, { recursive: true });
  // An own manifest keeps npm from walking up into the repository's.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder, ...packages];
  try {
    await promisify(execFile)('npm', args, { cwd: folder, timeout: FETCH_LIMIT_MS });
  } catch (error) {
    const lines = /** @type {{ stderr?: string }} */ (error).stderr?.split('\n') ?? [];
    return { reason: lines.find((line) => line.includes('npm error')) ?? String(error).split('\n')[0] ?? 'npm failed' };
  }
  writeFileSync(receipt, wanted);
  return { folder };
}
