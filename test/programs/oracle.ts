/**
 * What is alive, told by the kernel and by nothing the code under test maintains.
 *
 * A payload has an executable path of its own, so its survivors are the processes whose executable is that path, in
 * whatever group or session they are and whoever their parent has become. Linux only (`/proc`).
 */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/** A process as the kernel shows it. */
export interface SeenProcess {
  readonly pid: number;
  readonly name: string;
  /** Kernel state letter: `R`, `S`, `D`, `T`, `Z`, ... */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
}

function allPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function executableOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${String(pid)}/exe`).replace(/ \(deleted\)$/, '');
  } catch {
    return undefined; // Gone, a zombie, or a kernel thread.
  }
}

/** One process, or `undefined` once it is gone. */
export function processOf(pid: number): SeenProcess | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The name may hold spaces and parentheses; the fields are behind the last one.
  const nameEnd = stat.lastIndexOf(')');
  const fields = stat.slice(nameEnd + 2).split(' ');
  return {
    pid,
    name: stat.slice(stat.indexOf('(') + 1, nameEnd),
    state: fields[0] ?? '?',
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
  };
}

function seen(pids: readonly number[]): SeenProcess[] {
  return pids.map(processOf).filter((process) => process !== undefined);
}

/** The living processes that run this executable. */
export function processesOf(executable: string): SeenProcess[] {
  const pids = allPids().filter((pid) => executableOf(pid) === executable);
  return seen(pids).filter(({ state }) => state !== 'Z' && state !== 'X');
}

/** Children of a process that have ended and were not waited for. */
export function zombiesOf(parent: number): SeenProcess[] {
  return seen(allPids()).filter((process) => process.parent === parent && process.state === 'Z');
}

/**
 * Kills what still runs this executable. Each process is looked at again right before, since a pid may be reused. A group
 * is killed as one, because a payload that moves on to new processes would be missed pid by pid.
 */
export function killProcessesOf(executable: string): void {
  const own = processOf(process.pid)?.group;
  for (const { pid, group } of processesOf(executable)) {
    if (pid <= 1 || group <= 1 || executableOf(pid) !== executable) continue;
    try {
      process.kill(group === own ? pid : -group, 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

/** Open descriptors of a process. */
export function descriptorCount(pid: number | 'self' = 'self'): number {
  return readdirSync(`/proc/${String(pid)}/fd`).length;
}

/** Threads of a process. */
export function threadCount(pid: number | 'self' = 'self'): number {
  return readdirSync(`/proc/${String(pid)}/task`).length;
}
