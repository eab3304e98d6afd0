/**
 * Confines working directories to a root.
 *
 * What counts is where a directory really is: links are followed first, `/repo-x` is not in `/repo`, and where two names differ
 * only in case the file system is asked whether they are one folder. A command that is given the real path cannot be sent elsewhere
 * by a link that is changed after the check, unless one of the folders themselves is replaced; a sandbox this is not.
 */
import { posix, win32 } from 'node:path';
import { fileSystem } from '../backend/lazy-builtins.js';
import { CommandValidationError } from '../core/errors.js';
import type { Invocation } from '../core/invocation.js';
import { isForeignPath, isWithin, type PathFormat } from '../core/path-format.js';
import type { LaunchFailure } from '../core/settled-facts.js';

/** What a root asks of the file system. */
export interface FolderFacts {
  /** The path without links, in the letter case of the file system. Throws where there is nothing. */
  realPath(path: string): string;
  /** Equal for two names of one folder. */
  identity(path: string): string;
  isFolder(path: string): boolean;
}

/** Where a command may run, or why it cannot. */
export interface Confined {
  readonly cwd: string;
  readonly refusal: LaunchFailure | undefined;
}

export const systemFolders: FolderFacts = {
  realPath: (path) => fileSystem().realpathSync.native(path),
  isFolder: (path) => fileSystem().statSync(path).isDirectory(),
  identity(path) {
    const { dev, ino } = fileSystem().statSync(path, { bigint: true });
    return `${dev.toString()}:${ino.toString()}`;
  },
};

export class Root {
  readonly #real: string;
  readonly #format: PathFormat;
  readonly #folders: FolderFacts;

  /** @throws {@link CommandValidationError} naming `property` if `path` is no directory. */
  constructor(path: string, property: string, format: PathFormat, folders: FolderFacts = systemFolders) {
    this.#format = format;
    this.#folders = folders;
    try {
      this.#real = folders.realPath(path);
    } catch (error) {
      throw noFolder(property, error);
    }
    if (!folders.isFolder(this.#real)) throw noFolder(property);
  }

  /**
   * The directory of a command: the root if it has none; a relative one is below the root.
   *
   * @throws {@link CommandValidationError} for one that is elsewhere.
   */
  confine({ cwd, allowOutsideRoot }: Readonly<Pick<Invocation, 'cwd' | 'allowOutsideRoot'>>): Confined {
    if (cwd === undefined) return { cwd: this.#real, refusal: undefined };
    if (isForeignPath(cwd, this.#format)) throw outside('is a path of another system');
    const paths = this.#format === 'win32' ? win32 : posix;
    const wanted = paths.resolve(this.#real, cwd);
    if (allowOutsideRoot) return { cwd: wanted, refusal: undefined };
    const { path, exists } = this.#nearest(wanted, (path) => paths.dirname(path));
    if (!this.#holds(path)) throw outside('is outside of the root; allowOutsideRoot lets it be');
    return { cwd: path, refusal: exists ? undefined : MISSING };
  }

  /** The real path, or that of the nearest folder above that exists. */
  #nearest(wanted: string, parentOf: (path: string) => string): { path: string; exists: boolean } {
    for (let path = wanted; ; path = parentOf(path)) {
      try {
        return { path: this.#folders.realPath(path), exists: path === wanted };
      } catch (error) {
        // A folder that may not be read is not gone round.
        if (!isMissing(error) || parentOf(path) === path) throw outside('cannot be looked at');
      }
    }
  }

  #holds(real: string): boolean {
    if (isWithin(this.#real, real, this.#format)) return true;
    const above = real.slice(0, this.#real.length);
    const differsInCase = above.toLowerCase() === this.#real.toLowerCase() && isWithin(above, real, this.#format);
    return differsInCase && this.#folders.identity(above) === this.#folders.identity(this.#real);
  }
}

// What is missing now could be a way out by the time that somebody goes there, so nobody does.
const MISSING: LaunchFailure = { operation: 'chdir', errno: 'ENOENT', subject: 'cwd' };

function noFolder(property: string, cause?: unknown): CommandValidationError {
  return new CommandValidationError([{ property, message: 'must be a directory that exists' }], cause);
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function outside(message: string): CommandValidationError {
  return new CommandValidationError([{ property: 'cwd', message }]);
}
