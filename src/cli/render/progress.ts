/**
 * The line at the bottom of a terminal that tells how far many commands are. It is taken away before anything else is written
 * and drawn again behind it, so that what stays on the screen is the output alone.
 */
import type { Screen, TextSinks } from '../host.js';
import { formatDuration } from '../quantity.js';
import { fitText, printable } from './display-text.js';

/** How far the commands are. */
export interface ProgressState {
  readonly total: number;
  readonly ended: number;
  readonly failed: number;
  /** What runs, the longest first. */
  readonly running: readonly string[];
  readonly elapsedMs: number;
}

/** Columns of the bar itself. */
const BAR_WIDTH = 20;
const TO_LINE_START = '\r\x1b[K';

/** The line for a state, in at most so many columns. */
export function progressText({ total, ended, failed, running, elapsedMs }: ProgressState, columns: number): string {
  const filled = total === 0 ? BAR_WIDTH : Math.floor((ended / total) * BAR_WIDTH);
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}]`;
  const parts = [
    `${ended}/${total}`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    `${running.length} running`,
    formatDuration(elapsedMs),
  ];
  const names = running.length === 0 ? '' : `: ${running.map(printable).join(' | ')}`;
  // The last column stays free: a terminal may go to the next line when it is written.
  return fitText(`${bar} ${parts.join(', ')}${names}`, columns - 1);
}

/** Draws the line, on a terminal; elsewhere it draws nothing. */
export class ProgressLine {
  readonly #sinks: TextSinks;
  readonly #screen: Screen;
  readonly #state: () => ProgressState;
  #isShown = false;

  constructor(sinks: TextSinks, screen: Screen, state: () => ProgressState) {
    this.#sinks = sinks;
    this.#screen = screen;
    this.#state = state;
  }

  draw(): void {
    const { isTTY, columns } = this.#screen;
    if (!isTTY || columns === undefined) return;
    this.#isShown = true;
    this.#sinks.err(`${TO_LINE_START}${progressText(this.#state(), columns)}`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#isShown) this.#sinks.err(TO_LINE_START);
    this.#isShown = false;
  }
}
