/**
 * Files for values that are too long for a command line, or that must not be seen in one: made for one use, readable by their owner
 * alone, and gone afterwards.
 *
 * Each has a folder of its own with a marker that says whose it is and until when. It is removed when its use ends, when its time is
 * over, and when the host ends; what a killed host leaves is removed by the next host that makes one in the same place, once its time
 * is over. Nothing without our marker is ever removed.
 */
import type { Dirent } from 'node:fs';
import { join } from 'node:path';
import { fileSystem, operatingSystem } from '../backend/lazy-builtins.js';
import { isInRange, Issues, type Range } from '../core/validate.js';
import type { LiveRuns } from './live-runs.js';

/** Options of {@link ParameterFileFunction}. */
export interface ParameterFileOptions {
  /**
   * Milliseconds after its writing at which the file is removed although it is still in use, 1 to 86 400 000.
   *
   * @defaultValue `3_600_000`
   */
  readonly lifetimeMs?: number | undefined;
  /** Where the file is made. @defaultValue the temporary folder of the system */
  readonly folder?: string | undefined;
}

/**
 * Writes `content` to a file that only its owner may read (mode 0600), calls `use` with its path and removes the file when what
 * `use` returned has settled, however it did. Summaries of commands do not show the path.
 *
 * @throws {@link CommandValidationError} (as a rejection) with code `VALIDATION_FAILED` for arguments that are not valid.
 */
export type ParameterFileFunction = <T>(
  content: string | Uint8Array,
  use: (path: string) => T | PromiseLike<T>,
  options?: ParameterFileOptions,
) => Promise<T>;

/** Begins the names of the folders; summaries know it. */
const FOLDER_PREFIX = 'custody-parameters-';
const FILE_NAME = 'parameters';
const MARKER_NAME = '.custody-owner.json';
const MARKER_OWNER = 'custody';

/** A day is the longest that a command may run; an hour is longer than nearly all of them do. */
const LIFETIME_MS: Range = { min: 1, max: 86_400_000, standard: 3_600_000 };
/** What the marker's time is longer, so that nobody removes a file that is still being written. */
const WRITING_MS = 60_000;
/** Folders looked at for what was left behind, so that a full one costs little. */
const MAX_SWEPT = 100;

/** The parameter files of one JavaScript environment. */
export class ParameterFiles {
  readonly #live: LiveRuns;
  readonly #folders = new Set<string>();
  readonly #swept = new Set<string>();

  /** `live` keeps an ear on the end of the host while there are files. */
  constructor(live: LiveRuns) {
    this.#live = live;
  }

  readonly use: ParameterFileFunction = async (content, use, options = {}) => {
    const { lifetimeMs, parent } = readOptions(content, use, options);
    await this.#sweep(parent);
    const folder = await fileSystem().promises.mkdtemp(join(parent, FOLDER_PREFIX));
    this.#folders.add(folder);
    this.#live.enter();
    let timer: NodeJS.Timeout | undefined;
    try {
      await writeMarker(folder, Date.now() + lifetimeMs + WRITING_MS);
      const path = join(folder, FILE_NAME);
      await fileSystem().promises.writeFile(path, content, { mode: 0o600, flag: 'wx' });
      // Not before the file is whole: a removal beside the writing would leave half of it, or fail the use.
      timer = setTimeout(() => void removeFolder(folder), lifetimeMs);
      timer.unref();
      return await use(path);
    } finally {
      clearTimeout(timer);
      await removeFolder(folder);
      this.#folders.delete(folder);
      this.#live.leave();
    }
  };

  /** For the end of the host, which waits for nothing. */
  removeAllSync(): void {
    for (const folder of this.#folders) fileSystem().rmSync(folder, { recursive: true, force: true });
  }

  /** Removes what hosts left here whose end nobody heard of. Once for each place, and never a reason to fail. */
  async #sweep(parent: string): Promise<void> {
    if (this.#swept.has(parent)) return;
    this.#swept.add(parent);
    const entries = await fileSystem()
      .promises.readdir(parent, { withFileTypes: true })
      .catch((): Dirent[] => []);
    const left = entries.filter((entry) => entry.isDirectory() && entry.name.startsWith(FOLDER_PREFIX));
    for (const { name } of left.slice(0, MAX_SWEPT)) {
      const folder = join(parent, name);
      if (await hasExpired(folder)) await removeFolder(folder);
    }
  }
}

function readOptions(
  content: unknown,
  use: unknown,
  { lifetimeMs = LIFETIME_MS.standard, folder }: ParameterFileOptions,
): { lifetimeMs: number; parent: string } {
  const issues = new Issues('');
  if (typeof content !== 'string' && !(content instanceof Uint8Array)) {
    issues.add('content', 'must be a string or a Uint8Array');
  }
  if (typeof use !== 'function') issues.add('use', 'must be a function');
  isInRange(lifetimeMs, LIFETIME_MS, 'lifetimeMs', issues);
  if (folder !== undefined && typeof folder !== 'string') issues.add('folder', 'must be a string');
  issues.throwIfAny();
  return { lifetimeMs, parent: folder ?? operatingSystem().tmpdir() };
}

async function writeMarker(folder: string, expiresAtMs: number): Promise<void> {
  const marker = JSON.stringify({ owner: MARKER_OWNER, pid: process.pid, expiresAtMs });
  await fileSystem().promises.writeFile(join(folder, MARKER_NAME), marker, { mode: 0o600, flag: 'wx' });
}

/** Whether the folder is one of ours whose time is over. The process that made it may live elsewhere, so only time counts. */
async function hasExpired(folder: string): Promise<boolean> {
  try {
    const text = await fileSystem().promises.readFile(join(folder, MARKER_NAME), 'utf8');
    const { owner, expiresAtMs } = JSON.parse(text) as { owner?: unknown; expiresAtMs?: unknown };
    return owner === MARKER_OWNER && typeof expiresAtMs === 'number' && expiresAtMs < Date.now();
  } catch {
    return false;
  }
}

/** What cannot be removed now has a marker for the next sweep. */
async function removeFolder(folder: string): Promise<void> {
  await fileSystem()
    .promises.rm(folder, { recursive: true, force: true })
    .catch(() => undefined);
}
