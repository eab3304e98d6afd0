// @ts-check
/** What only the comparisons need, fetched into a cache folder below node_modules/.cache; they run without it and say so. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheRoot as packageCache, fetchedPackages as fetchInto } from '../../scripts/fetched-packages.mjs';

/** The root of the repository. */
export const repositoryRoot = fileURLToPath(new URL('../../', import.meta.url));

/** Everything the cases and the bench compile or fetch goes here. */
export const cacheRoot = join(packageCache, 'custody-bench');

/**
 * A folder whose `node_modules` holds the packages, installed on first use.
 *
 * @param {string} name Names the folder; one folder per set of packages.
 * @param {readonly string[]} packages Specifiers such as `execa@10`.
 * @param {{ readonly fetch: boolean }} options `fetch: false` uses only what an earlier run has fetched.
 */
export const fetchedPackages = (name, packages, options) => fetchInto(join(cacheRoot, name), packages, options);
