/**
 * Goes through the output of a run in order of arrival, a piece at a time, whenever its owner wants to go on.
 *
 * Order comes from the segment log; what the log no longer has (it is bounded) is read by stream position, so that an
 * incomplete log costs order and never bytes. In flow `block` the command waits for the cursor; in flow `drop` the ring is the
 * queue, and what it overwrote meanwhile is handed on as a gap.
 */
import type { OutputSegment, StreamName } from '../backend/backend.js';
import type { FlowClaim } from './flow-control.js';
import type { RunStreams } from './run-streams.js';

/** Takes what the cursor comes by. `bytes` is overwritten by the next piece. */
export interface PieceSink {
  piece(stream: StreamName, bytes: Uint8Array, timestampMs: number): void;
  gap(stream: StreamName, droppedBytes: number, timestampMs: number): void;
}

/** How a cursor goes. */
export interface CursorOptions {
  readonly names: readonly StreamName[];
  readonly flow: 'drop' | 'block';
  /** Bytes read at a time; together with the ring this bounds what is held. */
  readonly pieceBytes: number;
}

/** Bytes read at a time by those who do not mind. */
export const PIECE_BYTES = 65_536;

/** Where the cursor is in one stream. */
interface Place {
  /** Everything before it has been read. */
  cursor: number;
  /** The end that is known. */
  end: number;
  /** Of the segment being read; until the log has named one, the time of the reading. */
  timestampMs: number;
}

export class OutputCursor {
  readonly #streams: RunStreams;
  readonly #sink: PieceSink;
  readonly #claim: FlowClaim;
  readonly #buffer: Uint8Array;
  readonly #places = new Map<StreamName, Place>();
  #segments: readonly OutputSegment[] = [];
  #segmentIndex = 0;
  #segmentCursor = 0;

  constructor(streams: RunStreams, sink: PieceSink, { names, flow, pieceBytes }: CursorOptions) {
    this.#streams = streams;
    this.#sink = sink;
    this.#buffer = new Uint8Array(pieceBytes);
    for (const name of names) this.#places.set(name, { cursor: 0, end: 0, timestampMs: Date.now() });
    this.#claim = streams.flows.open(names, flow);
    // After the claim, so that nothing falls between what is there and what will be told.
    this.update();
  }

  /** The streams gone through. */
  get names(): readonly StreamName[] {
    return [...this.#places.keys()];
  }

  /** New ends of the streams, which are absolute positions. */
  extend(stdoutEnd: number, stderrEnd: number): void {
    for (const [name, place] of this.#places)
      place.end = Math.max(place.end, name === 'stdout' ? stdoutEnd : stderrEnd);
  }

  /** Asks where the streams end. */
  update(): void {
    const { stdout, stderr } = this.#streams.ends();
    this.extend(stdout, stderr);
  }

  /** Hands on one piece; `false` if there is none at present. */
  readOn(): boolean {
    for (let segment = this.#segment(); segment !== undefined; segment = this.#segment()) {
      const place = this.#places.get(segment.stream);
      const end = segment.offset + segment.length;
      if (place !== undefined && place.cursor < end) {
        place.timestampMs = segment.timestampMs;
        if (this.#readPiece(segment.stream, place, end)) return true;
      }
      this.#segmentIndex += 1;
    }
    for (const [name, place] of this.#places) {
      if (place.cursor < place.end && this.#readPiece(name, place, place.end)) return true;
    }
    return false;
  }

  /** Nobody waits for this cursor any more. */
  close(): void {
    this.#claim.close();
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

  #readPiece(name: StreamName, place: Place, end: number): boolean {
    const into = this.#buffer.subarray(0, Math.min(this.#buffer.length, end - place.cursor));
    const { count, next, dropped } = this.#streams.read(name, place.cursor, into);
    place.cursor = next;
    if (dropped > 0) this.#sink.gap(name, dropped, place.timestampMs);
    if (count > 0) {
      this.#sink.piece(name, into.subarray(0, count), place.timestampMs);
      this.#claim.acknowledge(name, next);
    }
    return count > 0 || dropped > 0;
  }
}
