/** A project of a user, in an empty folder, with the packed package installed and no compiler to be found. */
import { copyFileSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, inject } from 'vitest';
import { TemporaryFolder, exec, type Ended } from './tree.js';

/** All that a consumer finds on its PATH, beside Node and npm. */
const TOOLS = ['/bin/sh', '/bin/sleep', '/bin/true', '/usr/bin/env'];

/** What npm and its kind are told: nothing of the package may run while it is installed. */
export const NO_SCRIPTS = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];

export class Consumer implements Disposable {
  readonly #folder = new TemporaryFolder();
  readonly #tools = join(this.#folder.path, 'tools');
  /** Where its manifest is. */
  readonly path = join(this.#folder.path, 'consumer');

  constructor() {
    mkdirSync(this.path);
    mkdirSync(this.#tools);
    this.write('package.json', '{ "name": "consumer", "private": true }\n');
    // Its own npm, by its real path: what is linked to from elsewhere would look for its modules here.
    const npm = realpathSync(join(dirname(process.execPath), 'npm'));
    writeFileSync(join(this.#tools, 'npm'), `#!/bin/sh\nexec '${process.execPath}' '${npm}' "$@"\n`, { mode: 0o755 });
    symlinkSync(process.execPath, join(this.#tools, 'node'));
    for (const tool of TOOLS) symlinkSync(tool, join(this.#tools, tool.slice(tool.lastIndexOf('/') + 1)));
  }

  /** Where the package lies. */
  get installed(): string {
    return realpathSync(join(this.path, 'node_modules', 'custody'));
  }

  /** Its binaries for this machine. */
  get prebuilds(): string {
    return join(this.installed, 'prebuilds', `${process.platform}-${process.arch}`);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.path, name), text);
  }

  /** Copies a program of this folder into the project. */
  take(name: string, as = name): void {
    copyFileSync(join(import.meta.dirname, name), join(this.path, as));
  }

  /** Runs a program in the project, which chooses its backend by itself whatever the test run asks for. */
  run(file: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const neutral = { CUSTODY_ADDON_FILE: undefined, CUSTODY_NATIVE: undefined, NODE_OPTIONS: undefined };
    return exec(this.path, file, args, { ...neutral, PATH: this.#tools, ...environment });
  }

  node(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.run(process.execPath, args, environment);
  }

  async succeed(ended: Promise<Ended>): Promise<Ended> {
    const result = await ended;
    expect(result, result.stdout + result.stderr).toMatchObject({ code: 0 });
    return result;
  }

  async installWithNpm(...flags: readonly string[]): Promise<this> {
    await this.succeed(this.run('npm', ['install', ...NO_SCRIPTS, ...flags, inject('tarball')]));
    return this;
  }

  /** Runs the smoke program, which must find that backend; returns what it printed. */
  async smoke(backend: 'native' | 'fallback', environment: NodeJS.ProcessEnv = {}): Promise<SmokeReport> {
    this.take('smoke.mjs');
    const { stdout } = await this.succeed(this.node(['smoke.mjs', '--expect', backend], environment));
    return JSON.parse(stdout) as SmokeReport;
  }

  /** What a first call is refused with when the addon is required. */
  async refusal(): Promise<{ readonly code: string; readonly message: string }> {
    const call = `import('custody').then(({ run }) => run(process.execPath, ['-e', '']))
      .catch(({ code, message }) => console.log(JSON.stringify({ code, message })))`;
    const ended = await this.succeed(this.node(['-e', call], { CUSTODY_NATIVE: 'require' }));
    return JSON.parse(ended.stdout) as { code: string; message: string };
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

/** What smoke.mjs prints. */
export interface SmokeReport {
  readonly backend: string;
  readonly file: string | null;
  readonly reason: string | null;
  readonly cleanup: string;
  readonly containment: string;
}
