/**
 * Which findings are about the files that were asked for. The CLI is asked to look at no others; whether it can depends on its
 * version, so what it says is looked through as well.
 */
import { isAbsolute, relative } from 'node:path';
import type { CodeRabbitFinding } from './finding.js';

/** The findings about these files, or files in these directories. Paths are relative to `cwd`, or absolute. */
export function inScope(
  findings: readonly CodeRabbitFinding[],
  files: readonly string[],
  cwd: string,
): readonly CodeRabbitFinding[] {
  const wanted = files.map((file) => placeOf(file, cwd));
  return findings.filter(({ file }) => {
    const place = placeOf(file, cwd);
    return wanted.some((known) => known === '' || place === known || place.startsWith(`${known}/`));
  });
}

/** `./src\a.ts` is `src/a.ts`. */
function placeOf(path: string, cwd: string): string {
  const place = isAbsolute(path) ? relative(cwd, path) : path;
  return place
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}
