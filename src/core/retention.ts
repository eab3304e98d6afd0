/**
 * Which part of a stream is kept when it does not fit, and what that means for its ring.
 */

/** Which part of a longer output stays: its first quarter and its end, its beginning, or its end. */
export type OverflowStrategy = 'head-tail' | 'head' | 'tail';

/** What decides about the ring of a stream. */
export interface RetentionOptions {
  readonly maxOutputBytes: number;
  readonly overflow: OverflowStrategy;
  readonly captureOutput: boolean;
}

/** Sizes of a ring and of its head in bytes. */
export interface RingSize {
  readonly ringBytes: number;
  readonly headBytes: number;
}

/** Bytes of each stream that are kept where output is not captured: enough to see how a command failed. */
export const DIAGNOSTIC_TAIL_BYTES = 65_536;

/**
 * Bytes of the way from the pipe to those who listen, where a result keeps the beginning only: without them nothing could
 * pass a ring that is full.
 */
const TRANSIT_BYTES = 65_536;

/** The ring that a run needs for each stream. */
export function ringSizeOf(options: RetentionOptions): RingSize {
  const bytes = keptBytesOf(options);
  if (!options.captureOutput || options.overflow === 'tail') return { ringBytes: bytes, headBytes: 0 };
  if (options.overflow === 'head') return { ringBytes: bytes + TRANSIT_BYTES, headBytes: bytes };
  return { ringBytes: bytes, headBytes: Math.floor(bytes / 4) };
}

/** Bytes of each stream that the result holds at most. */
export function keptBytesOf({ maxOutputBytes, captureOutput }: RetentionOptions): number {
  return captureOutput ? maxOutputBytes : Math.min(maxOutputBytes, DIAGNOSTIC_TAIL_BYTES);
}
