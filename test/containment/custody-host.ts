/** A host of containment-host.mjs: a Node process with custody in it, which is asked for things and seen from outside. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type { Cleanup, Outcome } from '../../src/index.js';
import { eventually } from '../conformance/eventually.js';
import { descendantsOf, killSeen, type SeenProcess } from '../programs/oracle.js';
import type { HostUser, Payload, Stage } from './stage.js';

/** A receipt and what the kernel showed in the same turn of the host. */
export interface Report {
  readonly cleanup: Pick<Cleanup, 'status' | 'mechanism' | 'leaderReaped' | 'killed' | 'survivors' | 'elapsedMs'>;
  /** Pids of the payload that were alive. */
  readonly alive: readonly number[];
}

/** A run as its host saw it settle. */
export interface SettledReport extends Report {
  readonly outcome: Outcome;
  readonly success: boolean;
  readonly durationMs: number;
  readonly heldBy: readonly { readonly pid: number; readonly name: string }[];
}

/** A whole run. `final`: the receipt that `handle.cleanup` settled with. */
export interface RunReport extends SettledReport {
  /** From the request to stop to the result. */
  readonly stoppedForMs: number;
  readonly final?: Report;
}

export interface Holdings {
  readonly descriptors: number;
  readonly threads: number;
}

interface Answer {
  readonly id?: number;
  readonly up?: number;
  readonly value?: unknown;
  readonly error?: string;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Names of the processes that custody starts for itself. */
export const GUARDIAN = 'custody-guard';
export const SHIM = 'custody-shim';

export interface HostChoices {
  /** Containment of every run; the default of the package unless CUSTODY_TEST_CONTAINMENT says otherwise. */
  readonly containment?: string;
  /** Variables beyond those of the suite. */
  readonly environment?: Readonly<Record<string, string>>;
}

export class CustodyHost {
  readonly ending: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #isUp = false;
  #hasEnded = false;
  #stderr = '';

  private constructor(stage: Stage, user: HostUser, { containment, environment }: HostChoices) {
    // No core file: what crashes here does so on purpose.
    const launcher = ['-c', 'ulimit -c 0; exec "$@"', 'sh', process.execPath, stage.hostProgram];
    this.#child = spawn('/bin/sh', launcher, {
      stdio: 'pipe',
      cwd: stage.directory,
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        CUSTODY_TEST_MODULE: pathToFileURL(stage.bundle).href,
        CUSTODY_ADDON_FILE: stage.addon,
        ...(containment === undefined ? {} : { CUSTODY_TEST_CONTAINMENT: containment }),
        ...environment,
      },
      ...(user.ids ?? {}),
    });
    this.#child.stderr.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()));
    this.#child.stdin.on('error', () => undefined);
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#hear(JSON.parse(line) as Answer));
    this.ending = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('exit', (code, signal) => {
        this.#hasEnded = true;
        for (const waiting of this.#waiting.values()) waiting.reject(new Error(`the host ended: ${this.#stderr}`));
        this.#waiting.clear();
        resolve({ code, signal });
      });
    });
  }

  static async start(stage: Stage, user: HostUser, choices: HostChoices = {}): Promise<CustodyHost> {
    const host = new CustodyHost(stage, user, choices);
    await eventually(
      () => host.#isUp,
      () => `a host that is up: ${host.#stderr}`,
      20_000,
    );
    return host;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Asks for something and waits for the answer. */
  async ask<T>(operation: string, parameters: object = {}): Promise<T> {
    if (this.#hasEnded) throw new Error(`the host has ended: ${this.#stderr}`);
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#child.stdin.write(`${JSON.stringify({ id, do: operation, ...parameters })}\n`);
    return (await answer) as T;
  }

  /** Asks for something that is not answered, such as the end of the host. */
  tell(operation: string, parameters: object = {}): void {
    this.#child.stdin.write(`${JSON.stringify({ id: 0, do: operation, ...parameters })}\n`);
  }

  /** Starts a payload and waits until it is ready. */
  async start(payload: Payload, options: object = {}, where: 'main' | 'worker' = 'main'): Promise<void> {
    await this.ask('start', { ...payload.launch(), options, in: where });
  }

  /** Kills the host; it cannot have been reaped while it has no ending. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** The guardian, and the shims, as the kernel shows them below this host. */
  helpers(name: typeof GUARDIAN | typeof SHIM): SeenProcess[] {
    return descendantsOf(this.pid).filter((process) => process.name === name);
  }

  /** Kills helpers of custody, which must be there, in the order of their names. */
  killHelpers(...names: readonly (typeof GUARDIAN | typeof SHIM)[]): SeenProcess[] {
    // All are found first: without its guardian a shim is no descendant of the host any more.
    const found = names.flatMap((name) => {
      const helpers = this.helpers(name);
      if (helpers.length === 0) throw new Error(`the host has no ${name}`);
      return helpers;
    });
    for (const helper of found) killSeen(helper);
    return found;
  }

  /** What each descriptor of the host leads to, for messages. */
  descriptors(): string[] {
    const folder = `/proc/${String(this.pid)}/fd`;
    return readdirSync(folder).flatMap((entry) => {
      try {
        return [`${entry} ${readlinkSync(`${folder}/${entry}`)}`];
      } catch {
        return []; // Closed meanwhile.
      }
    });
  }

  /** For `finally`. */
  async close(): Promise<void> {
    this.kill();
    await this.ending;
  }

  #hear({ id, up, value, error }: Answer): void {
    if (up !== undefined) this.#isUp = true;
    if (id === undefined) return;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(new Error(`the host says: ${error}`));
  }
}
