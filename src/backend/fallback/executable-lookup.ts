/**
 * Finds the file that a command names, before anything is started.
 *
 * A name is looked up in the `PATH` of the child. The current directory is never searched implicitly: empty and relative
 * entries of `PATH` are skipped, so that a directory somebody else can write to does not decide what runs. A path
 * (it contains a separator) is resolved against the working directory of the child.
 */
import { delimiter, extname, isAbsolute, join, resolve, sep } from 'node:path';
import type { LaunchFailure } from '../backend.js';
import { fileSystem } from '../lazy-builtins.js';

/** Searched when the child has no `PATH`; the native backend searches the same. */
const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin';
const DEFAULT_EXTENSIONS = '.COM;.EXE';

/** First bytes of a file by which a text that no kernel runs is known. */
const PROBED_BYTES = 128;

/** The parts of the child's environment that a lookup needs. */
export interface LookupEnvironment {
  readonly PATH?: string | undefined;
  readonly PATHEXT?: string | undefined;
}

/** The file to execute, or why there is none. */
export type Lookup = { readonly path: string } | LaunchFailure;

/** The errno name of an error from Node, `''` if it has none. */
export function errnoOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null | undefined)?.code;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) && !code.startsWith('ERR_') ? code : '';
}

/** `undefined` when a process can start in `directory`. */
export function checkDirectory(directory: string): LaunchFailure | undefined {
  const { accessSync, constants, statSync } = fileSystem();
  try {
    if (!statSync(directory).isDirectory()) return { operation: 'chdir', errno: 'ENOTDIR', subject: 'cwd' };
    if (process.platform !== 'win32') accessSync(directory, constants.X_OK);
    return undefined;
  } catch (error) {
    return { operation: 'chdir', errno: errnoOf(error), subject: 'cwd' };
  }
}

/** Looks for `file`; `directory` is absolute. */
export function findExecutable(file: string, directory: string, environment: LookupEnvironment): Lookup {
  const extensions = extensionsFor(file, environment);
  if (isPath(file)) {
    const path = resolve(directory, file);
    const refusals = extensions.map((extension) => refusalOf(path + extension));
    const found = refusals.indexOf(undefined);
    if (found >= 0) return { path: path + (extensions[found] ?? '') };
    return { operation: 'exec', errno: refusals[0] ?? 'ENOENT', subject: 'executable' };
  }
  let errno = 'ENOENT';
  for (const entry of (environment.PATH ?? DEFAULT_PATH).split(delimiter)) {
    if (!isAbsolute(entry)) continue;
    for (const extension of extensions) {
      const candidate = join(entry, file + extension);
      const refusal = refusalOf(candidate);
      if (refusal === undefined) return { path: candidate };
      // As the shell does it: a file that may not be executed is remembered, and the search goes on.
      if (refusal === 'EACCES') errno = refusal;
    }
  }
  return { operation: 'resolve', errno, subject: 'executable' };
}

function isPath(file: string): boolean {
  return file.includes('/') || file.includes(sep);
}

function extensionsFor(file: string, environment: LookupEnvironment): readonly string[] {
  if (process.platform !== 'win32' || extname(file) !== '') return [''];
  return (environment.PATHEXT ?? DEFAULT_EXTENSIONS).split(';').filter((extension) => extension !== '');
}

/** The errno with which executing this file would be refused, `undefined` if it may be tried. */
function refusalOf(path: string): string | undefined {
  const { accessSync, constants, statSync } = fileSystem();
  try {
    if (!statSync(path).isFile()) return 'EACCES';
    accessSync(path, constants.X_OK);
    return undefined;
  } catch (error) {
    return errnoOf(error);
  }
}

/**
 * Tells a text without `#!` from something a kernel may run.
 *
 * Node starts programs by `execvp`, which hands such a text to `/bin/sh`: a shell nobody asked for. A file that
 * cannot be read is left to the system.
 */
export function isTextWithoutInterpreter(path: string): boolean {
  if (process.platform === 'win32') return false;
  const bytes = new Uint8Array(PROBED_BYTES);
  const { closeSync, openSync, readSync } = fileSystem();
  try {
    const descriptor = openSync(path, 'r');
    try {
      const count = readSync(descriptor, bytes, 0, PROBED_BYTES, 0);
      const start = bytes.subarray(0, count);
      return !(start[0] === 0x23 && start[1] === 0x21) && !start.includes(0);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
}

/** What an error of the spawn itself was about, after directory and executable had been found good. */
export function spawnFailure(errno: string, path: string, directory: string): LaunchFailure {
  const directoryFailure = checkDirectory(directory);
  if (directoryFailure !== undefined) return directoryFailure;
  if (errno !== 'ENOENT' && errno !== 'EACCES' && errno !== 'ENOEXEC' && errno !== 'E2BIG' && errno !== 'EPERM') {
    return { operation: 'spawn', errno, subject: 'none' };
  }
  const isAboutFiles = errno === 'ENOENT' || errno === 'EACCES';
  if (!isAboutFiles) return { operation: 'exec', errno, subject: errno === 'ENOEXEC' ? 'executable' : 'none' };
  // The file itself passed its checks, so what is missing or forbidden is what it names to run it.
  const isStillGood = refusalOf(path) === undefined;
  return { operation: 'exec', errno, subject: isStillGood ? 'interpreter' : 'executable' };
}
