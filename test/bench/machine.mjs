// @ts-check
/**
 * The machine a table was made on, and how much of it somebody else was using meanwhile.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

/** Jiffies per second of /proc: USER_HZ, 100 on every Linux that Node runs on. */
const HZ = 100;

/** @returns {string} */
export function describeMachine() {
  const models = cpus();
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  return `${models.length} x ${models[0]?.model.trim() ?? 'unknown'}, ${memory} GiB, Linux ${release()}`;
}

/**
 * A line of /proc/<pid>/stat, from its third field on. The name in parentheses may hold spaces.
 *
 * @param {string} pid
 */
function statFields(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** Milliseconds of CPU of a process and of every descendant it has reaped. @param {readonly string[]} fields */
function chargedMs(fields) {
  // utime, stime, cutime and cstime are fields 14 to 17.
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) * (1_000 / HZ);
}

/**
 * Milliseconds of CPU that living descendants of this process may be charged for. A sample tells them at its end, because
 * nobody who is measured reaps them after it.
 */
export function descendantsCpuMs() {
  const fieldsOf = /** @type {Map<number, readonly string[]>} */ (new Map());
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      fieldsOf.set(Number(pid), statFields(pid));
    } catch {
      // it ended meanwhile
    }
  }
  /** @type {(parent: number) => number} */
  const below = (parent) =>
    [...fieldsOf].reduce(
      (sum, [pid, fields]) => (Number(fields[1]) === parent ? sum + chargedMs(fields) + below(pid) : sum),
      0,
    );
  return below(process.pid);
}

/** Milliseconds in which the machine's cores did anything, stolen time included. */
function busyMs() {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = line.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softIrq + steal) * (1_000 / HZ);
}

/**
 * Runs an action and tells which share of the machine others used meanwhile. The action's `leftMs` is CPU time of its own that
 * was left to be reaped by somebody else.
 *
 * @template {{ readonly leftMs?: number }} T
 * @param {() => Promise<T>} action
 * @returns {Promise<{ readonly value: T, readonly foreignShare: number }>} 0 is nothing, 1 is every core.
 */
export async function withForeignLoad(action) {
  const before = { busy: busyMs(), own: chargedMs(statFields('self')), at: performance.now() };
  const value = await action();
  const own = chargedMs(statFields('self')) - before.own + (value.leftMs ?? 0);
  const foreign = busyMs() - before.busy - own;
  const capacity = (performance.now() - before.at) * cpus().length;
  return { value, foreignShare: Math.max(0, foreign / capacity) };
}
