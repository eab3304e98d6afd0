/**
 * What is alive, told by the kernel and by nothing the code under test maintains.
 *
 * A payload has an executable path of its own, so its survivors are the processes whose executable is that path, in
 * whatever group or session they are and whoever their parent has become. Linux (`/proc`), and Windows as far as the
 * conformance tests ask (`oracle-windows.ts`).
 */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { windowsHandleCount, windowsProcesses } from './oracle-windows.js';

const isWindows = process.platform === 'win32';

/** Characters of a name that the kernel keeps (TASK_COMM_LEN without the NUL). */
const NAME_CHARACTERS = 15;

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
  if (isWindows) return windowsProcesses().find((process) => process.pid === pid)?.path;
  try {
    return readlinkSync(`/proc/${String(pid)}/exe`).replace(/ \(deleted\)$/, '');
  } catch {
    return undefined; // Gone, a zombie, or a kernel thread.
  }
}

/** One process, or `undefined` once it is gone. */
export function processOf(pid: number): SeenProcess | undefined {
  if (isWindows) return windowsProcesses().find((process) => process.pid === pid);
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

/** Looks that one answer may take. All but the first are at new processes only. */
const MAX_LOOKS = 200;

/**
 * The living processes that run one of these executables, each at once when it is found.
 *
 * A process that moves on to a child and ends is not met by one look through the table: its pid is gone when it is read, and
 * its child was not listed. So new processes are looked at again and again until there are none. One that has ended by the
 * time it is seen, and was not there at first, lived after the question was asked.
 */
function* findProcesses(executables: ReadonlySet<string>): Generator<SeenProcess, void> {
  if (isWindows) {
    for (const executable of executables)
      yield* windowsProcesses(executable).filter(({ path }) => path === executable.toLowerCase());
    return;
  }
  const names = new Set([...executables].map((path) => basename(path).slice(0, NAME_CHARACTERS)));
  const looked = new Set<number>();
  for (let look = 0, hasFound = false; look < MAX_LOOKS && !hasFound; look += 1) {
    const fresh = allPids().filter((pid) => !looked.has(pid));
    if (look > 0 && fresh.length === 0) return;
    for (const pid of fresh) {
      looked.add(pid);
      const runsIt = executables.has(executableOf(pid) ?? '');
      const process = processOf(pid);
      if (process === undefined || !(isAlive(process) ? runsIt : look > 0 && names.has(process.name))) continue;
      hasFound = true;
      yield process;
    }
  }
}

/** The living processes that run this executable. */
export function processesOf(executable: string): SeenProcess[] {
  return [...findProcesses(new Set([executable]))];
}

/** Children of a process that have ended and were not waited for. */
export function zombiesOf(parent: number): SeenProcess[] {
  if (isWindows) return []; // Nothing stays of a process there but a handle.
  return seen(allPids()).filter((process) => process.parent === parent && process.state === 'Z');
}

function isSamePath(one: string | undefined, other: string): boolean {
  return one === (isWindows ? other.toLowerCase() : other);
}

/**
 * Kills what still runs this executable. Each process is looked at again right before, since a pid may be reused. A group
 * is killed as one, because a payload that moves on to new processes would be missed pid by pid.
 */
export function killProcessesOf(executable: string): void {
  const own = processOf(process.pid)?.group;
  for (const { pid, group } of processesOf(executable)) {
    if (pid <= 1 || group <= 1 || !isSamePath(executableOf(pid), executable)) continue;
    try {
      process.kill(group === own ? pid : -group, 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

/**
 * Ends every process of these executables, also those that fork while they are killed: all are stopped first, until nobody
 * is left who could fork, and a stopped process is killed only then. For cleaning up; what it had to do is its answer.
 */
export async function endProcessesOf(executables: readonly string[]): Promise<SeenProcess[]> {
  const ended = new Map<number, SeenProcess>();
  const wanted = new Set(executables);
  for (let quiet = 0, round = 0; quiet < 2 && round < MAX_END_ROUNDS; round += 1) {
    const stopped: SeenProcess[] = [];
    let isQuiet = true;
    for (const process of findProcesses(wanted)) {
      if (isAlive(process)) ended.set(process.pid, process);
      if (STOPPED.includes(process.state)) stopped.push(process);
      else isQuiet = false;
      if (isAlive(process)) signalChecked(process, wanted, 'SIGSTOP');
    }
    quiet = isQuiet ? quiet + 1 : 0;
    if (isQuiet) for (const process of stopped) signalChecked(process, wanted, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return [...ended.values()];
}

/** `D` cannot be stopped either: whoever sleeps in the kernel does not fork. */
const STOPPED = ['T', 't', 'D'];
const MAX_END_ROUNDS = 2000;

function isAlive({ state }: SeenProcess): boolean {
  return state !== 'Z' && state !== 'X';
}

/** Looks at the executable once more right before: a pid may have been reused. */
function signalChecked({ pid }: SeenProcess, executables: ReadonlySet<string>, signal: NodeJS.Signals): void {
  if (pid <= 1 || !executables.has(executableOf(pid) ?? '')) return;
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself meanwhile.
  }
}

/** Living processes below a process, by parent. */
export function descendantsOf(root: number): SeenProcess[] {
  const all = isWindows ? windowsProcesses() : seen(allPids()).filter(isAlive);
  const found: SeenProcess[] = [];
  const parents = new Set([root]);
  for (let before = -1; before < found.length;) {
    before = found.length;
    for (const process of all) {
      if (!parents.has(process.parent) || parents.has(process.pid)) continue;
      parents.add(process.pid);
      found.push(process);
    }
  }
  return found;
}

/** Whether a process that was seen before is still there, and alive. */
export function isStillThere({ pid, name }: SeenProcess): boolean {
  const now = processOf(pid);
  return now?.name === name && isAlive(now);
}

/** Ends one process that was seen before; its name and group must still be the same. */
export function killSeen(target: SeenProcess): void {
  const now = processOf(target.pid);
  if (target.pid <= 1 || now?.name !== target.name || now.group !== target.group) return;
  try {
    process.kill(target.pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}

/** Open descriptors of a process. */
export function descriptorCount(pid: number | 'self' = 'self'): number {
  if (isWindows) return windowsHandleCount();
  return readdirSync(`/proc/${String(pid)}/fd`).length;
}

/** Threads of a process. */
export function threadCount(pid: number | 'self' = 'self'): number {
  return readdirSync(`/proc/${String(pid)}/task`).length;
}
