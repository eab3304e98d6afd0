/**
 * A pseudo-terminal for tests: types and waits for what a person would see. The terminal itself is made by
 * programs/pty_driver.cc, which is compiled on first use; here are only its two pipes.
 */
import { execFileSync, spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { eventually } from '../conformance/eventually.js';
import { cliFile, environment, type BackendMode, type CliOptions } from './cli-process.js';

const source = join(import.meta.dirname, '..', 'programs', 'pty_driver.cc');
const directory = join(import.meta.dirname, '..', '..', 'build', 'probe');
const driver = join(directory, 'pty_driver');

/** What the keys send through a terminal in its usual mode. */
export const ctrlC = '\x03';
export const ctrlZ = '\x1a';

function compileDriver(): void {
  if (existsSync(driver) && statSync(driver).mtimeMs > statSync(source).mtimeMs) return;
  mkdirSync(directory, { recursive: true });
  // Appears by renaming, so that test files that run at the same time never start half a program.
  const fresh = `${driver}.${String(process.pid)}`;
  const flags = ['-std=c++20', '-O1', '-Wall', '-Wextra', '-Werror', '-o', fresh, source, '-lutil'];
  execFileSync(process.env['CXX'] ?? 'g++', flags, { stdio: 'inherit' });
  renameSync(fresh, driver);
}

/** A command in a session of its own, whose terminal is held by the test. Close it in `finally`. */
export class Terminal {
  readonly #driver: ChildProcessByStdio<Writable, Readable, null>;
  readonly #closed: Promise<unknown>;
  #transcript = '';
  #seen = 0;

  private constructor(command: readonly string[], mode: BackendMode, { cwd, env: more }: CliOptions = {}) {
    compileDriver();
    const env = environment(mode, { TERM: 'xterm', PS1: '> ', NODE: process.execPath, CLI: cliFile, ...more });
    const where = cwd === undefined ? {} : { cwd };
    this.#driver = spawn(driver, command, { env, ...where, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#driver.stdin.on('error', () => undefined);
    this.#driver.stdout.setEncoding('utf8').on('data', (text: string) => (this.#transcript += text));
    this.#closed = once(this.#driver, 'close');
  }

  /** `custody exec` as the session leader, with no shell above it. */
  static exec(mode: BackendMode, ...args: readonly string[]): Terminal {
    return Terminal.cli(['exec', ...args], { mode });
  }

  /** Any command of the CLI as the session leader. */
  static cli(args: readonly string[], { mode = 'require', ...options }: CliOptions = {}): Terminal {
    return new Terminal([process.execPath, cliFile, ...args], mode, options);
  }

  /** A script that runs `"$NODE" "$CLI" exec ...` in the foreground group of the terminal. */
  static script(mode: BackendMode, text: string): Terminal {
    return new Terminal(['sh', '-c', text], mode);
  }

  /** An interactive shell with job control. */
  static shell(mode: BackendMode): Terminal {
    return new Terminal(['sh', '-i'], mode);
  }

  type(text: string): void {
    this.#driver.stdin.write(text);
  }

  /** Waits until the pattern matches in what has appeared since the previous match, and returns the match. */
  async saw(pattern: RegExp): Promise<RegExpExecArray> {
    const match = await eventually(
      () => pattern.exec(this.#transcript.slice(this.#seen)) ?? undefined,
      () => `${String(pattern)} after position ${this.#seen} of ${JSON.stringify(this.#transcript)}`,
    );
    this.#seen += match.index + match[0].length;
    return match;
  }

  /** The exit code of the session leader, when it has exited. */
  async end(): Promise<number> {
    await this.#closed;
    return this.#driver.exitCode ?? -1;
  }

  get transcript(): string {
    return this.#transcript;
  }

  /** Hangs up, which ends everything in the session. */
  async close(): Promise<void> {
    this.#driver.stdin.end();
    await this.#closed;
  }
}
