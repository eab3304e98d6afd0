/** Runs the built CLI as its users do: a process of its own with pipes, or joined to a pseudo-terminal by terminal.ts. */
import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { eventually } from '../conformance/eventually.js';
import { coverageVariable } from '../programs/child-coverage.js';

/** The file behind the command `custody`. */
export const cliFile = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');

if (!existsSync(cliFile)) throw new Error(`${cliFile} is missing; run "npm run build:all" first`);

const auditFolder = mkdtempSync(join(tmpdir(), 'custody-cli-audit-'));
process.once('exit', () => {
  rmSync(auditFolder, { recursive: true, force: true });
});

/** Where the commands of this test file are recorded: not in the repository. */
export const auditFile = join(auditFolder, 'audit.db');

/** Value of `CUSTODY_NATIVE` that leads to one backend and no other. */
export type BackendMode = 'require' | 'off';

/** The backends that can be had here, with a name for the titles of tests. */
export const backends: readonly (readonly [name: string, mode: BackendMode])[] = availableBackends();

function availableBackends(): readonly (readonly [string, BackendMode])[] {
  const probe = spawnSync(process.execPath, [cliFile, 'doctor'], { env: environment('require') });
  const fallback = ['fallback', 'off'] as const;
  return probe.status === 0 ? [['native', 'require'], fallback] : [fallback];
}

/** The environment of the test run, with the backend named and without what the test runner adds for itself. */
export function environment(mode: BackendMode, extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...coverageVariable(),
    NODE_OPTIONS: undefined,
    CUSTODY_NATIVE: mode,
    CUSTODY_AUDIT_DB: auditFile,
    ...extra,
  };
}

export interface CliOptions {
  readonly mode?: BackendMode;
  readonly input?: string | Uint8Array;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

export interface CliEnd {
  /** -1 if the CLI itself died of a signal. */
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs the CLI to its end. */
export async function custody(args: readonly string[], options: CliOptions = {}): Promise<CliEnd> {
  const cli = new CliProcess(args, options);
  try {
    cli.child.stdin.end(options.input);
    return await cli.end();
  } finally {
    await cli.close();
  }
}

/** A running CLI. Close it in `finally`. */
export class CliProcess {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #stdout: Buffer[] = [];
  readonly #stderr: Buffer[] = [];
  readonly #closed: Promise<unknown>;

  constructor(args: readonly string[], { mode = 'require', env, cwd }: CliOptions = {}) {
    this.child = spawn(process.execPath, [cliFile, ...args], {
      env: environment(mode, env),
      ...(cwd === undefined ? {} : { cwd }),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child.stdout.on('data', (chunk: Buffer) => this.#stdout.push(chunk));
    this.child.stderr.on('data', (chunk: Buffer) => this.#stderr.push(chunk));
    // The command may end before it has read its input.
    this.child.stdin.on('error', () => undefined);
    this.#closed = once(this.child, 'close');
  }

  get stdout(): string {
    return Buffer.concat(this.#stdout).toString();
  }

  get stderr(): string {
    return Buffer.concat(this.#stderr).toString();
  }

  get hasExited(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Waits until stdout holds the text. */
  async saw(text: string): Promise<void> {
    await eventually(
      () => this.stdout.includes(text),
      () => `"${text}" in ${this.scene()}`,
    );
  }

  /** Waits until the CLI has exited and both its streams have ended. */
  async end(): Promise<CliEnd> {
    await this.#closed;
    return { exitCode: this.child.exitCode ?? -1, stdout: Buffer.concat(this.#stdout), stderr: this.stderr };
  }

  /** Ends what a failed test left running: the first request stops the command, a later one kills it. */
  async close(): Promise<void> {
    await eventually(
      () => this.hasExited || (this.child.kill('SIGTERM'), false),
      () => `the CLI does not end: ${this.scene()}`,
    );
  }

  scene(): string {
    return JSON.stringify({ exitCode: this.child.exitCode, stdout: this.stdout.slice(-2_000), stderr: this.stderr });
  }
}
