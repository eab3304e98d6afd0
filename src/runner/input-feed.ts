/**
 * Feeds standard input from whatever can be iterated: as fast as the command reads, and no further than it runs.
 */
import { setImmediate } from 'node:timers/promises';
import { reasonText } from '../core/reason.js';
import type { InputSource } from '../core/run-options.js';
import type { Run } from './run.js';
import { StdinWriter } from './stdin-writer.js';

/**
 * Chunks after which the event loop gets its turn. A command that reads no more accepts everything at once, and a source that
 * never waits would keep the news of its end from ever coming.
 */
const CHUNKS_PER_TURN = 16;

const utf8 = new TextEncoder();

/** Feeds all of `source` and ends the input. A source that throws stops the run. */
export async function feedInput(run: Run, source: InputSource): Promise<void> {
  const iterator = source[Symbol.asyncIterator]();
  const writer = new StdinWriter(run.hold.streams);
  run.attach(writer);
  run.attach({ settled: () => void returnTo(iterator) });
  try {
    let chunks = 0;
    for (let item = await iterator.next(); item.done !== true; item = await iterator.next()) {
      if (run.facts !== undefined) return;
      await writer.write(bytesOf(item.value));
      chunks += 1;
      if (chunks % CHUNKS_PER_TURN === 0) await setImmediate();
    }
  } catch (error) {
    run.cancel(`the input failed: ${reasonText(error)}`);
  }
  writer.end();
}

/** Gives back a source that was never read. */
export async function giveBack(source: InputSource): Promise<void> {
  await returnTo(source[Symbol.asyncIterator]());
}

/** Tells a source that nobody will ask for more. */
async function returnTo(iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // The run is over; what its input had to say about that is of no use to anybody.
  }
}

function bytesOf(chunk: unknown): Uint8Array {
  if (typeof chunk === 'string') return utf8.encode(chunk);
  if (chunk instanceof Uint8Array) return chunk;
  throw new TypeError('a chunk of input must be a string or a Uint8Array');
}
