/**
 * Keeps the first and the last bytes of a stream, in a block each, and counts the rest exactly: the twin of
 * `native/core/byte_ring.*`.
 *
 * Positions are absolute: byte 0 is the first that was ever written. Both blocks are allocated once, the head with the
 * first byte and the tail with the first that does not fit the head; the system commits their pages as they are filled.
 */

/** Bytes copied by one read; see `OutputRead`. */
export interface RingRead {
  readonly count: number;
  readonly next: number;
  readonly dropped: number;
}

/** Everything a ring keeps, as plain data that can cross to another thread. */
export interface RingContents {
  readonly capacity: number;
  readonly headCapacity: number;
  readonly head: Uint8Array<ArrayBuffer>;
  readonly tail: Uint8Array<ArrayBuffer>;
  readonly end: number;
}

export class ByteRing {
  readonly #headCapacity: number;
  readonly #tailCapacity: number;
  #head: Uint8Array | undefined;
  #tail: Uint8Array | undefined;
  #end = 0;

  /** `capacity` in bytes, of which `headCapacity` for the first: fewer, so that there is a tail; possibly none. */
  constructor(capacity: number, headCapacity: number) {
    this.#headCapacity = headCapacity;
    this.#tailCapacity = capacity - headCapacity;
  }

  /** A ring that keeps what another one did. */
  static restore(contents: RingContents): ByteRing {
    const ring = new ByteRing(contents.capacity, contents.headCapacity);
    ring.append(contents.head);
    ring.#end = contents.end - contents.tail.length;
    ring.append(contents.tail);
    return ring;
  }

  /** Position after the last byte: how many were ever written. */
  get end(): number {
    return this.#end;
  }

  get kept(): number {
    return this.#end <= this.#headCapacity ? this.#end : this.#headCapacity + (this.#end - this.tailBegin);
  }

  get headCapacity(): number {
    return this.#headCapacity;
  }

  get tailCapacity(): number {
    return this.#tailCapacity;
  }

  /** Position of the oldest byte that is kept outside the head. */
  get tailBegin(): number {
    return Math.max(this.#headCapacity, this.#end - this.#tailCapacity);
  }

  append(chunk: Uint8Array): void {
    let from = 0;
    if (this.#end < this.#headCapacity) {
      this.#head ??= new Uint8Array(this.#headCapacity);
      from = Math.min(chunk.length, this.#headCapacity - this.#end);
      this.#head.set(chunk.subarray(0, from), this.#end);
      this.#end += from;
    }
    // Of a chunk longer than the tail only its last part can stay.
    const skipped = Math.max(0, chunk.length - from - this.#tailCapacity);
    from += skipped;
    this.#end += skipped;
    if (from >= chunk.length) return;
    this.#tail ??= new Uint8Array(this.#tailCapacity);
    const index = (this.#end - this.#headCapacity) % this.#tailCapacity;
    const first = Math.min(chunk.length - from, this.#tailCapacity - index);
    this.#tail.set(chunk.subarray(from, from + first), index);
    this.#tail.set(chunk.subarray(from + first), 0);
    this.#end += chunk.length - from;
  }

  /** Copies what is kept from `cursor` on. A read ends where bytes are missing, so the caller learns of it by the next one. */
  readAt(cursor: number, into: Uint8Array): RingRead {
    if (cursor >= this.#end) return { count: 0, next: this.#end, dropped: 0 };
    let count = 0;
    if (this.#head !== undefined && cursor < this.#headCapacity) {
      const last = Math.min(this.#headCapacity, this.#end, cursor + into.length);
      into.set(this.#head.subarray(cursor, last));
      count = last - cursor;
      if (last < this.#headCapacity || count === into.length || this.tailBegin > this.#headCapacity) {
        return { count, next: last, dropped: 0 };
      }
    }
    const from = Math.max(cursor + count, this.tailBegin);
    const dropped = from - (cursor + count);
    const wanted = Math.min(into.length - count, this.#end - from);
    if (this.#tail !== undefined && wanted > 0) {
      const index = (from - this.#headCapacity) % this.#tailCapacity;
      const first = Math.min(wanted, this.#tailCapacity - index);
      into.set(this.#tail.subarray(index, index + first), count);
      into.set(this.#tail.subarray(0, wanted - first), count + first);
    }
    return { count: count + wanted, next: from + wanted, dropped };
  }

  /** Copies of what is kept. */
  contents(): RingContents {
    const head = new Uint8Array(Math.min(this.#end, this.#headCapacity));
    this.readAt(0, head);
    const tail = new Uint8Array(Math.max(0, this.#end - this.tailBegin));
    this.readAt(this.tailBegin, tail);
    const capacity = this.#headCapacity + this.#tailCapacity;
    return { capacity, headCapacity: this.#headCapacity, head, tail, end: this.#end };
  }
}
