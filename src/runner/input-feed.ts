/**
 * Feeds standard input from whatever can be iterated: as fast as the command reads, and no further than it runs.
 */
import { reasonText } from '../core/reason.js';
import type { InputSource } from '../core/run-options.js';
import type { Run } from './run.js';
import { StdinWriter } from './stdin-writer.js';

/** Of a stream of Node, what is used here; whatever else offers the same may be treated in the same way. */
interface NodeStream {
  on(event: 'error', listener: () => void): unknown;
  destroy(): unknown;
}

const utf8 = new TextEncoder();

/** Feeds all of `source` and ends the input. A source that throws stops the run. */
export async function feedInput(run: Run, source: InputSource): Promise<void> {
  const writer = new StdinWriter(run.hold.streams);
  run.attach(writer);
  try {
    // A stream that somebody else reads has none to give, and says so here.
    const iterator = source[Symbol.asyncIterator]();
    run.attach({ settled: () => void returnTo(iterator) });
    for (let item = await iterator.next(); item.done !== true; item = await iterator.next()) {
      if (run.facts !== undefined) return;
      await writer.write(bytesOf(item.value));
    }
  } catch (error) {
    run.cancel(`the input failed: ${reasonText(error)}`);
  }
  writer.end();
}

/** Gives back a source that was never read. */
export async function giveBack(source: InputSource): Promise<void> {
  // The iterator of a stream of Node knows nothing of the stream before it is first asked for something.
  if (isNodeStream(source)) source.destroy();
  else await returnTo(source);
}

/**
 * Has a source wait for its turn: a stream of Node that fails meanwhile would end the host, were nobody to listen. It fails
 * again when it is read.
 */
export function keepWaiting(source: InputSource): void {
  if (isNodeStream(source)) source.on('error', () => undefined);
}

/** Tells a source, or its iterator, that nobody will ask for more. */
async function returnTo(source: InputSource | AsyncIterator<unknown>): Promise<void> {
  try {
    const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source;
    await iterator.return?.();
  } catch {
    // The run is over; what its input had to say about that is of no use to anybody.
  }
}

function isNodeStream(source: object): source is NodeStream {
  const { on, destroy } = source as Partial<NodeStream>;
  return typeof on === 'function' && typeof destroy === 'function';
}

function bytesOf(chunk: unknown): Uint8Array {
  if (typeof chunk === 'string') return utf8.encode(chunk);
  if (chunk instanceof Uint8Array) return chunk;
  throw new TypeError('a chunk of input must be a string or a Uint8Array');
}
