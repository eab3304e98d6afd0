/**
 * Feeds a child's standard input: bytes known beforehand first, then what callers write, with a bound on what waits.
 *
 * A closed or broken pipe takes everything and drops it: a command that does not read its input has done nothing wrong.
 */
import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import type { StdinSpec } from '../backend.js';
import { STDIN_BUFFER_BYTES } from './limits.js';

/** Hears when a writer that was turned away may try again. */
export interface StdinOwner {
  stdinWritable(): void;
}

export class StdinFeed {
  readonly #owner: StdinOwner;
  #input: Uint8Array | undefined;
  #pipe: Writable | undefined;
  /** Accepted before there was a pipe. */
  #early: Buffer[] = [];
  #earlyBytes = 0;
  #closed: boolean;
  #endWanted: boolean;
  #callerWaits = false;

  constructor(spec: StdinSpec, owner: StdinOwner) {
    this.#owner = owner;
    this.#closed = spec.kind !== 'pipe';
    // A copy, because the caller may go on to use its buffer while a slow reader takes its time.
    this.#input = spec.kind === 'pipe' && spec.input !== undefined ? Buffer.from(spec.input) : undefined;
    this.#endWanted = spec.kind !== 'pipe' || !spec.keepOpen;
  }

  attach(pipe: Writable): void {
    this.#pipe = pipe;
    // EPIPE and ECONNRESET: nobody reads any more.
    pipe.on('error', this.#broken);
    pipe.on('close', this.#broken);
    if (this.#input !== undefined && this.#input.length > 0) pipe.write(this.#input, this.#written);
    for (const chunk of this.#early) pipe.write(chunk, this.#written);
    this.#input = undefined;
    this.#early = [];
    this.#earlyBytes = 0;
    if (this.#endWanted) pipe.end();
  }

  /** Bytes accepted. The caller keeps its chunk. */
  write(chunk: Uint8Array): number {
    if (this.#closed || this.#endWanted) return chunk.length;
    const count = Math.min(chunk.length, this.#room());
    if (count < chunk.length) this.#callerWaits = true;
    if (count === 0) return 0;
    const copy = Buffer.from(chunk.subarray(0, count));
    if (this.#pipe === undefined) {
      this.#early.push(copy);
      this.#earlyBytes += count;
    } else {
      this.#pipe.write(copy, this.#written);
    }
    return count;
  }

  /** Ends the input once what was accepted has been written. */
  end(): void {
    if (this.#endWanted) return;
    this.#endWanted = true;
    this.#pipe?.end();
  }

  /** Drops what is left. */
  close(): void {
    this.#broken();
    this.#pipe?.destroy();
  }

  setRef(ref: boolean): void {
    // The streams of a thread have nothing of their own that keeps the loop alive.
    const socket = this.#pipe as Partial<Socket> | undefined;
    if (ref) socket?.ref?.();
    else socket?.unref?.();
  }

  #room(): number {
    return Math.max(0, STDIN_BUFFER_BYTES - (this.#pipe?.writableLength ?? this.#earlyBytes));
  }

  #tellWriter(): void {
    if (!this.#callerWaits) return;
    this.#callerWaits = false;
    this.#owner.stdinWritable();
  }

  readonly #written = (): void => {
    if (this.#room() > 0) this.#tellWriter();
  };

  readonly #broken = (): void => {
    this.#closed = true;
    this.#input = undefined;
    this.#early = [];
    this.#tellWriter();
  };
}
