/**
 * Modules of Node that take milliseconds to load: got when they are first needed, so that importing the package does not
 * pay for it. Synchronous, which a dynamic import is not.
 */
import type * as hooks from 'node:async_hooks';
import type * as threads from 'node:worker_threads';

export function workerThreads(): typeof threads {
  return process.getBuiltinModule('node:worker_threads');
}

export function asyncHooks(): typeof hooks {
  return process.getBuiltinModule('node:async_hooks');
}
