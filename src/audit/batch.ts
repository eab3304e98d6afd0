/**
 * What is written together, and what becomes of it: the terms between the queue, the file, and the thread that may write for both.
 */
import type { MessagePort } from 'node:worker_threads';
import type { FullOutput } from './audit-store.js';
import type { AuditEvent } from './record.js';

/** A record as it was taken. It is redacted, and its files are written, when it is its turn. */
export interface TakenRecord {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly event: AuditEvent;
  readonly fullOutput?: FullOutput | undefined;
}

/** What became of a batch: it is in the chain as a whole, or nothing of it is. */
export interface BatchReport {
  /** `null`: it is written. */
  readonly failure: BatchFailure | null;
  /** Records that cannot be made, whatever the database says; they are in no batch. */
  readonly unmade: readonly { readonly id: string; readonly reason: string }[];
  /** What went wrong beside the writing. */
  readonly problems: readonly string[];
}

/** Why a batch is not written. */
export interface BatchFailure {
  readonly reason: string;
  /** Another process was writing: nothing is wrong. */
  readonly isBusy: boolean;
}

/** What both threads see: the number of the batch that was last reported, or {@link ENDED}; and whether the host gave the thread up. */
export const REPORTED = 0;
export const GIVEN_UP = 1;
export const FLAGS = 2;
/** In place of a number: there will be no report. */
export const ENDED = -1;

/** What the thread that writes is started with. */
export interface WriterData {
  readonly port: MessagePort;
  readonly flags: Int32Array;
  readonly file: string;
  readonly redactPatterns: readonly string[];
  readonly retentionDays: number | undefined;
}

/** What the host posts: JSON of a batch, which is quicker to send than objects, or that it is all. */
export interface PostedBatch {
  readonly number: number;
  readonly records: readonly TakenRecord[];
}

/** In place of a batch: close the file and end. */
export const CLOSE = 'close';
/** What the thread posts before its first report. */
export const READY = 'ready';
