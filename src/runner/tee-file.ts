/**
 * The file of a copy: one that takes bytes without waiting for anybody.
 */
import type { FileHandle } from 'node:fs/promises';
import { fileSystem } from '../backend/lazy-builtins.js';
import type { Tee } from '../core/tee.js';

/** What the mask of the host leaves of it, as for every file. */
const MODE = 0o666;

/** Opens, and where there is none makes, the file of `tee`; fails with `ENOTSUP` if it is a pipe or a socket. */
export async function openTeeFile({ file, append }: Tee): Promise<FileHandle> {
  const { constants, promises } = fileSystem();
  const { O_WRONLY, O_CREAT, O_APPEND, O_TRUNC } = constants;
  // A pipe, and a device that takes nothing, refuse with it where they would park a thread that nobody can call back. Files do
  // not mind; Windows has no such flag.
  const O_NONBLOCK = (constants.O_NONBLOCK as number | undefined) ?? 0;
  const handle = await promises.open(file, O_WRONLY | O_CREAT | (append ? O_APPEND : O_TRUNC) | O_NONBLOCK, MODE);
  try {
    const stats = await handle.stat();
    if (stats.isFIFO() || stats.isSocket())
      throw Object.assign(new Error(`${file} is no file but a pipe or a socket`), { code: 'ENOTSUP' });
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}
