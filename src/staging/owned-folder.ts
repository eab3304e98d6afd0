/**
 * A folder of ours: made here, marked, and removed by nobody who cannot show both the marker and the identity of the folder.
 *
 * A folder that was replaced, a link in its place, a marker that is missing or says something else: then nothing is removed, and
 * the reason is reported. Removing never follows a link out: links are unlinked, folders are entered only as what they were seen to
 * be, on Linux through an open descriptor, so that a name that is swapped meanwhile leads nowhere.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, mkdtemp, open, readdir, rm, rmdir, unlink, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

const PREFIX = '.custody-stage-';
const MARKER_NAME = '.custody-owner.json';
const CONTENT_NAME = 'content';
const MAX_MARKER_BYTES = 4096;
/** Folders in folders that are gone into; deeper ones cannot be made by paths either. */
const MAX_DEPTH = 2048;

/** What became of a removal. */
export type Removal = { readonly isRemoved: true } | { readonly isRemoved: false; readonly why: string };

/** What a folder is, whatever it is called. */
interface Identity {
  readonly dev: bigint;
  readonly ino: bigint;
}

export class OwnedFolder {
  readonly path: string;
  /** Where the work is done: the marker stays out of it. */
  readonly content: string;
  readonly #token: string;
  readonly #identity: Identity;

  private constructor(path: string, token: string, identity: Identity) {
    this.path = path;
    this.content = join(path, CONTENT_NAME);
    this.#token = token;
    this.#identity = identity;
  }

  /** A new folder in `parent`, for its owner alone (mode 0700). */
  static async create(parent: string): Promise<OwnedFolder> {
    const path = await mkdtemp(join(parent, PREFIX));
    const token = randomUUID();
    const { dev, ino } = await lstat(path, { bigint: true });
    const folder = new OwnedFolder(path, token, { dev, ino });
    try {
      await writeFile(join(path, MARKER_NAME), JSON.stringify({ owner: 'custody', token }), {
        mode: 0o600,
        flag: 'wx',
      });
      await mkdir(folder.content);
    } catch (error) {
      // Nothing is in it yet but what has just been made.
      await rm(path, { recursive: true, force: true });
      throw error;
    }
    return folder;
  }

  /** Why the folder must not be touched; `undefined`: it is ours. */
  async foreignBecause(): Promise<string | undefined> {
    try {
      const found = await lstat(this.path, { bigint: true });
      if (!found.isDirectory()) return 'something else stands in its place';
      if (found.dev !== this.#identity.dev || found.ino !== this.#identity.ino)
        return 'another folder stands in its place';
      return await this.#markerProblem();
    } catch (error) {
      return `it cannot be looked at (${codeOf(error)})`;
    }
  }

  /** Removes the folder with all that is in it, if it is ours. Never rejects. */
  async remove(): Promise<Removal> {
    const foreign = await this.foreignBecause();
    if (foreign !== undefined) return { isRemoved: false, why: foreign };
    try {
      await removeTree(this.path, this.#identity);
      return { isRemoved: true };
    } catch (error) {
      return { isRemoved: false, why: `not all of it can be removed (${codeOf(error)})` };
    }
  }

  async #markerProblem(): Promise<string | undefined> {
    const file = await openUnlinked(join(this.path, MARKER_NAME)).catch((error: unknown) => codeOf(error));
    if (typeof file === 'string')
      return file === 'ENOENT' ? 'its marker is missing' : `its marker cannot be read (${file})`;
    try {
      if ((await file.stat()).size > MAX_MARKER_BYTES) return 'its marker is not ours';
      const marker: unknown = JSON.parse(await file.readFile('utf8'));
      return (marker as { token?: unknown } | null)?.token === this.#token ? undefined : 'its marker is not ours';
    } catch {
      return 'its marker is not ours';
    } finally {
      await file.close();
    }
  }
}

/** Errno name of what the file system threw. */
export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | null)?.code ?? 'UNKNOWN';
}

// Windows has no such flags and makes no links without a right to do so.
const NO_LINKS = (constants.O_NOFOLLOW as number | undefined) ?? 0;
const FOLDER_ONLY = (constants.O_DIRECTORY as number | undefined) ?? 0;

function openUnlinked(path: string, flags = 0): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | NO_LINKS | flags);
}

/** Where an open folder can be reached by its descriptor, whatever its name has become; `undefined`: not on this system. */
async function pathOf(folder: FileHandle): Promise<string | undefined> {
  const path = `/proc/self/fd/${folder.fd}`;
  try {
    const { dev, ino } = await folder.stat({ bigint: true });
    const found = await lstat(`${path}/.`, { bigint: true });
    return found.dev === dev && found.ino === ino ? path : undefined;
  } catch {
    return undefined;
  }
}

async function removeTree(path: string, identity: Identity): Promise<void> {
  if (NO_LINKS === 0) {
    await rm(path, { recursive: true, maxRetries: 3 });
    return;
  }
  const folder = await openUnlinked(path, FOLDER_ONLY);
  try {
    const { dev, ino } = await folder.stat({ bigint: true });
    if (dev !== identity.dev || ino !== identity.ino) throw Object.assign(new Error('replaced'), { code: 'ESTALE' });
    await emptyFolder(folder, path, identity.dev, 0);
  } finally {
    await folder.close();
  }
  await rmdir(path);
}

/** Removes what is in a folder. What is mounted in it is not gone into. */
async function emptyFolder(folder: FileHandle, name: string, dev: bigint, depth: number): Promise<void> {
  if (depth > MAX_DEPTH) throw Object.assign(new Error('too deep'), { code: 'ENAMETOOLONG' });
  const here = (await pathOf(folder)) ?? name;
  for (const entry of await readdir(here, { withFileTypes: true })) {
    const path = `${here}/${entry.name}`;
    if (!entry.isDirectory()) {
      await unlink(path);
      continue;
    }
    const child = await openUnlinked(path, FOLDER_ONLY);
    try {
      if ((await child.stat({ bigint: true })).dev !== dev)
        throw Object.assign(new Error('mounted'), { code: 'EXDEV' });
      await emptyFolder(child, path, dev, depth + 1);
    } finally {
      await child.close();
    }
    await rmdir(path);
  }
}
