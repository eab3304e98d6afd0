/**
 * Reads how much of a runner may go on at a time.
 */
import { Issues, type Range } from '../core/validate.js';
import { GATE_LIMITS, RUN_LIMITS } from '../policy/limits.js';
import type { GateLimits } from './gate.js';

/** The options of a runner that its gate is made of. */
export interface GateOptions {
  /**
   * Commands that run at a time, 1 to 1024. What is asked for beyond that waits in a queue, first in, first out. `runSync` does
   * not wait and counts on top.
   *
   * @defaultValue `64`
   */
  readonly maxConcurrent?: number | undefined;
  /**
   * Commands that may wait, 0 to 1 000 000; the result of one more is `not-started` with code `CONCURRENCY_LIMIT`.
   *
   * @defaultValue no limit
   */
  readonly maxQueued?: number | undefined;
  /**
   * Bytes that the output buffers of all running commands may hold: `maxOutputBytes` for each captured stream. A command that
   * does not fit waits like one without a slot. What the handles of commands that have settled still keep counts as well, until
   * they are disposed of; it makes commands run one at a time, at worst.
   *
   * @defaultValue 256 MiB, or 2 MiB for each of `maxConcurrent` if that is more
   */
  readonly maxLiveBufferBytes?: number | undefined;
}

/**
 * The limits for a gate.
 *
 * @throws {@link CommandValidationError} naming each property that is wrong.
 */
export function readGateLimits({ maxConcurrent, maxQueued, maxLiveBufferBytes }: GateOptions): GateLimits {
  const issues = new Issues('');
  const slots = readCount(maxConcurrent, 'maxConcurrent', issues);
  const limits = {
    maxConcurrent: slots,
    maxQueued: readCount(maxQueued, 'maxQueued', issues),
    maxLiveBufferBytes: readCount(maxLiveBufferBytes, 'maxLiveBufferBytes', issues),
  };
  issues.throwIfAny();
  if (maxLiveBufferBytes !== undefined) return limits;
  const bytesOfAll = slots * 2 * RUN_LIMITS.maxOutputBytes.standard;
  return { ...limits, maxLiveBufferBytes: Math.max(limits.maxLiveBufferBytes, bytesOfAll) };
}

function readCount(value: unknown, property: keyof GateOptions, issues: Issues): number {
  const { min, max, standard }: Range = GATE_LIMITS[property];
  if (value === undefined) return standard;
  if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) return value as number;
  issues.add(property, `must be a whole number from ${min} to ${max}`);
  return standard;
}
