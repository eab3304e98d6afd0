/**
 * The chain that makes a change to a stored record visible: each record has the hash of the one before it in its own.
 *
 * The hash is SHA-256 over the canonical JSON (RFC 8785) of id, timestamp, event, previous hash and sequence. An event is stored
 * as its canonical text, so the text that is hashed is put together from parts and nothing is serialised twice.
 *
 * What this does not do: who can write the file can also compute a chain anew. Against that there are signed checkpoints.
 */
import canonicalize from 'canonicalize';
import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { EVENT_VERSION, type CheckpointEvent } from './record.js';

/** In place of the hash before the first record. */
export const GENESIS = 'GENESIS';

/** Where a chain ends. */
export interface ChainEnd {
  /** -1 for a chain without a record. */
  readonly sequence: number;
  readonly hash: string;
}

/** The end of an empty chain. */
export const EMPTY_CHAIN: ChainEnd = { sequence: -1, hash: GENESIS };

/** What the hash of a record covers. */
export interface HashedParts {
  readonly sequence: number;
  readonly id: string;
  readonly timestamp: string;
  /** Canonical JSON. */
  readonly event: string;
  readonly previousHash: string;
}

/** The hash of a record, in base64. */
export function hashOf({ sequence, id, timestamp, event, previousHash }: HashedParts): string {
  const text = `{"event":${event},"id":${JSON.stringify(id)},"previousHash":${JSON.stringify(previousHash)},"sequence":${sequence},"timestamp":${JSON.stringify(timestamp)}}`;
  return createHash('sha256').update(text).digest('base64');
}

/**
 * A value as the text that is stored and hashed. An unpaired surrogate, which has no UTF-8, is an escape there.
 *
 * Events are made with their keys in canonical order; then the text is what the engine's own JSON gives, several times faster.
 */
export function canonicalText(value: object): string {
  return isInCanonicalOrder(value) ? JSON.stringify(value) : (canonicalize(value) ?? '{}');
}

/** Whether JSON of this value is canonical as it stands: plain data, and the keys of each object in the order of their units. */
export function isInCanonicalOrder(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || 'toJSON' in value) return false;
  if (Array.isArray(value)) return value.every(isInCanonicalOrder);
  let previous = '';
  for (const [key, member] of Object.entries(value)) {
    if (key < previous || !isInCanonicalOrder(member)) return false;
    previous = key;
  }
  return true;
}

/** Signs the end of a chain. */
export function checkpointOf({ sequence, hash }: ChainEnd, privateKey: KeyObject): CheckpointEvent {
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64');
  const signature = sign(null, signedBytes({ sequence, hash }), privateKey).toString('base64');
  return { version: EVENT_VERSION, eventType: 'chain_checkpoint', sequence, hash, publicKey, signature };
}

/** Whether the key signed this end of a chain. */
export function isSignedBy(publicKey: KeyObject, end: ChainEnd, signature: unknown): boolean {
  return typeof signature === 'string' && verify(null, signedBytes(end), publicKey, Buffer.from(signature, 'base64'));
}

function signedBytes({ sequence, hash }: ChainEnd): Buffer {
  return Buffer.from(canonicalText({ hash, sequence }));
}
