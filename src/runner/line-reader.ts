/**
 * The lines of a run, pulled: both streams in order of arrival, nothing lost from the construction on.
 *
 * The reader takes bytes from the ring only when its lines have been taken, a piece at a time, and tells the backend how far
 * it has come; in flow `block` the command waits for it. Order comes from the segment log; what the log no longer has (it is
 * bounded) is read by stream position, so that an incomplete log costs order and never bytes.
 */
import type { OutputSegment, StreamName } from '../backend/backend.js';
import { LineSplitter, type LineSink } from '../core/line-splitter.js';
import type { RedactedStream } from '../core/redactor.js';
import { isCutOff } from '../core/settled-facts.js';
import type { RunAttachment } from './run-attachment.js';
import type { RunStreams } from './run-streams.js';
import type { OutputLine } from './runner.js';

/** Bytes read at a time; together with the ring this bounds what a reader holds. */
const PIECE_BYTES = 65_536;

type LineResult = IteratorResult<OutputLine, undefined>;

const DONE: LineResult = { done: true, value: undefined };

export class LineReader implements AsyncIterableIterator<OutputLine, undefined>, RunAttachment {
  readonly #streams: RunStreams;
  readonly #onClosed: () => void;
  readonly #lines = new LineQueue();
  readonly #tracks: Partial<Record<StreamName, Track>> = {};
  readonly #waiting: ((result: LineResult) => void)[] = [];
  readonly #buffer = new Uint8Array(PIECE_BYTES);
  #segments: readonly OutputSegment[] = [];
  #segmentIndex = 0;
  #segmentCursor = 0;
  #isClosed = false;

  /** `onClosed` is called once, when the last line has been read or the loop was left. */
  constructor(streams: RunStreams, names: readonly StreamName[], onClosed: () => void) {
    this.#streams = streams;
    this.#onClosed = onClosed;
    for (const name of names) {
      this.#tracks[name] = new Track(name, this.#lines, streams.run.redactor?.stream());
      streams.watch(name, 'block');
    }
    // After `watch`, so that nothing falls between what is there and what will be told.
    const { stdout, stderr } = streams.ends();
    this.#extend(stdout, stderr);
    streams.run.attach(this);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Whether the lines of this stream are delivered here. */
  reads(name: StreamName): boolean {
    return this.#tracks[name] !== undefined;
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
      for (const name of this.#names()) this.#streams.watch(name, 'off');
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
    this.#extend(stdoutEnd, stderrEnd);
    this.#serve();
  }

  settled(): void {
    const { stdout, stderr } = this.#streams.ends();
    this.#extend(stdout, stderr);
    this.#serve();
  }

  #extend(stdoutEnd: number, stderrEnd: number): void {
    this.#tracks.stdout?.extend(stdoutEnd);
    this.#tracks.stderr?.extend(stderrEnd);
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
      if (this.#readOn()) continue;
      const { facts } = this.#streams.run;
      if (facts === undefined) return undefined;
      for (const name of this.#names()) this.#tracks[name]?.splitter.flush(isCutOff(facts, facts[name]));
      this.#close();
    }
  }

  /** Reads one piece; `false` if there is none at present. */
  #readOn(): boolean {
    for (let segment = this.#segment(); segment !== undefined; segment = this.#segment()) {
      const track = this.#tracks[segment.stream];
      const end = segment.offset + segment.length;
      if (track !== undefined && track.cursor < end) {
        track.timestampMs = segment.timestampMs;
        if (this.#readPiece(track, end)) return true;
      }
      this.#segmentIndex += 1;
    }
    for (const name of this.#names()) {
      const track = this.#tracks[name];
      if (track !== undefined && track.cursor < track.end && this.#readPiece(track, track.end)) return true;
    }
    return false;
  }

  #segment(): OutputSegment | undefined {
    if (this.#segmentIndex >= this.#segments.length) {
      const { segments, next } = this.#streams.segments(this.#segmentCursor);
      this.#segments = segments;
      this.#segmentIndex = 0;
      this.#segmentCursor = next;
    }
    return this.#segments[this.#segmentIndex];
  }

  #readPiece(track: Track, end: number): boolean {
    const into = this.#buffer.subarray(0, Math.min(PIECE_BYTES, end - track.cursor));
    const { count, next, dropped } = this.#streams.read(track.name, track.cursor, into);
    if (dropped > 0) track.gap(dropped);
    if (count > 0) track.splitter.push(into.subarray(0, count));
    track.cursor = next;
    if (count > 0) this.#streams.acknowledge(track.name, next);
    return count > 0 || dropped > 0;
  }

  #names(): StreamName[] {
    return Object.values(this.#tracks).map((track) => track.name);
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#streams.run.detach(this);
    this.#onClosed();
    this.#serve();
  }
}

/** Lines that have been read and not yet taken, numbered. */
class LineQueue {
  #lines: OutputLine[] = [];
  #taken = 0;
  #seq = 0;

  push(line: Omit<OutputLine, 'seq'>): void {
    this.#lines.push({ ...line, seq: this.#seq });
    this.#seq += 1;
  }

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
}

/** One of the streams. */
class Track implements LineSink {
  readonly name: StreamName;
  readonly splitter: LineSplitter;
  readonly #lines: LineQueue;
  /** Everything before it has been read. */
  cursor = 0;
  /** The end that is known. */
  end = 0;
  /** Of the segment being read; until the log has named one, the time of the reading. */
  timestampMs = Date.now();

  constructor(name: StreamName, lines: LineQueue, redacted: RedactedStream | undefined) {
    this.name = name;
    this.splitter = new LineSplitter(this, redacted);
    this.#lines = lines;
  }

  extend(end: number): void {
    if (end > this.end) this.end = end;
  }

  line(text: string, partial: boolean): void {
    this.#lines.push({ stream: this.name, text, timestamp: this.timestampMs, partial, dropped: 0 });
  }

  gap(dropped: number): void {
    this.splitter.flush(true);
    this.#lines.push({ stream: this.name, text: '', timestamp: this.timestampMs, partial: false, dropped });
  }
}
