/**
 * Turns SIGINT, SIGTERM and SIGHUP into a stop of the run: the first one asks, a second one kills.
 *
 * With a terminal Ctrl+C does not come here: the leader is in the foreground and gets it from the kernel. What does come
 * are signals from other processes, and Ctrl+C for a command whose input is no terminal.
 */
import type { RunHandle } from '../../runner/runner.js';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * A signal that arrives this many milliseconds after the first is the same request, delivered twice: the terminal
 * signals the whole foreground group, and `npm` and `npx`, being part of it, pass on what they got. Nobody presses a
 * key twice in that time.
 */
export const SAME_REQUEST_MS = 100;

type Stoppable = Pick<RunHandle, 'stop' | 'kill'>;

/**
 * Listens from its construction on, which comes before the launch: a signal in between must not end us by its default
 * action with a child just started. `close` gives the signals back their default meaning.
 */
export class StopSignals {
  readonly #host: Pick<NodeJS.Process, 'on' | 'off'>;
  readonly #now: () => number;
  #run: Stoppable | undefined;
  #first: { readonly signal: NodeJS.Signals; readonly atMs: number } | undefined;

  constructor(host: Pick<NodeJS.Process, 'on' | 'off'> = process, now: () => number = () => performance.now()) {
    this.#host = host;
    this.#now = now;
    for (const signal of STOP_SIGNALS) host.on(signal, this.#onSignal);
  }

  /** Whether the run has been asked to stop. */
  get hasAsked(): boolean {
    return this.#first !== undefined;
  }

  /** Names the run to stop, and stops it if that was already asked for. */
  attach(run: Stoppable): void {
    this.#run = run;
    if (this.#first !== undefined) run.stop(this.#first.signal);
  }

  close(): void {
    for (const signal of STOP_SIGNALS) this.#host.off(signal, this.#onSignal);
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    const nowMs = this.#now();
    if (this.#first === undefined) {
      this.#first = { signal, atMs: nowMs };
      this.#run?.stop(signal);
    } else if (nowMs - this.#first.atMs >= SAME_REQUEST_MS) {
      this.#run?.kill();
    }
  };
}
