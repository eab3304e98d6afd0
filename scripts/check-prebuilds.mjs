/**
 * Checks `prebuilds/` against `cross-targets.mjs`: machine, oldest C library and macOS, libraries needed, names exported, sizes
 * and run bits, and that nothing else lies there. Prints one line per problem and exits with 1 if there is any.
 *
 *     node scripts/check-prebuilds.mjs [--folder <prebuilds>] [--target linux-x64]...
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { problemsOf } from './binary-format.mjs';
import { PREBUILDS } from './cross-targets.mjs';
import { root } from './native-build.mjs';

/** Where the package keeps them. */
export const prebuildFolder = join(root, 'prebuilds');

/** @returns {string[]} */
function problemsOfPlatform(folder, platform) {
  const files = PREBUILDS[platform];
  const known = files.map(({ name }) => name);
  const present = existsSync(join(folder, platform)) ? readdirSync(join(folder, platform)) : [];
  const strangers = present.filter((name) => !known.includes(name)).map((name) => `${platform}/${name} is unknown`);
  const wrong = files.flatMap(({ name, expected }) =>
    problemsOf(join(folder, platform, name), expected).map((problem) => `${platform}/${name} ${problem}`),
  );
  return [...strangers, ...wrong];
}

/** @returns {string[]} */
function problemsOfFolder(folder) {
  const known = ['README.md', ...Object.keys(PREBUILDS)];
  const present = existsSync(folder) ? readdirSync(folder) : [];
  return present.filter((name) => !known.includes(name)).map((name) => `${name} is unknown`);
}

/** Prints the problems of some platforms and the sizes of what is right. @returns {number} how many problems */
export function checkPrebuilds(folder, platforms) {
  let count = 0;
  for (const platform of platforms) {
    const problems = problemsOfPlatform(folder, platform);
    for (const problem of problems) console.error(`prebuilds: ${problem}`);
    count += problems.length;
    if (problems.length > 0) continue;
    const sizes = PREBUILDS[platform].map(({ name }) => `${name} ${statSync(join(folder, platform, name)).size}`);
    console.log(`prebuilds: ${platform} is right: ${sizes.join(', ')} bytes`);
  }
  return count;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values: options } = parseArgs({
    options: {
      folder: { type: 'string', default: prebuildFolder },
      target: { type: 'string', multiple: true, default: [] },
    },
  });
  const folder = resolve(options.folder);
  const isWhole = options.target.length === 0;
  const strangers = isWhole ? problemsOfFolder(folder) : [];
  for (const stranger of strangers) console.error(`prebuilds: ${stranger}`);
  const platforms = isWhole ? Object.keys(PREBUILDS) : options.target;
  const problems = strangers.length + checkPrebuilds(folder, platforms);
  console.log(`prebuilds: ${problems} problems`);
  process.exitCode = problems === 0 ? 0 : 1;
}
