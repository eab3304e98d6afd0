/**
 * Reads one captured stream of a run into its ring, as fast as its listener allows.
 *
 * With flow `block` no byte is taken that would overwrite one the listener has not read: the rest stays in Node's stream
 * (at most its high-water mark) and in the system's buffer, and then the child waits.
 */
import type { Readable } from 'node:stream';
import type { Socket } from 'node:net';
import type { ProcessName } from '../../core/cleanup.js';
import type { Flow, OutputRead, StreamFacts, StreamName } from '../backend.js';
import { ByteRing, type RingContents } from '../../core/byte-ring.js';
import type { RingSize } from '../../core/retention.js';
import { NAMED_PROCESSES } from './limits.js';
import { holdersOfOtherEnd } from './pipe-holders.js';

/** Hears of bytes and of the end of a stream. */
export interface StreamOwner {
  bytesArrived(stream: OutputStream, offset: number, length: number): void;
  streamEnded(stream: OutputStream): void;
}

export class OutputStream {
  readonly name: StreamName;
  readonly #owner: StreamOwner;
  readonly #ring: ByteRing;
  #source: Readable | undefined;
  #flow: Flow = 'off';
  /** Position up to which nothing that is overwritten would be missed. */
  #listenerAt = 0;
  #flowReleased = false;
  #ended = false;
  #complete = true;
  #heldBy: readonly ProcessName[] = [];

  constructor(name: StreamName, size: RingSize, owner: StreamOwner) {
    this.name = name;
    this.#owner = owner;
    this.#ring = new ByteRing(size.ringBytes, size.headBytes);
  }

  get end(): number {
    return this.#ring.end;
  }

  get isWatched(): boolean {
    return this.#flow !== 'off';
  }

  /** Bytes wait for a listener. */
  get isPaused(): boolean {
    return !this.#ended && this.#window() <= 0;
  }

  attach(source: Readable): void {
    this.#source = source;
    source.on('readable', this.#pump);
    source.on('end', this.#finish);
    source.on('close', this.#finish);
    // A read that fails ends the stream; 'close' follows.
    source.on('error', ignore);
  }

  watch(flow: Flow): void {
    this.#flow = flow;
    this.#pump();
  }

  read(cursor: number, into: Uint8Array): OutputRead {
    const { count, next, dropped } = this.#ring.readAt(cursor, into);
    return { count, next, dropped, end: this.#ended && next >= this.#ring.end };
  }

  /** The listener has taken everything before `cursor`. */
  acknowledge(cursor: number): void {
    this.#listenerAt = Math.max(this.#listenerAt, Math.min(cursor, this.#ring.end));
    this.#pump();
  }

  /** Reading no longer waits for a listener. */
  releaseFlow(): void {
    this.#flowReleased = true;
    this.#pump();
  }

  /** Gives up on a stream that is still open, and looks who has kept it so. */
  close(): void {
    if (this.#ended) return;
    this.releaseFlow();
    this.#complete = false;
    this.#heldBy = holdersOfOtherEnd(this.#source, NAMED_PROCESSES);
    this.#ended = true;
    this.#source?.destroy();
  }

  /** Nothing more will come: the run has settled. */
  seal(): void {
    this.#ended = true;
  }

  setRef(ref: boolean): void {
    // The streams of a thread have nothing of their own that keeps the loop alive.
    const socket = this.#source as Partial<Socket> | undefined;
    if (ref) socket?.ref?.();
    else socket?.unref?.();
  }

  facts(): StreamFacts {
    return {
      totalBytes: this.#ring.end,
      keptBytes: this.#ring.kept,
      heldBy: this.#heldBy,
      complete: this.#complete,
    };
  }

  contents(): RingContents {
    return this.#ring.contents();
  }

  /** Bytes that may be taken now without overwriting any that the listener is owed. */
  #window(): number {
    if (this.#flow !== 'block' || this.#flowReleased) return Infinity;
    return Math.max(this.#listenerAt, this.#ring.headCapacity) + this.#ring.tailCapacity - this.#ring.end;
  }

  readonly #pump = (): void => {
    const source = this.#source;
    if (source === undefined) return;
    while (!this.#ended) {
      const window = this.#window();
      if (window <= 0) return;
      // With nothing buffered the call asks for more, or lets the end be told.
      const buffered = source.readableLength;
      const chunk = (buffered > 0 ? source.read(Math.min(window, buffered)) : source.read()) as Buffer | null;
      if (chunk === null) return;
      const offset = this.#ring.end;
      this.#ring.append(chunk);
      this.#owner.bytesArrived(this, offset, chunk.length);
    }
  };

  readonly #finish = (): void => {
    if (this.#ended) return;
    this.#ended = true;
    this.#owner.streamEnded(this);
  };
}

function ignore(): void {
  // The stream's 'close' says what there is to say.
}
