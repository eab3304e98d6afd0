/**
 * What the containment suite runs on: a folder that every user may enter, with copies of the package under test, the host
 * program and the payload, and the users that hosts run as.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createRunner } from '../../src/index.js';
import { bundleFile, payloadFile } from '../programs/probe-files.js';
import { endProcessesOf, processesOf, type SeenProcess } from '../programs/oracle.js';

/** Who a host runs as. `ids`: where that is not the user of the suite. */
export interface HostUser {
  readonly name: 'root' | 'unprivileged';
  readonly ids?: { readonly uid: number; readonly gid: number };
}

/** The user that owns nothing: 65534, which systems call nobody. */
export const NOBODY = 65_534;

const isRoot = process.getuid?.() === 0;

/** Hosts run as each of these. Without root there is one half of them, and a line that says so. */
export const hostUsers: readonly HostUser[] = isRoot
  ? [{ name: 'root' }, { name: 'unprivileged', ids: { uid: NOBODY, gid: NOBODY } }]
  : [{ name: 'unprivileged' }];
if (!isRoot) console.warn('NOT TESTED: containment as root, because the suite does not run as root');

/** How a payload behaves; see payload.cc. */
export interface PayloadKind {
  readonly name: string;
  readonly args?: readonly string[];
  /** The leader exits 0 by itself and leaves the rest behind. */
  readonly leaves?: boolean;
  /** Something of it is out of reach of a process group. */
  readonly escapesGroup?: boolean;
}

/** Members of the storm in the matrix. */
const STORM_SIZE = 100;

export const payloadKinds: readonly PayloadKind[] = [
  { name: 'plain' },
  { name: 'ignore-terminate' },
  { name: 'setpgid', escapesGroup: true },
  { name: 'setsid', escapesGroup: true },
  { name: 'daemon-cleared', escapesGroup: true },
  { name: 'daemon-kept', escapesGroup: true },
  { name: 'comet', escapesGroup: true },
  { name: 'storm', args: [String(STORM_SIZE)], escapesGroup: true },
  { name: 'leaves-daemon', leaves: true, escapesGroup: true },
  { name: 'leaves-comet', leaves: true, escapesGroup: true },
  { name: 'holds-pipe', leaves: true },
];

/** Characters that mkdtemp puts behind a prefix. */
const RANDOM_CHARACTERS = 6;

/** One payload under a path of its own: what that path names is what the oracle looks for. */
export class Payload {
  readonly kind: PayloadKind;
  readonly file: string;
  readonly ready: string;

  constructor(kind: PayloadKind, file: string) {
    this.kind = kind;
    this.file = file;
    this.ready = `${file}.ready`;
  }

  get name(): string {
    return basename(this.file);
  }

  /** For a request to the host. `more`: options of the payload, such as `flood`. */
  launch(more: readonly string[] = []): { file: string; ready: string; args: readonly string[] } {
    const args = [this.kind.name, this.ready, ...(this.kind.args ?? []), ...more];
    return { file: this.file, ready: this.ready, args };
  }

  get isReady(): boolean {
    return existsSync(this.ready);
  }

  members(): SeenProcess[] {
    return processesOf(this.file);
  }
}

/** The folder. Close it in `finally`: that ends whatever payload is left. */
export class Stage {
  readonly directory = mkdtempSync(join(tmpdir(), 'custody-contain-'));
  readonly hostProgram = join(this.directory, 'containment-host.mjs');
  readonly bundle = join(this.directory, 'custody.mjs');
  /** The addon, with the guardian beside it as in the package. */
  readonly addon = join(this.directory, 'native', 'custody.node');
  /** Runs no test's processes: helpers of the suite itself. */
  readonly tool = join(this.directory, 'tool');
  readonly #files: string[] = [];

  constructor() {
    chmodSync(this.directory, 0o755);
    const { file: addon } = createRunner({ native: 'require' }).capabilities();
    if (addon === undefined) throw new Error('there is no addon to test');
    mkdirSync(dirname(this.addon));
    this.#copy(join(import.meta.dirname, '..', 'programs', 'containment-host.mjs'), this.hostProgram);
    this.#copy(bundleFile, this.bundle);
    for (const name of readdirSync(dirname(addon))) {
      if (name.startsWith('custody')) this.#copy(join(dirname(addon), name), join(dirname(this.addon), name));
    }
    if (!existsSync(this.addon)) this.#copy(addon, this.addon);
    this.#copy(payloadFile, this.tool);
    chmodSync(this.tool, 0o755);
  }

  /** A payload of its own for `user`. */
  payload(kind: PayloadKind, user: HostUser): Payload {
    const index = this.#files.length.toString(36);
    const folder = join(this.directory, index);
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    if (user.ids !== undefined) chownSync(folder, user.ids.uid, user.ids.gid);
    // Of a process that has ended only its name is left, and the kernel shows 15 characters of that: enough to tell this payload
    // from those of other stages, which other workers have at the same time.
    const stage = this.directory.slice(-RANDOM_CHARACTERS);
    const payload = new Payload(kind, join(folder, `${kind.name.slice(0, 4)}-${stage}-${index}`));
    linkSync(this.tool, payload.file);
    this.#files.push(payload.file);
    return payload;
  }

  /** A copy, where the file itself is to be changed; cleaned up after like a payload. */
  copyOfTool(name: string): string {
    const file = join(this.directory, name);
    this.#copy(this.tool, file);
    this.#files.push(file);
    return file;
  }

  /** A copy that every user may use. */
  copy(from: string, name: string): string {
    const file = join(this.directory, name);
    this.#copy(from, file);
    chmodSync(file, 0o755);
    return file;
  }

  /** Ends what is left of every payload and tells what that was. */
  async endSurvivors(): Promise<SeenProcess[]> {
    return endProcessesOf(this.#files);
  }

  async close(): Promise<void> {
    await endProcessesOf([...this.#files, this.tool]);
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** By another process: a descriptor of ours that is open for writing would make an exec fail (ETXTBSY). */
  #copy(from: string, to: string): void {
    execFileSync('cp', [from, to]);
  }
}
