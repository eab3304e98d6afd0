/**
 * Connects the standard output of one run to the standard input of another, losslessly: the first waits for the second.
 *
 * Both are runs like any other, each in its own container. They stand and fall together: a first that fails stops the second,
 * which would otherwise take half an input for the whole; a second that has ended stops the first, which would otherwise write
 * for nobody.
 */
import type { RunHandle } from './runner.js';

type AnyHandle = RunHandle | RunHandle<Uint8Array>;

/** Moves all of `output`, the standard output of `from`, to `to`. */
export function connect(from: AnyHandle, output: AsyncIterable<Uint8Array>, to: AnyHandle): void {
  void move(output, to);
  void stopAfterFailure(from, to);
  void stopAfterEnd(to, from);
}

async function move(output: AsyncIterable<Uint8Array>, to: AnyHandle): Promise<void> {
  try {
    for await (const chunk of output) await to.write(chunk);
    to.endInput();
  } catch {
    // What a stopped run writes after that may be dropped, and half an input is not to be taken for the whole.
    to.stop('what was piped into it is incomplete');
  }
}

async function stopAfterFailure(from: AnyHandle, to: AnyHandle): Promise<void> {
  if (!(await succeeds(from))) to.stop('the command that was piped into it failed');
}

async function stopAfterEnd(to: AnyHandle, from: AnyHandle): Promise<void> {
  await succeeds(to);
  from.stop('the command it was piped into has ended');
}

/** Also for runs that reject. */
async function succeeds(handle: AnyHandle): Promise<boolean> {
  try {
    return (await handle.result).success;
  } catch {
    return false;
  }
}
