/** A Node host of probe.mjs, started without the code under test and seen from outside. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { eventually } from '../conformance/eventually.js';
import { bundleFile } from './probe-files.js';
import type { HostRole } from './roles.js';

const hostProgram = join(import.meta.dirname, 'probe.mjs');

/** How a host ended and what it said. */
export interface HostEnding {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Choices for a host. */
export interface HostOptions {
  /** Value of CUSTODY_NATIVE. */
  readonly native: 'require' | 'off';
  /** What the role takes: probes. */
  readonly args: readonly string[];
  /** A program with arguments that becomes the host, such as the role `become` of the probe. */
  readonly launcher?: readonly string[];
}

export class Host {
  readonly #child: ChildProcess;
  readonly #ending: Promise<HostEnding>;
  #stdout = '';
  #stderr = '';

  constructor(role: HostRole, { native, args, launcher = [] }: HostOptions) {
    const [file = process.execPath, ...rest] = [...launcher, process.execPath, hostProgram, role, ...args];
    this.#child = spawn(file, rest, {
      stdio: 'pipe',
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        CUSTODY_NATIVE: native,
        CUSTODY_TEST_MODULE: pathToFileURL(bundleFile).href,
      },
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.#stdout += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()));
    this.#ending = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', (code, signal) => {
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
  }

  /** Waits until the host has printed a line that starts with `start`, and returns it. */
  async line(start: string): Promise<string> {
    return eventually(
      () =>
        this.#stdout
          .split('\n')
          .slice(0, -1)
          .find((line) => line.startsWith(start)),
      () => `a line '${start}' from the host; stdout: ${this.#stdout} stderr: ${this.#stderr}`,
    );
  }

  /** Sends the host a signal; it cannot have been reaped while it has no ending. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Ends the standard input of the host, after `text`. */
  endInput(text = ''): void {
    this.#child.stdin?.end(text);
  }

  async ending(): Promise<HostEnding> {
    return this.#ending;
  }

  /** For `finally`: kills the host if it is still there, and tells how it ended. */
  async close(): Promise<HostEnding | undefined> {
    this.#child.kill('SIGKILL');
    return this.#ending.catch(() => undefined);
  }
}
