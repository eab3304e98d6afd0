/**
 * The streams of a run as web streams: output that is pulled, input that is pushed, both with the pressure passed on.
 *
 * A stream reads nothing ahead; while nobody reads it, its command waits. A stream that is cancelled lets its command go on.
 */
import type { ReadableStreamDefaultController, UnderlyingSource } from 'node:stream/web';
import type { StreamName } from '../backend/backend.js';
import { CustodyError } from '../core/errors.js';
import type { MaskedStream } from '../core/redactor.js';
import { isCutOff } from '../core/settled-facts.js';
import { Deferred } from './deferred.js';
import { OutputCursor, PIECE_BYTES, type PieceSink } from './output-cursor.js';
import type { RunAttachment } from './run-attachment.js';
import type { RunStreams } from './run-streams.js';
import type { Run } from './run.js';

/** One output stream of a run, from what is kept of it to its end; `mask` takes the secrets out of it. */
export function readableOf(
  streams: RunStreams,
  names: readonly StreamName[],
  mask?: MaskedStream,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(new OutputSource(streams, names, mask), { highWaterMark: 0 });
}

/** Takes over and ends standard input. */
export interface InputTarget {
  write(chunk: string | Uint8Array): Promise<void>;
  endInput(): void;
}

/**
 * Standard input of a run. Closing it, and aborting it, ends the input. What is written once the run has settled fails, or an
 * endless source would be read for ever; a source that ends then has lost nothing that anybody waits for.
 */
export function writableOf(input: InputTarget, run: Pick<Run, 'facts'>): WritableStream<string | Uint8Array> {
  return new WritableStream<string | Uint8Array>({
    write: async (chunk) => {
      if (run.facts !== undefined) throw inputEnded();
      await input.write(chunk);
    },
    close: () => {
      input.endInput();
    },
    abort: () => {
      input.endInput();
    },
  });
}

function inputEnded(): CustodyError {
  const message = 'the run has settled: nobody reads its standard input any more';
  return new CustodyError('UNKNOWN', message, { operation: 'write', errno: 'EPIPE' });
}

class OutputSource implements UnderlyingSource<Uint8Array>, PieceSink, RunAttachment {
  readonly #streams: RunStreams;
  readonly #cursor: OutputCursor;
  #news = new Deferred<undefined>();
  readonly #mask: MaskedStream | undefined;
  #piece: Uint8Array | undefined;
  #droppedBytes = 0;

  constructor(streams: RunStreams, names: readonly StreamName[], mask: MaskedStream | undefined) {
    this.#streams = streams;
    this.#mask = mask;
    this.#cursor = new OutputCursor(streams, this, { names, flow: 'block', pieceBytes: PIECE_BYTES });
    streams.run.attach(this);
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    // What a mask holds back is nothing yet.
    while (this.#piece === undefined && this.#droppedBytes === 0) {
      if (this.#cursor.readOn()) continue;
      if (this.#streams.run.facts !== undefined) {
        this.#end(controller);
        return;
      }
      await this.#news.promise;
      this.#news = new Deferred();
    }
    if (this.#droppedBytes > 0) this.#refuseGap(controller);
    else if (this.#piece !== undefined) controller.enqueue(this.#piece);
    this.#piece = undefined;
  }

  cancel(): void {
    this.#close();
  }

  piece(_stream: StreamName, bytes: Uint8Array): void {
    const piece = this.#mask?.push(bytes) ?? bytes.slice();
    if (piece.length > 0) this.#piece = piece;
  }

  gap(_stream: StreamName, droppedBytes: number): void {
    this.#droppedBytes = droppedBytes;
  }

  output(stdoutEnd: number, stderrEnd: number): void {
    this.#cursor.extend(stdoutEnd, stderrEnd);
    this.#news.resolve(undefined);
  }

  settled(): void {
    this.#cursor.update();
    this.#news.resolve(undefined);
  }

  #end(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const { facts } = this.#streams.run;
    const isCut = facts !== undefined && this.#cursor.names.some((name) => isCutOff(facts, facts[name]));
    const rest = this.#mask?.flush(isCut);
    if (rest !== undefined && rest.length > 0) controller.enqueue(rest);
    this.#close();
    controller.close();
  }

  /** A stream of bytes has no way to say that some are missing, and must not hide it. */
  #refuseGap(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#close();
    const message = `${String(this.#droppedBytes)} bytes were dropped, before the stream was opened or after the run was stopped`;
    controller.error(new CustodyError('OUTPUT_LIMIT', message, { operation: 'read' }));
  }

  #close(): void {
    this.#streams.run.detach(this);
    this.#cursor.close();
  }
}
