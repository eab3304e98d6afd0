/**
 * One test's world: a runner on one backend, a directory of its own with a probe only this test runs, and a guard.
 *
 * Closing a scene ends everything and asserts by the oracle that nothing of it is alive. What the test launched is kept in
 * a journal that is printed when the test fails.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createRunner } from '../../src/index.js';
import type { CustodyRunner, Preset, RunHandle, RunOptions, RunResult } from '../../src/index.js';
import { placeProgram, probeDirectory, probeFile, programSuffix } from '../programs/probe-files.js';
import { killProcessesOf, processesOf, zombiesOf, type SeenProcess } from '../programs/oracle.js';
import type { ProbeRole } from '../programs/roles.js';
import { eventually } from './eventually.js';

/** `createRunner`'s names of the two backends. */
export type BackendChoice = 'require' | 'off';

/**
 * Milliseconds within which a program runs, for deadlines that must not pass before. A busy machine stands still for some tenths of
 * a second now and then; Wine takes longer to start one.
 */
export const START_MS = process.platform === 'win32' ? 3000 : 1000;

/** Blocks this thread, and so the event loop, without using the processor. */
export function blockEventLoop(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Characters that mkdtemp puts behind a prefix. */
const RANDOM_CHARACTERS = 6;

/** Characters of a result's text that the journal shows from either end. */
const JOURNAL_TEXT = 400;

function shorten(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return `<${String(value.length)} bytes>`;
  if (value instanceof Error) return Object.assign({ name: value.name, message: value.message }, value);
  if (typeof value !== 'string' || value.length <= 2 * JOURNAL_TEXT) return value;
  return `${value.slice(0, JOURNAL_TEXT)} ...${String(value.length)} characters... ${value.slice(-JOURNAL_TEXT)}`;
}

/** A value in full, for a failure message; only long texts are shortened. */
export function show(value: unknown): string {
  return JSON.stringify(value, shorten, 2);
}

export class BackendScene {
  readonly #choice: BackendChoice;
  #runner: CustodyRunner | undefined;
  #directory = '';
  #bareName = '';
  #isPlaced = false;
  #journal: unknown[] = [];

  constructor(choice: BackendChoice) {
    this.#choice = choice;
  }

  /** Called before each test. */
  open(): void {
    const scenes = join(probeDirectory, 'scenes');
    mkdirSync(scenes, { recursive: true });
    this.#directory = mkdtempSync(join(scenes, 'scene-'));
    // What is left of a process that has ended is its name: no other scene, in this run or another, may have the same.
    this.#bareName = `probe-${this.#directory.slice(-RANDOM_CHARACTERS)}`;
    this.#isPlaced = false;
    this.#journal = [];
    this.#runner = createRunner({ native: this.#choice });
  }

  get runner(): CustodyRunner {
    if (this.#runner === undefined) throw new Error('the scene is not open');
    return this.#runner;
  }

  get capabilities(): ReturnType<CustodyRunner['capabilities']> {
    return this.runner.capabilities();
  }

  /** `true`: an engine of ours starts, signals and reaps the children, and not the host's event loop. */
  get hasEngine(): boolean {
    return this.capabilities.deadlines === 'engine';
  }

  /** A directory of this test alone. */
  get directory(): string {
    return this.#directory;
  }

  /** The executable of this test alone: what it names is what the oracle looks for. */
  get probe(): string {
    return join(this.#directory, this.probeName);
  }

  /** Its name without what Windows puts behind it. Who asks for it gets the executable placed: many tests launch nothing. */
  get bareName(): string {
    if (!this.#isPlaced) placeProgram(probeFile, join(this.#directory, `${this.#bareName}${programSuffix}`));
    this.#isPlaced = true;
    return this.#bareName;
  }

  /** How its processes are called. */
  get probeName(): string {
    return `${this.bareName}${programSuffix}`;
  }

  /** A runner of its own on the same backend, for tests about closing. The caller closes it. */
  anotherRunner(defaults: RunOptions = {}, preset: Preset = 'default'): CustodyRunner {
    return createRunner({ native: this.#choice, preset, defaults });
  }

  /** Runs a role of the probe to its end. */
  async run(role: ProbeRole, args: readonly string[] = [], options: RunOptions = {}): Promise<RunResult> {
    return this.record(await this.runner.run(this.probe, [role, ...args], options));
  }

  runSync(role: ProbeRole, args: readonly string[] = [], options: RunOptions = {}): RunResult {
    return this.record(this.runner.runSync(this.probe, [role, ...args], options));
  }

  start(role: ProbeRole, args: readonly string[] = [], options: RunOptions = {}): RunHandle {
    const handle = this.runner.start(this.probe, [role, ...args], options);
    handle.result.then(
      (result) => this.record(result),
      (error: unknown) => this.record(error),
    );
    return handle;
  }

  /** Starts a role and waits for its line `ready`. */
  async startReady(role: ProbeRole, args: readonly string[] = [], options: RunOptions = {}): Promise<RunHandle> {
    const handle = this.start(role, args, options);
    await this.output(handle, 'ready');
    return handle;
  }

  /** Waits until a run has written `text` to stdout. */
  async output(handle: RunHandle, text: string): Promise<void> {
    await eventually(
      () => handle.tail('stdout', { bytes: 4096 }).includes(text),
      () =>
        `'${text}' from ${handle.id}, which is ${handle.state} with ${show(handle.tail('stdout', { bytes: 4096 }))}`,
    );
  }

  /** Keeps something for the journal and hands it back. */
  record<T>(value: T): T {
    this.#journal.push(value);
    return value;
  }

  /** The living processes of this test, whatever group, session or parent they have. */
  members(): SeenProcess[] {
    return processesOf(this.probe);
  }

  /** Waits until this test has as many living processes. */
  async eventuallyMembers(count: number): Promise<SeenProcess[]> {
    return eventually(
      () => {
        const members = this.members();
        return members.length === count ? members : undefined;
      },
      () => `${String(count)} members; there are ${show(this.members())}`,
    );
  }

  /** Ends what a test let live on purpose. */
  async endSurvivors(): Promise<void> {
    await eventually(
      () => {
        killProcessesOf(this.probe);
        return this.members().length === 0;
      },
      () => `no survivor; there are ${show(this.members())}`,
    );
  }

  /** Everything the test saw, for its failure message. */
  journal(): string {
    const members = this.#isPlaced ? this.members() : [];
    return `${this.#directory}\nalive: ${show(members)}\n${this.#journal.map(show).join('\n')}`;
  }

  /** Called after each test: ends everything, then asserts that no process and no zombie is left. */
  async closeAndAssertEmpty(): Promise<void> {
    try {
      await this.#runner?.close();
      if (this.#isPlaced)
        await eventually(
          () => this.members().length === 0,
          () => `an empty scene after close(); alive: ${show(this.members())}`,
        );
      await eventually(
        () => zombiesOf(process.pid).length === 0,
        () => `no zombie of the host; there are ${show(zombiesOf(process.pid))}`,
      );
    } finally {
      this.#runner = undefined;
      if (this.#isPlaced) await this.endSurvivors();
      // Windows gives up the working directory of a process some time after its end.
      rmSync(this.#directory, { recursive: true, force: true, maxRetries: 10 });
    }
  }
}
