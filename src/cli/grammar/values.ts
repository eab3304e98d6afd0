/** Values of options: text that was typed becomes a number in range, or a message that says what would have been one. */
import { InvalidArgumentError } from 'commander';
import { formatByteCount, formatDuration, parseByteCount, parseDurationMs } from '../quantity.js';

/** Smallest and largest value. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** Reads a duration in a range of milliseconds. */
export function durationIn(range: Bounds): (text: string) => number {
  return (text) => {
    const durationMs = parseDurationMs(text);
    if (durationMs === undefined) throw new InvalidArgumentError('Durations look like 30s, 500ms, 2m or 1h.');
    if (durationMs < range.min || durationMs > range.max) {
      throw new InvalidArgumentError(`It must be from ${formatDuration(range.min)} to ${formatDuration(range.max)}.`);
    }
    return durationMs;
  };
}

/** Reads a byte count in a range. */
export function bytesIn(range: Bounds): (text: string) => number {
  return (text) => {
    const bytes = parseByteCount(text);
    if (bytes === undefined) throw new InvalidArgumentError('Sizes look like 65536, 512K, 10M or 1G.');
    if (bytes < range.min || bytes > range.max) {
      throw new InvalidArgumentError(`It must be from ${formatByteCount(range.min)} to ${formatByteCount(range.max)}.`);
    }
    return bytes;
  };
}

/** Reads a whole number in a range. */
export function countIn(range: Bounds): (text: string) => number {
  return (text) => {
    const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (count >= range.min && count <= range.max) return count;
    throw new InvalidArgumentError(`It must be a whole number from ${range.min} to ${range.max}.`);
  };
}
