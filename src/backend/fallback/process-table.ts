/**
 * Looks at processes through `/proc` (Linux). What is read is information at one moment; who may be signalled on the
 * strength of it is decided in `group-kill.ts`.
 */
import type { ProcessName } from '../../core/cleanup.js';
import { fileSystem } from '../lazy-builtins.js';

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
    text = fileSystem().readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
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

/** The numbers of all processes that are visible here. */
export function pids(): number[] {
  try {
    return fileSystem().readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** Who was seen in a group. `isComplete` `false`: processes came and went faster than they could be looked at. */
export interface GroupSighting {
  readonly members: readonly SeenProcess[];
  readonly isComplete: boolean;
}

/** A group whose members move on faster than this many looks is not called empty. */
const MOST_ROUNDS = 16;

/**
 * Living processes of a group whose leader was also the leader of its session.
 *
 * One pass over `/proc` can miss a member that forks and exits behind its back: listed and gone is the parent, not listed
 * the child. So newcomers are looked at until a listing shows none: then everybody alive was looked at while alive.
 */
export function membersOf(group: number): GroupSighting {
  const looked = new Set<number>();
  const members: SeenProcess[] = [];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const newcomers = pids().filter((pid) => !looked.has(pid));
    if (newcomers.length === 0) return { members, isComplete: true };
    for (const pid of newcomers) {
      looked.add(pid);
      const seen = seeProcess(pid);
      if (seen?.group === group && seen.session === group && isAlive(seen)) members.push(seen);
    }
    // Whether there are more does not matter to anybody who asks whether there are any.
    if (members.length > 0) break;
  }
  return { members, isComplete: false };
}
