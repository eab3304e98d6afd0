/**
 * Where the configuration is: named by the caller or by `CUSTODY_CONFIG`, or looked for from the working directory upwards.
 *
 * Decides how far: to the root of the repository (the folder with `.git`), and without a repository no further than the
 * working directory itself; so a file that somebody put into a shared folder above reaches nobody. A file that was found must
 * belong to the user, to root, or to whom the working directory belongs. Loads no parser, so that looking costs little.
 */
import { existsSync, readFileSync, statSync, type Stats } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { ConfigError } from './config-error.js';

/** Names that are looked for in each folder; the first one wins. */
export const CONFIG_FILE_NAMES = [
  'custody.yml',
  'custody.yaml',
  'custody.json',
  'package.json',
  '.agent/config.yml',
] as const;

/** A file of another tool that is larger than this many bytes is not looked into. */
const MAX_PACKAGE_BYTES = 4 * 1024 * 1024;

/** Longest way up. */
const MAX_FOLDERS = 64;

/** Where to look. */
export interface FindConfigOptions {
  /** @defaultValue the working directory of the process */
  readonly cwd?: string | undefined;
  /** The file to use; `false`: none. @defaultValue what `CUSTODY_CONFIG` in `environment` says, else looked for */
  readonly file?: string | false | undefined;
  /** Usually `process.env`; read are `CUSTODY_CONFIG`, `CUSTODY_NATIVE`, `CUSTODY_ROOT` and `CUSTODY_AUDIT_DB`. @defaultValue nothing */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * The absolute path of the configuration file, `undefined` if there is none.
 *
 * @throws {@link ConfigError} with code `VALIDATION_FAILED` for a named file that does not exist, and one that belongs to another user.
 */
export function findConfigFile({ cwd = process.cwd(), file, environment = {} }: FindConfigOptions = {}):
  string | undefined {
  const named = file ?? (environment['CUSTODY_CONFIG'] === '' ? undefined : environment['CUSTODY_CONFIG']);
  if (named === false || (file === undefined && named === 'off')) return undefined;
  if (named !== undefined) return namedFile(resolve(cwd, named), cwd);
  for (const folder of foldersToSearch(cwd)) {
    for (const name of CONFIG_FILE_NAMES) {
      const candidate = join(folder, name);
      const stats = statSync(candidate, { throwIfNoEntry: false });
      if (stats?.isFile() !== true || !holdsConfig(candidate, name, stats)) continue;
      checkOwner(candidate, stats, cwd);
      return candidate;
    }
  }
  return undefined;
}

/** The folder that a configuration file speaks of: paths in it are against this one. */
export function folderOfConfig(file: string): string {
  return dirname(file).replace(/[\\/]\.agent$/, '');
}

/** A path as messages show it. */
export function shownPath(file: string, cwd: string): string {
  return relative(cwd, file) || file;
}

function namedFile(file: string, cwd: string): string {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return file;
  throw refusal(file, cwd, 'there is no such configuration file');
}

/** From the working directory up to the root of its repository. */
function foldersToSearch(cwd: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = resolve(cwd); folders.length < MAX_FOLDERS; folder = dirname(folder)) {
    folders.push(folder);
    if (existsSync(join(folder, '.git'))) return folders;
    if (dirname(folder) === folder) break;
  }
  return folders.slice(0, 1);
}

function holdsConfig(file: string, name: string, { size }: Stats): boolean {
  if (name === 'package.json')
    return size <= MAX_PACKAGE_BYTES && readQuietly(file).includes('"custody"') && hasKey(file);
  if (name !== '.agent/config.yml') return true;
  return size <= MAX_PACKAGE_BYTES && /^["']?execution["']?\s*:/m.test(readQuietly(file));
}

function hasKey(packageFile: string): boolean {
  try {
    const manifest: unknown = JSON.parse(readQuietly(packageFile));
    if (typeof manifest !== 'object' || manifest === null) return false;
    // The name of a dependency or of a script is no key of the manifest; a text under the key is no configuration.
    const value: unknown = (manifest as Record<string, unknown>)['custody'];
    return Object.hasOwn(manifest, 'custody') && typeof value === 'object';
  } catch {
    return false;
  }
}

function readQuietly(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function checkOwner(file: string, { uid }: Stats, cwd: string): void {
  const own = process.getuid?.();
  if (own === undefined || uid === own || uid === 0 || uid === statSync(cwd).uid) return;
  throw refusal(
    file,
    cwd,
    'belongs to another user and is not read; name it by --config or CUSTODY_CONFIG if it is meant',
  );
}

function refusal(file: string, cwd: string, message: string): ConfigError {
  return new ConfigError([{ file: shownPath(file, cwd), line: 0, column: 0, path: '', message }]);
}
