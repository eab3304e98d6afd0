/**
 * Modules of Node that take milliseconds to load, or bring others that do (`node:fs` the streams): got
 * when they are first needed, so that importing the package does not pay for it. Synchronous, which a dynamic import is not; and
 * kept, because Node looks through all exports of a module whenever it is asked for it.
 */
import type * as hooks from 'node:async_hooks';
import type * as fs from 'node:fs';
import type * as os from 'node:os';
import type * as stream from 'node:stream';
import type * as threads from 'node:worker_threads';

let keptFs: typeof fs | undefined;
let keptThreads: typeof threads | undefined;

export function fileSystem(): typeof fs {
  return (keptFs ??= process.getBuiltinModule('node:fs'));
}

export function operatingSystem(): typeof os {
  return process.getBuiltinModule('node:os');
}

export function workerThreads(): typeof threads {
  return (keptThreads ??= process.getBuiltinModule('node:worker_threads'));
}

export function asyncHooks(): typeof hooks {
  return process.getBuiltinModule('node:async_hooks');
}

export function streams(): Pick<typeof stream, 'Readable'> {
  return process.getBuiltinModule('node:stream');
}
