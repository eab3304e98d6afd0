/**
 * A scope: a group of runs of its own, closed by `dispose`.
 */
import type { Launcher } from './launcher.js';
import { RunGroup } from './run-group.js';
import type { RunFunction, Scope, StartFunction } from './runner.js';

export class ProcessScope implements Scope {
  readonly run: RunFunction;
  readonly start: StartFunction;
  readonly #group = new RunGroup();
  readonly #onClosed: (scope: ProcessScope) => void;
  #disposal: Promise<void> | undefined;

  /** `onClosed` is called once the teardown has ended, confirmed or not. */
  constructor(launcher: Launcher, onClosed: (scope: ProcessScope) => void) {
    const own = launcher.withGroup(this.#group);
    this.#onClosed = onClosed;
    // Which form of output a call gets is known by its types alone; `never` lets the interface say so.
    this.run = (command: unknown, second?: unknown, third?: unknown) =>
      own.run(command, second, third) as Promise<never>;
    this.start = (command: unknown, second?: unknown, third?: unknown) => own.start(command, second, third) as never;
  }

  dispose(): Promise<void> {
    this.#disposal ??= this.close('the scope is closed');
    return this.#disposal;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** As `dispose`, with a reason of the caller's. */
  async close(reason: string): Promise<void> {
    try {
      await this.#group.close(reason);
    } finally {
      this.#onClosed(this);
    }
  }
}
