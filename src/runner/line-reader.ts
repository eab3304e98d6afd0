/**
 * The lines of a run, pulled: both streams in order of arrival, nothing lost from the construction on, unless its owner would
 * rather miss some than let the command wait.
 */
import type { OutputLine } from '../core/output-handlers.js';
import { LineAssembler } from './line-assembler.js';
import { OutputCursor, PIECE_BYTES, type CursorOptions } from './output-cursor.js';
import type { RunAttachment } from './run-attachment.js';
import type { RunStreams } from './run-streams.js';
import type { StreamName } from './runner.js';

type LineResult = IteratorResult<OutputLine, undefined>;

const DONE: LineResult = { done: true, value: undefined };

export class LineReader implements AsyncIterableIterator<OutputLine, undefined>, RunAttachment {
  readonly #streams: RunStreams;
  readonly #onClosed: () => void;
  readonly #lines: LineAssembler;
  readonly #cursor: OutputCursor;
  readonly #waiting: ((result: LineResult) => void)[] = [];
  #isClosed = false;

  /** `onClosed` is called once, when the last line has been read or the loop was left. */
  constructor(streams: RunStreams, names: readonly StreamName[], flow: CursorOptions['flow'], onClosed: () => void) {
    this.#streams = streams;
    this.#onClosed = onClosed;
    this.#lines = new LineAssembler(streams.run.invocation, streams.run.redactor);
    this.#cursor = new OutputCursor(streams, this.#lines, { names, flow, pieceBytes: PIECE_BYTES });
    streams.run.attach(this);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<LineResult> {
    const result = this.#take();
    if (result !== undefined) return Promise.resolve(result);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** The loop was left: stops the run and waits until it has settled. */
  async return(): Promise<LineResult> {
    const { run } = this.#streams;
    this.#lines.clear();
    this.#close();
    if (run.facts === undefined) {
      run.cancel('iterator closed');
      await run.answers.whenSettled();
    }
    return DONE;
  }

  async throw(error: unknown): Promise<LineResult> {
    await this.return();
    throw error;
  }

  output(stdoutEnd: number, stderrEnd: number): void {
    this.#cursor.extend(stdoutEnd, stderrEnd);
    this.#serve();
  }

  settled(): void {
    this.#cursor.update();
    this.#serve();
  }

  /** Hands lines to those who wait for one. */
  #serve(): void {
    while (this.#waiting.length > 0) {
      const result = this.#take();
      if (result === undefined) return;
      this.#waiting.shift()?.(result);
    }
  }

  /** The next line, or the end; `undefined` if the run has to go on first. */
  #take(): LineResult | undefined {
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) return { done: false, value: line };
      if (this.#isClosed) return DONE;
      if (this.#cursor.readOn()) continue;
      const { facts } = this.#streams.run;
      if (facts === undefined) return undefined;
      this.#lines.flush(facts);
      this.#close();
    }
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#streams.run.detach(this);
    this.#cursor.close();
    this.#onClosed();
    this.#serve();
  }
}
