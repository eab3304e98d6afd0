/**
 * Makes chunks of the pieces of both streams, and keeps them until they are taken.
 */
import type { StreamName } from '../backend/backend.js';
import type { OutputChunk } from '../core/output-handlers.js';
import type { MaskedStream } from '../core/redactor.js';
import { isCutOff, type SettledFacts } from '../core/settled-facts.js';
import { byteMaskOf } from './byte-mask.js';
import { tagOf } from './line-assembler.js';
import type { PieceSink } from './output-cursor.js';
import type { Run } from './run.js';

const NOTHING = new Uint8Array(0);

export class ChunkAssembler implements PieceSink {
  readonly #run: Run;
  /** Only where bytes are masked, which holds some of them back. */
  readonly #masks = new Map<StreamName, MaskedStream>();
  #chunks: OutputChunk[] = [];
  #taken = 0;

  constructor(run: Run, names: readonly StreamName[]) {
    this.#run = run;
    for (const name of names) {
      const mask = byteMaskOf(run);
      if (mask !== undefined) this.#masks.set(name, mask);
    }
  }

  piece(stream: StreamName, bytes: Uint8Array, timestamp: number): void {
    this.#push(stream, this.#masks.get(stream)?.push(bytes) ?? bytes.slice(), timestamp);
  }

  gap(stream: StreamName, dropped: number, timestamp: number): void {
    this.#push(stream, this.#masks.get(stream)?.flush(true) ?? NOTHING, timestamp);
    this.#chunks.push({ stream: tagOf(stream, this.#run.invocation), bytes: NOTHING, timestamp, dropped });
  }

  /** The run has settled and nothing follows. */
  flush(facts: SettledFacts): void {
    for (const [stream, mask] of this.#masks)
      this.#push(stream, mask.flush(isCutOff(facts, facts[stream])), Date.now());
  }

  /** The next chunk; `undefined` if there is none at present. */
  shift(): OutputChunk | undefined {
    const chunk = this.#chunks[this.#taken];
    if (chunk === undefined) {
      this.#chunks = [];
      this.#taken = 0;
    } else this.#taken += 1;
    return chunk;
  }

  #push(stream: StreamName, bytes: Uint8Array, timestamp: number): void {
    const { invocation } = this.#run;
    const tag = tagOf(stream, invocation);
    for (let at = 0; at < bytes.length; at += invocation.chunkBytes)
      this.#chunks.push({ stream: tag, bytes: bytes.subarray(at, at + invocation.chunkBytes), timestamp, dropped: 0 });
  }
}
