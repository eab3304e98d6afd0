/**
 * Says on a terminal that a silent run goes on. Only for runs whose own output does not go to that terminal: the line is drawn
 * over again and again, which would tear what others write there.
 */
import { fitText, printable } from '../render/display-text.js';
import { formatDuration } from '../quantity.js';

/** Milliseconds before the line appears: most commands end before anybody wonders. */
const QUIET_MS = 5_000;
const REDRAW_MS = 1_000;

/** What the line needs of the terminal. */
export interface QuietScreen {
  readonly columns: number | undefined;
  write(text: string): void;
}

/** Draws until it is closed; then the line is gone. */
export class QuietLine {
  readonly #label: string;
  readonly #screen: QuietScreen;
  readonly #now: () => number;
  readonly #startedMs: number;
  #timer: NodeJS.Timeout;
  #isDrawn = false;

  constructor(label: string, screen: QuietScreen, now: () => number = () => performance.now()) {
    this.#label = printable(label);
    this.#screen = screen;
    this.#now = now;
    this.#startedMs = now();
    this.#timer = setTimeout(this.#draw, QUIET_MS).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
    if (this.#isDrawn) this.#screen.write('\r\x1b[K');
  }

  readonly #draw = (): void => {
    const elapsed = formatDuration(Math.floor((this.#now() - this.#startedMs) / REDRAW_MS) * REDRAW_MS);
    // One column less than there are: some terminals go to the next line after the last one.
    const text = fitText(`custody: ${elapsed}, ${this.#label}`, (this.#screen.columns ?? 80) - 1);
    this.#screen.write(`\r${text}\x1b[K`);
    this.#isDrawn = true;
    this.#timer = setTimeout(this.#draw, REDRAW_MS).unref();
  };
}
