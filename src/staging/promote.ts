/**
 * Puts a finished folder in its place: all of it or nothing. Within a file system that is one rename; across, a copy that is
 * flushed to the disk stands beside the place first.
 */
import { constants } from 'node:fs';
import { cp, lstat, open, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, OwnedFolder } from './owned-folder.js';

/** Moves the folder `from` to `to`, which must not exist. Rejects with what the file system says; then nothing is at `to`. */
export async function promote(from: string, to: string): Promise<void> {
  await refuseExisting(to);
  try {
    await rename(from, to);
  } catch (error) {
    if (codeOf(error) !== 'EXDEV') throw error;
    await promoteCopy(from, to);
  }
  await flush(dirname(to));
}

async function promoteCopy(from: string, to: string): Promise<void> {
  const beside = await OwnedFolder.create(dirname(to));
  try {
    await cp(from, beside.content, {
      recursive: true,
      preserveTimestamps: true,
      verbatimSymlinks: true,
      dereference: false,
    });
    await flushTree(beside.content);
    await refuseExisting(to);
    await rename(beside.content, to);
  } finally {
    await beside.remove();
  }
}

/** A rename would take the place of an empty folder, and of a file on some systems, without a word. */
async function refuseExisting(to: string): Promise<void> {
  const found = await lstat(to).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (found !== undefined) throw Object.assign(new Error('the target exists'), { code: 'EEXIST' });
}

async function flushTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await flushTree(path);
    else if (entry.isFile()) await flush(path);
  }
  await flush(folder);
}

/** What cannot be flushed (a folder on Windows, a file that may not be read) is left to the system. */
async function flush(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY).catch(() => undefined);
  if (handle === undefined) return;
  try {
    await handle.sync();
  } catch {
    // Not every file system can.
  } finally {
    await handle.close();
  }
}
