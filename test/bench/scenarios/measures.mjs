// @ts-check
/** What scenarios read about the process they run in, and the loop that keeps commands in flight. */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '../statistics.mjs';

const WARM_UP_S_MAX = 0.4;
const MEBIBYTE = 2 ** 20;
const LOOK_PAUSE_MS = 2;

/** Nanoseconds of CLOCK_MONOTONIC, as the C children stamp them. */
export const nowNs = await monotonicClock();

/** @returns {Promise<() => number>} */
async function monotonicClock() {
  if (!('Bun' in globalThis)) return () => Number(process.hrtime.bigint());
  // Bun counts from its own start, so its clock is asked at the source.
  const ffi = 'bun:ffi';
  const { dlopen, ptr } = await import(ffi);
  const { symbols } = dlopen('libc.so.6', { clock_gettime: { args: ['i32', 'ptr'], returns: 'i32' } });
  const time = new BigInt64Array(2);
  const address = ptr(time);
  return () => {
    symbols.clock_gettime(1, address);
    return Number(time[0]) * 1e9 + Number(time[1]);
  };
}

/** Microseconds the main thread has been on a CPU. Its thread id is the process id. */
export function mainThreadUs() {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1_000;
}

/**
 * @param {'VmRSS' | 'VmHWM'} field
 * @returns {number} Mebibytes.
 */
export function memoryMb(field) {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(match?.[1]) / 1_024;
}

/**
 * Memory of this process that has been written to, so that a fork has to copy its page tables.
 *
 * @param {number} mebibytes
 * @returns {readonly Buffer[]} Keep it.
 */
export function touchedMemory(mebibytes) {
  const chunks = [];
  for (let left = mebibytes; left > 0; left -= 256) chunks.push(Buffer.alloc(Math.min(left, 256) * MEBIBYTE, 1));
  return chunks;
}

/**
 * Looks now and then. A loop without pauses would be compiled while it runs, and the pages of the compiler that this touches
 * were once counted as memory of the commands (P17).
 *
 * @param {() => boolean} holds
 */
export async function looksUntil(holds) {
  while (!holds()) await delay(LOOK_PAUSE_MS);
}

/**
 * Keeps `inFlight` commands running for a while and measures it, once the code is warm.
 *
 * @param {() => Promise<unknown>} run
 * @param {{ readonly inFlight: number, readonly seconds: number }} options
 * @returns {Promise<import('./scenario.d.ts').Metrics>}
 */
export async function throughput(run, { inFlight, seconds }) {
  await keepInFlight(run, inFlight, Math.min(seconds, WARM_UP_S_MAX));
  const mainBefore = mainThreadUs();
  const hostBefore = process.cpuUsage();
  const begin = performance.now();
  const latencies = await keepInFlight(run, inFlight, seconds);
  const elapsedMs = performance.now() - begin;
  const host = process.cpuUsage(hostBefore);
  const count = latencies.length;
  return {
    perSecond: (count / elapsedMs) * 1_000,
    mainUs: (mainThreadUs() - mainBefore) / count,
    hostUs: (host.user + host.system) / count,
    p50Us: quantile(latencies, 0.5) * 1_000,
    p99Us: quantile(latencies, 0.99) * 1_000,
  };
}

/**
 * @param {() => Promise<unknown>} run
 * @param {number} inFlight
 * @param {number} seconds
 * @returns {Promise<readonly number[]>} How long each command took, in milliseconds.
 */
async function keepInFlight(run, inFlight, seconds) {
  const latencies = /** @type {number[]} */ ([]);
  const end = performance.now() + seconds * 1_000;
  const lane = async () => {
    for (let started = performance.now(); started < end;) {
      await run();
      const now = performance.now();
      latencies.push(now - started);
      started = now;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return latencies;
}
