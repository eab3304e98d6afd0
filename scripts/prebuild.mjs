/**
 * Writes `prebuilds/`: the addon and the guardian for every platform of `cross-targets.mjs`, built on this machine, and
 * checks what came out. Nothing is run: what was built for another system is known to compile and link, no more.
 *
 *     node scripts/prebuild.mjs [--target linux-x64]... [--optional]
 *
 * `--optional`: a tool that cannot be had here skips its targets with a line that says so, and is no failure.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkPrebuilds, prebuildFolder } from './check-prebuilds.mjs';
import { PREBUILDS } from './cross-targets.mjs';
import { buildWindowsAddon, hasWindowsCompiler } from './windows-build.mjs';
import { buildWithZig, findZig } from './zig-build.mjs';

/** Puts a product where the loader looks for it. By renaming: a test may have the old one loaded. */
function install(product, file) {
  mkdirSync(dirname(file), { recursive: true });
  const fresh = `${file}.${process.pid}`;
  copyFileSync(product, fresh);
  chmodSync(fresh, 0o755);
  renameSync(fresh, file);
}

/** Builds the files of one folder. @returns {boolean} */
function prebuildWithZig(zig, platform) {
  const files = PREBUILDS[platform];
  const builds = new Set(files.map(({ build }) => build));
  return [...builds].every((build) => {
    const own = files.filter((file) => file.build === build);
    const targets = own.map(({ target }) => target);
    const products = buildWithZig(zig, build, targets);
    if (products === undefined) return false;
    for (const { name, product } of own) install(join(products, product), join(prebuildFolder, platform, name));
    return true;
  });
}

/** How a platform is built, or why it cannot be. */
async function builderOf(platform) {
  if (spawnSync('cmake', ['--version'], { stdio: 'ignore' }).error !== undefined)
    return { reason: 'cmake was not found' };
  if (platform.startsWith('win32-')) {
    if (!hasWindowsCompiler()) return { reason: 'MinGW is not installed' };
    return { build: () => buildWindowsAddon(join(prebuildFolder, platform)) };
  }
  const zig = await findZig();
  return zig.reason !== undefined ? zig : { build: () => prebuildWithZig(zig.file, platform) };
}

async function main() {
  const { values: options } = parseArgs({
    options: {
      target: { type: 'string', multiple: true, default: [] },
      optional: { type: 'boolean', default: false },
    },
  });
  const platforms = options.target.length === 0 ? Object.keys(PREBUILDS) : options.target;
  const unknown = platforms.filter((platform) => PREBUILDS[platform] === undefined);
  if (unknown.length > 0) throw new Error(`no such target: ${unknown.join(', ')}`);

  const built = [];
  let failures = 0;
  for (const platform of platforms) {
    const { build, reason } = await builderOf(platform);
    if (build === undefined) {
      console.error(`${options.optional ? 'SKIPPED' : 'MISSING'}: ${platform}: ${reason}`);
      failures += options.optional ? 0 : 1;
    } else if (await build()) built.push(platform);
    else {
      console.error(`FAILED: ${platform}`);
      ++failures;
    }
  }
  const problems = checkPrebuilds(prebuildFolder, built);
  process.exitCode = failures + problems === 0 ? 0 : 1;
}

await main();
