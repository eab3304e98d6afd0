/**
 * The files of one container: its variables, which must not stand in the arguments, and the id that the client writes. In a folder for
 * the owner alone, removed when the client has ended, when nothing was started, and when the host ends.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'custody-container-';

/** Folders in use; while there are any, the end of the host is listened for. */
const open = new Set<string>();

const removeAll = (): void => {
  for (const folder of open) rmSync(folder, { recursive: true, force: true });
};

export class LaunchFiles {
  readonly environment: string;
  readonly cid: string;
  readonly #folder: string;

  /** `lines`: `NAME=value` without line breaks. */
  constructor(lines: readonly string[]) {
    this.#folder = mkdtempSync(join(tmpdir(), PREFIX));
    if (open.size === 0) process.once('exit', removeAll);
    open.add(this.#folder);
    this.environment = join(this.#folder, 'environment');
    this.cid = join(this.#folder, 'cid');
    try {
      writeFileSync(this.environment, lines.map((line) => `${line}\n`).join(''), { mode: 0o600, flag: 'wx' });
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  /** The id of the container; `undefined` if none was made. */
  containerId(): string | undefined {
    try {
      const id = readFileSync(this.cid, 'utf8').trim();
      return id === '' ? undefined : id;
    } catch {
      return undefined;
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
    open.delete(this.#folder);
    if (open.size === 0) process.removeListener('exit', removeAll);
  }
}
