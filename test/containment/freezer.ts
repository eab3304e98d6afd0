/**
 * A frozen cgroup of the first version, whose members a SIGKILL does not end before they are thawed. Needs root. In the second
 * version a kill ends frozen members, so there is nothing there that resists.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../conformance/eventually.js';

function mountPoint(): string | undefined {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const fields = mounts.map((line) => line.split(' '));
  return fields.find(
    ([, , type, options]) => type === 'cgroup' && options?.split(',').includes('freezer') === true,
  )?.[1];
}

/** Why there is no freezer here; `undefined` if there is one. */
export function whyNoFreezer(): string | undefined {
  if (process.getuid?.() !== 0) return 'the suite does not run as root';
  const mount = mountPoint();
  if (mount === undefined) return 'there is no freezer of the first cgroup version';
  try {
    rmdirSync(mkdtempSync(join(mount, 'custody-probe-')));
    return undefined;
  } catch (error) {
    return `the freezer takes no groups: ${String(error)}`;
  }
}

export class Freezer {
  readonly #folder: string;

  constructor() {
    this.#folder = join(mountPoint() ?? '', `custody-test-${String(process.pid)}`);
    mkdirSync(this.#folder);
  }

  /** Freezes these processes; resolves when they are. */
  async freeze(pids: readonly number[]): Promise<void> {
    for (const pid of pids) writeFileSync(join(this.#folder, 'cgroup.procs'), String(pid));
    this.#set('FROZEN');
    await eventually(
      () => this.#state() === 'FROZEN',
      () => `a frozen group; it is ${this.#state()}`,
    );
  }

  thaw(): void {
    this.#set('THAWED');
  }

  /** For `finally`: thaws, and removes the group once its members are gone. */
  async close(): Promise<void> {
    if (!existsSync(this.#folder)) return;
    this.thaw();
    await eventually(
      () => this.#remove(),
      () => `a group without members: ${readFileSync(join(this.#folder, 'cgroup.procs'), 'utf8')}`,
    );
  }

  #set(state: 'FROZEN' | 'THAWED'): void {
    writeFileSync(join(this.#folder, 'freezer.state'), state);
  }

  #state(): string {
    return readFileSync(join(this.#folder, 'freezer.state'), 'utf8').trim();
  }

  #remove(): boolean {
    try {
      rmdirSync(this.#folder);
      return true;
    } catch {
      return false;
    }
  }
}
