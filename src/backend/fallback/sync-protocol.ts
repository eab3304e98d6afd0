/**
 * What passes between a thread that waits and the worker that runs commands for it.
 *
 * One request at a time: the waiting thread posts it, sleeps on {@link ANSWERED} of the shared flags, and takes the answer
 * from the port when it is woken. Requests without an answer may be posted at any time.
 */
import type { MessagePort } from 'node:worker_threads';
import type { LaunchId, LaunchSpec } from '../backend.js';
import type { StopCause } from '../../core/outcome.js';
import type { LaunchRemains } from './finished-launch.js';

/** Index in the shared flags: the number of the last request that was answered. */
export const ANSWERED = 0;

export type SyncRequest =
  | { readonly kind: 'launch'; readonly number: number; readonly id: LaunchId; readonly spec: LaunchSpec }
  | { readonly kind: 'close'; readonly number: number; readonly budgetMs: number }
  | { readonly kind: 'stop'; readonly id: LaunchId; readonly cause: StopCause; readonly graceMs: number }
  | { readonly kind: 'release'; readonly id: LaunchId };

/** The answer to a launch. */
export interface SyncAnswer {
  readonly number: number;
  readonly remains: LaunchRemains;
}

/** What the worker is started with. */
export interface SyncWorkerData {
  readonly port: MessagePort;
  readonly flags: Int32Array<SharedArrayBuffer>;
}
