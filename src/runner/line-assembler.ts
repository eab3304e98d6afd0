/**
 * Makes numbered lines of the pieces of both streams, and keeps them until they are taken.
 */
import type { StreamName } from '../backend/backend.js';
import { LineSplitter, type LineSink } from '../core/line-splitter.js';
import type { OutputLine, OutputTag } from '../core/output-handlers.js';
import type { TextForm } from '../core/output-slice.js';
import type { RedactedStream, Redactor } from '../core/redactor.js';
import { isCutOff, type SettledFacts } from '../core/settled-facts.js';
import type { PieceSink } from './output-cursor.js';

/** What decides about the form of lines. */
export interface LineForm {
  readonly encoding: TextForm['encoding'];
  readonly stdio: 'separate' | 'merged';
}

export class LineAssembler implements PieceSink {
  readonly #form: LineForm;
  readonly #redactor: Redactor | undefined;
  readonly #tracks = new Map<StreamName, Track>();
  #lines: OutputLine[] = [];
  #taken = 0;
  #seq = 0;

  constructor(form: LineForm, redactor: Redactor | undefined) {
    this.#form = form;
    this.#redactor = redactor;
  }

  piece(stream: StreamName, bytes: Uint8Array, timestampMs: number): void {
    const track = this.#track(stream);
    track.timestamp = timestampMs;
    track.splitter.push(bytes);
  }

  gap(stream: StreamName, dropped: number, timestampMs: number): void {
    const track = this.#track(stream);
    track.timestamp = timestampMs;
    track.splitter.flush(true);
    this.push({ stream: track.tag, text: '', timestamp: timestampMs, partial: false, dropped });
  }

  /** The run has settled and nothing follows: an unfinished line is one now. */
  flush(facts: SettledFacts): void {
    for (const [stream, { splitter }] of this.#tracks) splitter.flush(isCutOff(facts, facts[stream]));
  }

  push(line: Omit<OutputLine, 'seq'>): void {
    this.#lines.push({ ...line, seq: this.#seq });
    this.#seq += 1;
  }

  /** The next line; `undefined` if there is none at present. */
  shift(): OutputLine | undefined {
    const line = this.#lines[this.#taken];
    if (line === undefined) this.clear();
    else this.#taken += 1;
    return line;
  }

  clear(): void {
    this.#lines = [];
    this.#taken = 0;
  }

  #track(stream: StreamName): Track {
    const known = this.#tracks.get(stream);
    if (known !== undefined) return known;
    const track = new Track(tagOf(stream, this.#form), this.#form, this, this.#redactor?.stream());
    this.#tracks.set(stream, track);
    return track;
  }
}

/** How output of a stream is called. */
export function tagOf(stream: StreamName, { stdio }: Pick<LineForm, 'stdio'>): OutputTag {
  return stdio === 'merged' ? 'combined' : stream;
}

/** One of the streams. */
class Track implements LineSink {
  readonly tag: OutputTag;
  readonly splitter: LineSplitter;
  readonly #lines: LineAssembler;
  timestamp = 0;

  constructor(tag: OutputTag, { encoding }: LineForm, lines: LineAssembler, redacted: RedactedStream | undefined) {
    this.tag = tag;
    this.splitter = new LineSplitter(this, encoding, redacted);
    this.#lines = lines;
  }

  line(text: string, partial: boolean): void {
    this.#lines.push({ stream: this.tag, text, timestamp: this.timestamp, partial, dropped: 0 });
  }
}
