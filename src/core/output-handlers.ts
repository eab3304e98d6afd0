/**
 * Functions of the caller that hear the output of a run while it goes on.
 */
import type { StreamName } from './launch-spec.js';

/** Whose output it is; `combined` where both streams were merged into one. */
export type OutputTag = StreamName | 'combined';

/** One line of output. */
export interface OutputLine {
  readonly stream: OutputTag;
  /** Without its line end (LF or CRLF). */
  readonly text: string;
  /** When its last part arrived, in milliseconds since the epoch. */
  readonly timestamp: number;
  /** Counts the lines of this loop or handler from 0, over both streams. */
  readonly seq: number;
  /** `true`: a piece of a line longer than 65 536 characters, or a last line without an end. */
  readonly partial: boolean;
  /** 0 for a line. Otherwise this is a gap: so many bytes of the stream had been dropped here, and `text` is empty. */
  readonly dropped: number;
}

/** Some bytes of output, as they came. */
export interface OutputChunk {
  readonly stream: OutputTag;
  readonly bytes: Uint8Array;
  readonly timestamp: number;
  /** 0 for a chunk. Otherwise this is a gap: so many bytes of the stream had been dropped here, and `bytes` is empty. */
  readonly dropped: number;
}

/** What the handlers of a run have been given and how they fared. */
export interface HandlerReport {
  /** Bytes that were dropped because a handler did not keep up. */
  readonly droppedBytes: number;
  /** Calls of a handler that threw or rejected. */
  readonly failures: number;
  /** What the last of them threw; `null` if none did. */
  readonly lastError: unknown;
}

/** What a caller may hand over. A returned promise is waited for before the next call. */
export interface OutputHandlers {
  /** Each line of both streams, in order of arrival. */
  readonly onLine?: ((line: OutputLine) => unknown) | undefined;
  /** The bytes of both streams, in order of arrival, at most `chunkBytes` at a time. */
  readonly onChunk?: ((chunk: OutputChunk) => unknown) | undefined;
  /** Once, after everything else, however the run ended. */
  readonly onEnd?: ((report: HandlerReport) => unknown) | undefined;
}

/** What happens when a listener does not keep up: it misses the oldest output, or the command waits for it. */
export type Backpressure = 'drop-oldest' | 'block';
