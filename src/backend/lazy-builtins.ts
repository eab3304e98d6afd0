/**
 * A module of Node that takes milliseconds to load: got when it is first needed, so that importing the package does not
 * pay for it. Synchronous, which a dynamic import is not.
 */
import type * as threads from 'node:worker_threads';

export function workerThreads(): typeof threads {
  return process.getBuiltinModule('node:worker_threads');
}
