/**
 * Looks at processes through `/proc` (Linux). What is read is information at one moment; who may be signalled on the
 * strength of it is decided in `group-kill.ts`.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { ProcessName } from '../../core/cleanup.js';

/** One process as `/proc/<pid>/stat` shows it. `startTicks` and `pid` together name it for good. */
export interface SeenProcess extends ProcessName {
  /** Kernel state letter, such as `R`, `S`, `D`, `T` or `Z`. */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly startTicks: number;
}

/** The process with this number, zombies included; `undefined` if there is none or it cannot be read. */
export function seeProcess(pid: number): SeenProcess | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The name stands in parentheses and may hold any byte, parentheses and spaces included.
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  const fields = text.slice(close + 2).split(' ');
  if (open < 0 || close < open) return undefined;
  return {
    pid,
    name: Buffer.from(text.slice(open + 1, close), 'latin1').toString('utf8'),
    state: fields[0] ?? '?',
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    startTicks: Number(fields[19]),
  };
}

/** A zombie has ended; only its parent has not looked yet. */
export function isAlive(seen: SeenProcess): boolean {
  return seen.state !== 'Z' && seen.state !== 'X';
}

function pids(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** Living processes of a group whose leader was also the leader of its session. */
export function membersOf(group: number): SeenProcess[] {
  const members: SeenProcess[] = [];
  for (const pid of pids()) {
    const seen = seeProcess(pid);
    if (seen?.group === group && seen.session === group && isAlive(seen)) members.push(seen);
  }
  return members;
}

/** What a descriptor of a process refers to, such as `socket:[4711]`; `undefined` where it cannot be read. */
export function descriptorTarget(pid: number, descriptor: number | string): string | undefined {
  try {
    return readlinkSync(`/proc/${String(pid)}/fd/${String(descriptor)}`);
  } catch {
    return undefined;
  }
}

/** Other processes that hold a descriptor of this target, as far as this user may see; at most `most`. */
export function holdersOf(target: string, most: number): ProcessName[] {
  const holders: ProcessName[] = [];
  for (const pid of pids()) {
    if (holders.length >= most) break;
    if (pid !== process.pid && holds(pid, target)) {
      const seen = seeProcess(pid);
      if (seen !== undefined) holders.push({ pid, name: seen.name });
    }
  }
  return holders;
}

function holds(pid: number, target: string): boolean {
  try {
    return readdirSync(`/proc/${String(pid)}/fd`).some((descriptor) => descriptorTarget(pid, descriptor) === target);
  } catch {
    return false;
  }
}
