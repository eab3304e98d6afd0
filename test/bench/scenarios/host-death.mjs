// @ts-check
/**
 * How long processes live on when their host is killed: from the SIGKILL to the moment in which nothing runs the command's
 * executable any more, wherever it went. Seen by looking through the process table, which takes about a millisecond.
 */
import { spawn } from 'node:child_process';
import { linkSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { quantile } from '../statistics.mjs';

const COMMANDS = 10;
const DESCENDANTS = 3;
const STORM = 160;
const UP_LIMIT_MS = 20_000;
/** Whatever lives longer has been lost; it ends itself later. */
const GONE_LIMIT_MS = 5_000;

/** @type {import('./scenario.d.ts').Scenario} */
export const scenario = {
  name: 'host-death',
  title: 'From the SIGKILL of the host to the last process gone',
  columns: [
    ['goneMs', 'median ms'],
    ['goneWorstMs', 'worst ms'],
    ['survivors', 'survivors'],
  ],
  rounds: { quick: 1, full: 3 },

  cells({ quick, programs, drivers }) {
    const variants = ['custody', 'child-process']
      .filter((driver) => drivers.includes(driver))
      .map((driver) => ({ label: driver, driver }));
    const ours = variants.filter(({ driver }) => driver === 'custody');
    const idle = { count: COMMANDS, processes: COMMANDS * (1 + DESCENDANTS) };
    const samples = quick ? 3 : 7;
    return [
      {
        label: `${COMMANDS} idle commands`,
        parameters: { ...idle, file: programs.child, args: ['family', String(DESCENDANTS)], seconds: samples },
        variants,
      },
      {
        // Nobody else ends it, and several of them at once would be a storm for the machine.
        label: 'storm',
        parameters: {
          ...{ count: 1, processes: Math.floor(STORM * 0.9), seconds: samples },
          ...{ file: programs.payload, args: ['storm', '/dev/null', String(STORM)] },
        },
        variants: ours,
      },
    ];
  },

  /** `seconds` is the number of hosts to kill. */
  async sample(_load, { driver, file, args, count, processes, seconds: hosts }) {
    const times = [];
    let survivors = 0;
    for (let i = 0; i < hosts && survivors === 0; i += 1) {
      const { goneMs, left } = await killOneHost(driver, file, args, count, processes);
      times.push(goneMs);
      survivors += left;
    }
    return { goneMs: quantile(times, 0.5), goneWorstMs: Math.max(...times), survivors };
  },
};

/**
 * @param {string} driver
 * @param {string} program
 * @param {readonly string[]} args
 * @param {number} count
 * @param {number} processes
 */
async function killOneHost(driver, program, args, count, processes) {
  // The kernel shows the real path.
  const folder = mkdtempSync(join(realpathSync(dirname(program)), 'host-death-'));
  const file = join(folder, 'member');
  linkSync(program, file);
  const script = fileURLToPath(new URL('../programs/host.mjs', import.meta.url));
  const host = spawn(process.execPath, [script, driver, String(count), file, ...args], { stdio: 'ignore' });
  try {
    const end = performance.now() + UP_LIMIT_MS;
    while (membersOf(file).length < processes) {
      if (performance.now() > end) throw new Error(`only ${membersOf(file).length} of ${processes} processes came up`);
      await delay(5);
    }
    const begin = performance.now();
    host.kill('SIGKILL');
    while (membersOf(file).length > 0 && performance.now() - begin < GONE_LIMIT_MS) await delay(0);
    return { goneMs: performance.now() - begin, left: membersOf(file).length };
  } finally {
    host.kill('SIGKILL');
    for (const pid of membersOf(file)) endMember(pid, file);
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} file
 * @returns {number[]}
 */
function membersOf(file) {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 1 && runs(pid, file));
}

/**
 * @param {number} pid
 * @param {string} file
 */
function runs(pid, file) {
  try {
    if (readlinkSync(`/proc/${pid}/exe`) !== file) return false;
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/**
 * @param {number} pid
 * @param {string} file
 */
function endMember(pid, file) {
  if (!runs(pid, file)) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended between the look and the signal.
  }
}
