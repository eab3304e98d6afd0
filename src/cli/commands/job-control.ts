/**
 * Ctrl+Z: when its terminal has stopped the command, the CLI stops too, so that the shell sees a stopped job; when the
 * shell continues the CLI, the command goes on.
 *
 * The engine takes the terminal back before it tells of the stop, and gives it to the command again when that is
 * resumed; here the CLI only behaves like any other process of its job.
 */
import type { RunHandle } from '../../runner/runner.js';
import type { StopSignals } from './stop-signals.js';

type Suspendable = Pick<RunHandle, 'onSuspended' | 'resume'>;
type Host = Pick<NodeJS.Process, 'on' | 'off' | 'kill'>;

/** To `kill`: the process group of the caller. */
const OWN_GROUP = 0;

/** Listens while a run lasts. */
export class JobControl {
  readonly #run: Suspendable;
  readonly #signals: Pick<StopSignals, 'hasAsked'>;
  readonly #host: Host;
  #willStop = false;

  constructor(run: Suspendable, signals: Pick<StopSignals, 'hasAsked'>, host: Host = process) {
    this.#run = run;
    this.#signals = signals;
    this.#host = host;
    // Continued in the background first (`bg`) and brought to the front later (`fg`), the command gets the terminal with
    // the second SIGCONT; resuming one that was not suspended changes nothing else.
    host.on('SIGCONT', this.#onContinue);
    run.onSuspended(this.#onSuspended);
  }

  close(): void {
    this.#host.off('SIGCONT', this.#onContinue);
  }

  readonly #onContinue = (): void => {
    // As in the kernel, being continued takes back a stop that has not happened yet: a shell that brings the job to the
    // front the moment its command has stopped does not wait for us.
    this.#willStop = false;
    this.#run.resume();
  };

  // Not at once: a signal that came with the same turn of the loop must be heard first. A stopped command that is asked to
  // end is continued as well, and may then stop anew before the request has been read.
  readonly #onSuspended = (): void => {
    this.#willStop = true;
    setImmediate(this.#stopToo);
  };

  readonly #stopToo = (): void => {
    if (!this.#willStop) return;
    this.#willStop = false;
    // Once it was asked to stop, somebody has to stay awake to end it.
    if (this.#signals.hasAsked) return;
    // The whole job stops, as it would have had the terminal signalled it directly. The call returns when we are
    // continued, or at once where nobody could continue us: in an orphaned group (no shell above, as in a container) the
    // kernel discards the signal, and then the command must go on without a SIGCONT.
    this.#host.kill(OWN_GROUP, 'SIGTSTP');
    setImmediate(this.#onContinue);
  };
}
