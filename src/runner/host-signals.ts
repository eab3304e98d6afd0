/**
 * Ends what still runs when the host is ended by a signal or by itself.
 *
 * Commands sit in process groups of their own, so a Ctrl+C or a SIGTERM that ends the host by default action reaches none of
 * them. While runs are live we therefore listen; a signal that nobody else handles stops everything and is then raised again
 * with its default action. A host with a handler of its own decides for itself, and its `exit` ends what it left.
 */
import { workerThreads } from '../backend/lazy-builtins.js';
import type { LiveRuns } from './live-runs.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The parts of `process` that are needed. */
export type HostProcess = Pick<NodeJS.Process, 'on' | 'off' | 'listenerCount' | 'kill' | 'pid'>;

/** Where packages that listen without handling count their listeners: signal-exit 3, signal-exit 4, and this package. */
const SIGNAL_EXIT_3 = '__signal_exit_emitter__';
const SIGNAL_EXIT_4 = Symbol.for('signal-exit emitter');
const OURS = Symbol.for('custody signal listeners');

interface Counter {
  count: number;
}

/** The listeners of one JavaScript environment. */
export class HostSignals implements LiveRuns {
  readonly #closeAll: () => void;
  readonly #host: HostProcess;
  #live = 0;
  #isListening = false;
  #isCheckPending = false;
  #hearsExit = false;

  constructor(closeAll: () => void, host: HostProcess = process) {
    this.#closeAll = closeAll;
    this.#host = host;
  }

  enter(): void {
    this.#live += 1;
    if (this.#live === 1 && !this.#isListening) this.#listen();
  }

  leave(): void {
    this.#live -= 1;
    if (this.#live > 0 || this.#isCheckPending) return;
    // Later: commands run one after the other would take the listeners on and off for each.
    this.#isCheckPending = true;
    setImmediate(this.#check);
  }

  decidesOnSignals(): boolean {
    if (!workerThreads().isMainThread) return false;
    const passive = passiveListeners();
    return SIGNALS.every((signal) => this.#host.listenerCount(signal) <= passive);
  }

  readonly #check = (): void => {
    this.#isCheckPending = false;
    if (this.#live === 0) this.#unlisten();
  };

  #listen(): void {
    if (!this.#hearsExit) this.#host.on('exit', this.#closeAll);
    this.#hearsExit = true;
    // Signals come to the main thread; in a worker, ending the worker is what ends its commands.
    if (!workerThreads().isMainThread) return;
    this.#isListening = true;
    for (const signal of SIGNALS) this.#host.on(signal, this.#onSignal);
    ourCounter().count += 1;
  }

  #unlisten(): void {
    if (!this.#isListening) return;
    this.#isListening = false;
    for (const signal of SIGNALS) this.#host.off(signal, this.#onSignal);
    ourCounter().count -= 1;
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    // Another copy of this package may raise the signal again while this delivery still goes on.
    if (!this.#isListening || this.#host.listenerCount(signal) > passiveListeners()) return;
    this.#closeAll();
    this.#unlisten();
    // Now the default action, or the next listener of the passive kind, gets it.
    this.#host.kill(this.#host.pid, signal);
  };
}

/**
 * Listeners that only clean up and leave the decision to others. Each of these packages waits until no other kind of
 * listener is there; counted against each other, nobody would act and Ctrl+C would do nothing.
 */
function passiveListeners(): number {
  return countOf(process, SIGNAL_EXIT_3) + countOf(globalThis, SIGNAL_EXIT_4) + countOf(globalThis, OURS);
}

function countOf(owner: object, key: string | symbol): number {
  const found: unknown = Reflect.get(owner, key);
  return isCounter(found) ? found.count : 0;
}

function ourCounter(): Counter {
  const found: unknown = Reflect.get(globalThis, OURS);
  if (isCounter(found)) return found;
  const counter: Counter = { count: 0 };
  Reflect.set(globalThis, OURS, counter);
  return counter;
}

function isCounter(value: unknown): value is Counter {
  return typeof value === 'object' && value !== null && 'count' in value && typeof value.count === 'number';
}
