/**
 * Walks the chain of a store and names the first place where it does not hold.
 *
 * A gap at the beginning, and a tombstone, are lawful if a record further on says that they were made by pruning: that record is
 * part of the chain itself. Entries missing at the end are told by `head`, which repeats the last one.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { EMPTY_CHAIN, GENESIS, hashOf, isSignedBy, type ChainEnd } from './chain.js';
import { columnsOf, parseEvent, type StoredEvent } from './record.js';
import type { SqlRow } from './sqlite-driver.js';

/** What is wrong with a chain. */
export interface ChainProblem {
  /**
   * - `gap`: entries are missing.
   * - `broken-link`: an entry does not follow the one before it.
   * - `altered`: an entry is not as it was written.
   * - `unsigned`: no checkpoint, or not this one, was signed with the key that was given.
   */
  readonly kind: 'gap' | 'broken-link' | 'altered' | 'unsigned';
  /** Where: the first missing or the first wrong entry. */
  readonly sequence: number;
  /** What, in words. */
  readonly detail: string;
}

/** What a look at a whole chain found. */
export interface Verification {
  readonly valid: boolean;
  /** The first problem; `null` if there is none. */
  readonly problem: ChainProblem | null;
  /** Entries looked at, tombstones included. */
  readonly checked: number;
  readonly tombstones: number;
  /** Entries that were pruned from the beginning. */
  readonly pruned: number;
  /** Where the chain ends. Keep it elsewhere: a later chain must contain it. */
  readonly end: ChainEnd;
  /** The last checkpoint that the given key signed; `null` without a key, or without one. */
  readonly signedThrough: number | null;
}

/** Looks at entries in their order. */
export class ChainCheck {
  readonly #publicKey: KeyObject | undefined;
  #end: ChainEnd = EMPTY_CHAIN;
  #problem: ChainProblem | undefined;
  #checked = 0;
  /** Gap at the beginning. */
  #first: ChainEnd | undefined;
  readonly #tombstones: number[] = [];
  readonly #lawfulGaps = new Map<number, unknown>();
  readonly #lawfulTombstones: (readonly [first: number, last: number])[] = [];
  #signedThrough: number | null = null;

  constructor(publicKey?: KeyObject) {
    this.#publicKey = publicKey;
  }

  /** Where to read on. */
  get next(): number {
    return this.#end.sequence + 1;
  }

  /** Takes the next row. Returns `false` once there is a problem: what follows says nothing more. */
  take(row: SqlRow): boolean {
    const sequence = Number(row['sequence']);
    this.#checked += 1;
    if (this.#checked === 1 && sequence > 0) {
      this.#first = { sequence: sequence - 1, hash: String(row['previous_hash']) };
      this.#end = this.#first;
    }
    this.#problem ??= this.#problemOf(row, sequence);
    if (this.#problem !== undefined) return false;
    this.#end = { sequence, hash: String(row['hash']) };
    return true;
  }

  /** `head`: what the store says of its end. */
  finish(head: ChainEnd): Verification {
    const problem = this.#problem ?? this.#endProblem(head) ?? this.#lawProblem() ?? this.#signatureProblem();
    return {
      valid: problem === undefined,
      problem: problem ?? null,
      checked: this.#checked,
      tombstones: this.#tombstones.length,
      pruned: this.#first === undefined ? 0 : this.#first.sequence + 1,
      end: this.#end,
      signedThrough: this.#signedThrough,
    };
  }

  #problemOf(row: SqlRow, sequence: number): ChainProblem | undefined {
    const { previous_hash: previousHash, hash, event, id, timestamp } = row;
    if (sequence < 0 || !Number.isSafeInteger(sequence)) return broken(sequence, 'it stands before the first one');
    if (sequence !== this.next) return { kind: 'gap', sequence: this.next, detail: `the next one is ${sequence}` };
    if (previousHash !== this.#end.hash) {
      const before = this.#end.hash === GENESIS ? 'the beginning' : `entry ${sequence - 1}`;
      return broken(sequence, `it does not follow ${before}`);
    }
    if (event === null) return this.#tombstoneProblem(row, sequence);
    if (typeof event !== 'string' || typeof id !== 'string' || typeof timestamp !== 'string')
      return altered(sequence, 'a part of it is missing');
    if (hash !== hashOf({ sequence, id, timestamp, event, previousHash }))
      return altered(sequence, 'its hash does not fit');
    const parsed = parseEvent(event);
    if (parsed === undefined) return altered(sequence, 'its event cannot be read');
    this.#note(parsed);
    return columnsFit(row, parsed) ? undefined : altered(sequence, 'a column says something else than its event');
  }

