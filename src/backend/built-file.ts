/** Finds files of the build that run in a thread of their own, from wherever this code is. */
import { fileURLToPath } from 'node:url';
import { fileSystem } from './lazy-builtins.js';

/** Where built files lie, seen from the entry, from a shared chunk beside it, and from the sources. */
const PLACES = ['./', '../', '../../dist/'];

/** `path` is that below dist/. `undefined` if it was not built, or is not part of the bundle that this code is in. */
export function findBuiltFile(path: string): URL | undefined {
  const isBundledAsCommonJs = typeof (import.meta.url as unknown) !== 'string';
  if (isBundledAsCommonJs) return undefined;
  const { existsSync } = fileSystem();
  return PLACES.map((place) => new URL(place + path, import.meta.url)).find((url) => existsSync(fileURLToPath(url)));
}
