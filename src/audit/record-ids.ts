/**
 * Makes records of events: an id that no other writer of any store gives, and the time.
 */
import { randomBytes } from 'node:crypto';
import { isoTime } from '../core/iso-time.js';
import type { NewRecord } from './chain-writer.js';
import type { AuditEvent } from './record.js';

const RADIX = 36;
const ID_BYTES = 8;

export class RecordIds {
  readonly #prefix = `rec-${randomBytes(ID_BYTES).toString('hex')}-`;
  #count = 0;

  /** A record of an event, now. */
  readonly recordOf = (event: AuditEvent): NewRecord => {
    this.#count += 1;
    return { id: this.#prefix + this.#count.toString(RADIX), timestamp: isoTime(Date.now()), event };
  };
}