  #tombstoneProblem(row: SqlRow, sequence: number): ChainProblem | undefined {
    this.#tombstones.push(sequence);
    const kept = ['sequence', 'previous_hash', 'hash', '_metadata'];
    const isEmpty = Object.entries(row).every(([name, value]) => kept.includes(name) || value === null);
    return isEmpty ? undefined : altered(sequence, 'something was written into a tombstone');
  }

  #note(event: StoredEvent): void {
    if (event.eventType === 'records_pruned') {
      const { through, tombstones } = event;
      const { sequence: last, hash: lastHash } = (through ?? {}) as { sequence?: unknown; hash?: unknown };
      if (typeof last === 'number') this.#lawfulGaps.set(last, lastHash);
      if (Array.isArray(tombstones)) {
        for (const stretch of tombstones as readonly unknown[]) {
          if (isStretch(stretch)) this.#lawfulTombstones.push(stretch);
        }
      }
    } else if (event.eventType === 'chain_checkpoint' && this.#publicKey !== undefined) {
      this.#noteCheckpoint(event, this.#publicKey);
    }
  }

  #noteCheckpoint(event: StoredEvent, publicKey: KeyObject): void {
    const { sequence, hash, signature } = event;
    // It signs the entry right before it, whose hash is known here.
    const isOurs = sequence === this.#end.sequence && hash === this.#end.hash;
    if (isOurs && isSignedBy(publicKey, this.#end, signature)) this.#signedThrough = this.#end.sequence;
  }

  #endProblem(said: ChainEnd): ChainProblem | undefined {
    const { sequence, hash } = this.#end;
    if (said.sequence > sequence) {
      return { kind: 'gap', sequence: sequence + 1, detail: `the last one was ${said.sequence}` };
    }
    if (said.sequence < sequence) return broken(said.sequence + 1, 'the store says that the chain ends before it');
    return said.hash === hash ? undefined : broken(sequence, 'the store says that the last one has another hash');
  }

  #lawProblem(): ChainProblem | undefined {
    const first = this.#first;
    if (first !== undefined && this.#lawfulGaps.get(first.sequence) !== first.hash) {
      return {
        kind: 'gap',
        sequence: 0,
        detail: `the first one is ${first.sequence + 1}, and nothing says it was pruned`,
      };
    }
    const lawless = this.#tombstones.find((at) => !this.#lawfulTombstones.some(([from, to]) => at >= from && at <= to));
    return lawless === undefined ? undefined : altered(lawless, 'its event is gone, and nothing says it was pruned');
  }

  #signatureProblem(): ChainProblem | undefined {
    if (this.#publicKey === undefined || this.#signedThrough !== null || this.#checked === 0) return undefined;
    return { kind: 'unsigned', sequence: this.#end.sequence, detail: 'no checkpoint is signed with this key' };
  }
}

/**
 * Reads a public key.
 *
 * @param key - In PEM, or SPKI as base64.
 * @throws what `node:crypto` throws.
 */
export function readPublicKey(key: string): KeyObject {
  return key.includes('-----')
    ? createPublicKey(key)
    : createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' });
}

function columnsFit(row: SqlRow, event: StoredEvent): boolean {
  const columns = columnsOf(event);
  return (
    row['kind'] === columns.kind &&
    row['execution_id'] === columns.executionId &&
    row['run_id'] === columns.runId &&
    row['session_id'] === columns.sessionId &&
    row['task_id'] === columns.taskId &&
    row['tool_call_id'] === columns.toolCallId &&
    row['command'] === columns.command &&
    row['failed'] === columns.failed
  );
}

function isStretch(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && typeof value[0] === 'number' && typeof value[1] === 'number';
}

function altered(sequence: number, detail: string): ChainProblem {
  return { kind: 'altered', sequence, detail };
}

function broken(sequence: number, detail: string): ChainProblem {
  return { kind: 'broken-link', sequence, detail };
}
