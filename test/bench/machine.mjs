// @ts-check
/**
 * The machine a table was made on, and how much of it somebody else was using meanwhile.
 */
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

/** Jiffies per second of /proc: USER_HZ, 100 on every Linux that Node runs on. */
const HZ = 100;

/** @returns {string} */
export function describeMachine() {
  const models = cpus();
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  return `${models.length} x ${models[0]?.model.trim() ?? 'unknown'}, ${memory} GiB, Linux ${release()}`;
}

/** Milliseconds of CPU this process may be charged for: its own and that of every descendant reaped so far. */
function ownCpuMs() {
  const text = readFileSync('/proc/self/stat', 'utf8');
  // The name in parentheses may hold spaces; utime, stime, cutime and cstime are fields 14 to 17.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) * (1_000 / HZ);
}

/** Milliseconds in which the machine's cores did anything, stolen time included. */
function busyMs() {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = line.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softIrq + steal) * (1_000 / HZ);
}

/**
 * Runs an action and tells which share of the machine others used meanwhile.
 *
 * @template T
 * @param {() => Promise<T>} action
 * @returns {Promise<{ readonly value: T, readonly foreignShare: number }>} 0 is nothing, 1 is every core.
 */
export async function withForeignLoad(action) {
  const before = { busy: busyMs(), own: ownCpuMs(), at: performance.now() };
  const value = await action();
  const foreign = busyMs() - before.busy - (ownCpuMs() - before.own);
  const capacity = (performance.now() - before.at) * cpus().length;
  return { value, foreignShare: Math.max(0, foreign / capacity) };
}
