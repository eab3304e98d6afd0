/**
 * Calls the handlers of a run: in order, one at a time, a returned promise waited for.
 *
 * The ring of the run is the queue. A handler that does not keep up misses the oldest output and is told how much; with
 * `backpressure: 'block'` the command waits instead. What a handler throws is counted and changes nothing.
 */
import type { StreamName } from '../backend/backend.js';
import type { HandlerReport, OutputHandlers } from '../core/output-handlers.js';
import { ChunkAssembler } from './chunk-assembler.js';
import { LineAssembler } from './line-assembler.js';
import { OutputCursor, PIECE_BYTES, type PieceSink } from './output-cursor.js';
import type { RunAttachment } from './run-attachment.js';
import type { Run } from './run.js';

export class HandlerFeed implements PieceSink, RunAttachment {
  readonly #run: Run;
  readonly #handlers: OutputHandlers;
  readonly #lines: LineAssembler | undefined;
  readonly #chunks: ChunkAssembler | undefined;
  readonly #cursor: OutputCursor;
  /** A handler is being called or waited for. */
  #isBusy = false;
  #hasFlushed = false;
  #hasEnded = false;
  #droppedBytes = 0;
  #failures = 0;
  #lastError: unknown = null;

  /** Holds the output of the run until the last call has returned. */
  constructor(run: Run, handlers: OutputHandlers, names: readonly StreamName[]) {
    const { backpressure, chunkBytes } = run.invocation;
    this.#run = run;
    this.#handlers = handlers;
    this.#lines = handlers.onLine === undefined ? undefined : new LineAssembler(run.invocation, run.redactor);
    this.#chunks = handlers.onChunk === undefined ? undefined : new ChunkAssembler(run, names);
    run.hold.take();
    this.#cursor = new OutputCursor(run.hold.streams, this, {
      names,
      flow: backpressure === 'block' ? 'block' : 'drop',
      pieceBytes: handlers.onChunk === undefined ? PIECE_BYTES : chunkBytes,
    });
    run.attach(this);
  }

  report(): HandlerReport {
    return { droppedBytes: this.#droppedBytes, failures: this.#failures, lastError: this.#lastError };
  }

  output(stdoutEnd: number, stderrEnd: number): void {
    this.#cursor.extend(stdoutEnd, stderrEnd);
    this.#goOn();
  }

  settled(): void {
    this.#cursor.update();
    this.#goOn();
  }

  piece(stream: StreamName, bytes: Uint8Array, timestamp: number): void {
    this.#chunks?.piece(stream, bytes, timestamp);
    this.#lines?.piece(stream, bytes, timestamp);
  }

  gap(stream: StreamName, dropped: number, timestamp: number): void {
    this.#droppedBytes += dropped;
    this.#chunks?.gap(stream, dropped, timestamp);
    this.#lines?.gap(stream, dropped, timestamp);
  }

  /** Calls handlers until there is nothing more for them, or one has to be waited for. */
  #goOn(): void {
    while (!this.#isBusy && this.#step()) continue;
  }

  /** Takes the next step; `false` if the run has to go on first, or everything is done. */
  #step(): boolean {
    const chunk = this.#chunks?.shift();
    if (chunk !== undefined) {
      this.#call(() => this.#handlers.onChunk?.(chunk));
      return true;
    }
    const line = this.#lines?.shift();
    if (line !== undefined) {
      this.#call(() => this.#handlers.onLine?.(line));
      return true;
    }
    return this.#cursor.readOn() || this.#end();
  }

  /** `true` if there is still something to be called. */
  #end(): boolean {
    const { facts } = this.#run;
    if (facts === undefined || this.#hasEnded) return false;
    if (!this.#hasFlushed) {
      this.#hasFlushed = true;
      this.#chunks?.flush(facts);
      this.#lines?.flush(facts);
      return true;
    }
    this.#hasEnded = true;
    this.#cursor.close();
    this.#call(() => this.#handlers.onEnd?.(this.report()));
    this.#run.hold.letGo();
    return false;
  }

  #call(handler: () => unknown): void {
    this.#isBusy = true;
    try {
      const answer = handler();
      if (isThenable(answer)) {
        answer.then(this.#answered, this.#rejected);
        return;
      }
    } catch (error) {
      this.#note(error);
    }
    this.#isBusy = false;
  }

  readonly #answered = (): void => {
    this.#isBusy = false;
    this.#goOn();
  };

  readonly #rejected = (error: unknown): void => {
    this.#note(error);
    this.#answered();
  };

  #note(error: unknown): void {
    this.#failures += 1;
    this.#lastError = error;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
