/**
 * Bounded log of the arrival order of output, as the event loop saw it. Grows to its limit, then overwrites the oldest
 * entries; a segment that a reader has seen grows no more.
 */
import type { OutputSegment, OutputSegments, StreamName } from '../backend.js';
import { SEGMENT_LOG_ENTRIES, SEGMENT_SPAN_MS } from './limits.js';

interface GrowingSegment {
  readonly stream: StreamName;
  readonly offset: number;
  length: number;
  readonly timestampMs: number;
}

export class SegmentLog {
  readonly #entries: GrowingSegment[] = [];
  #oldest = 0;
  #first = 0;
  #sealed = 0;

  append(stream: StreamName, offset: number, length: number, timestampMs: number): void {
    const end = this.#first + this.#entries.length;
    const last = end > this.#sealed ? this.#at(end - 1) : undefined;
    // A clock that was set back makes a new segment.
    const age = last === undefined ? -1 : timestampMs - last.timestampMs;
    if (last?.stream === stream && age >= 0 && age < SEGMENT_SPAN_MS) {
      last.length += length;
      return;
    }
    const segment = { stream, offset, length, timestampMs };
    if (this.#entries.length < SEGMENT_LOG_ENTRIES) {
      this.#entries.push(segment);
      return;
    }
    this.#entries[this.#oldest] = segment;
    this.#oldest = (this.#oldest + 1) % this.#entries.length;
    this.#first += 1;
  }

  read(from: number): OutputSegments {
    const end = this.#first + this.#entries.length;
    const begin = Math.min(Math.max(from, this.#first), end);
    const segments: OutputSegment[] = [];
    for (let position = begin; position < end; position += 1) {
      const segment = this.#at(position);
      if (segment !== undefined) segments.push({ ...segment });
    }
    this.#sealed = end;
    return { segments, next: end, missed: Math.max(0, begin - from) };
  }

  #at(position: number): GrowingSegment | undefined {
    return this.#entries[(this.#oldest + position - this.#first) % this.#entries.length];
  }
}
