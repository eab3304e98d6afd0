/**
 * Cuts the bytes of one stream into lines of text, incrementally.
 *
 * A line ends at LF; a CR before it is not part of the text. A line that grows over the limit is delivered in pieces, and so
 * is a last line without an end: both are marked as partial. A character split between two chunks is put together.
 */
import { createStreamDecoder, type TextForm } from './output-slice.js';
import type { RedactedStream } from './redactor.js';
import type { TextChunkDecoder } from './text-encoding.js';

/** Characters (UTF-16 units) of a line after which it is delivered in pieces. */
export const MAX_LINE_LENGTH = 65_536;

const NOTHING = new Uint8Array(0);

/** Takes one line, or a piece of one. */
export interface LineSink {
  line(text: string, partial: boolean): void;
}

export class LineSplitter {
  readonly #sink: LineSink;
  readonly #redacted: RedactedStream | undefined;
  readonly #decoder: TextChunkDecoder;
  /** The line so far; never longer than the limit. */
  #pending = '';

  /** `redacted` takes the secrets out of the text. */
  constructor(sink: LineSink, encoding: TextForm['encoding'] = 'utf8', redacted?: RedactedStream) {
    this.#sink = sink;
    this.#redacted = redacted;
    this.#decoder = createStreamDecoder(encoding);
  }

  /** Takes the next bytes of the stream. */
  push(chunk: Uint8Array): void {
    this.#take(this.#decoder.decode(chunk, false));
  }

  /** The stream ends here or, if `isCut`, goes on elsewhere: delivers what is left of an unfinished line. */
  flush(isCut: boolean): void {
    this.#take(this.#decoder.decode(NOTHING, true));
    if (this.#redacted !== undefined) this.#split(this.#redacted.flush(isCut));
    if (this.#pending === '') return;
    this.#sink.line(this.#pending, true);
    this.#pending = '';
  }

  #take(text: string): void {
    this.#split(this.#redacted?.push(text) ?? text);
  }

  #split(text: string): void {
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      this.#append(text.slice(start, end));
      const line = this.#pending;
      this.#pending = '';
      this.#sink.line(line.endsWith('\r') ? line.slice(0, -1) : line, false);
      start = end + 1;
    }
    this.#append(text.slice(start));
  }

  #append(text: string): void {
    this.#pending += text;
    while (this.#pending.length > MAX_LINE_LENGTH) {
      const cut = isHighSurrogate(this.#pending.charCodeAt(MAX_LINE_LENGTH - 1))
        ? MAX_LINE_LENGTH - 1
        : MAX_LINE_LENGTH;
      this.#sink.line(this.#pending.slice(0, cut), true);
      this.#pending = this.#pending.slice(cut);
    }
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
