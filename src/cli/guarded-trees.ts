/**
 * The guarded trees of this machine, as /proc shows them: which host runs which command, and who belongs to it.
 *
 * Nothing is asked of the hosts. A guardian is known by its name and its arguments, which hold the pid of its host, its parent;
 * a shim by its name below a guardian; everything below a shim is a member. Whoever ends while this is read is left out.
 */

/** The files of /proc, as far as they are needed. A test has others. */
export interface ProcFiles {
  /** Names in /proc. */
  list(): readonly string[];
  /** The text of a file below /proc; `undefined` if it cannot be read. */
  read(path: string): string | undefined;
}

/** One command that is held. Times in milliseconds. */
export interface GuardedTree {
  readonly host: { readonly pid: number; readonly command: string };
  /** The oldest process right below the shim: the leader, while it lives. */
  readonly pid: number;
  readonly command: string;
  readonly members: number;
  /** CPU time of the members that are alive. */
  readonly cpuTimeMs: number;
  /** Resident memory of the members together; what they share counts for each. */
  readonly memoryBytes: number;
  readonly ageMs: number;
}

/** What is held on this machine. */
export interface GuardedTrees {
  readonly trees: readonly GuardedTree[];
  readonly guardians: number;
  /** Shims that wait for a command. */
  readonly idleShims: number;
}

interface SeenProcess {
  readonly pid: number;
  readonly name: string;
  readonly parent: number;
  readonly cpuTicks: number;
  readonly startTicks: number;
}

const GUARDIAN = 'custody-guard';
const GUARDIAN_ARGUMENT = 'custody-guardian';
const SHIM = 'custody-shim';

/** The kernel tells times in this unit on every architecture that Node runs on. Source: Linux time(7), USER_HZ. */
const MS_PER_TICK = 10;
const BYTES_PER_KIB = 1_024;

/** Places in /proc/pid/stat, counted behind the name. Source: proc_pid_stat(5). */
const STAT = { state: 0, parent: 1, userTicks: 11, systemTicks: 12, startTicks: 19 } as const;

/** Reads what is held now. The oldest come first. */
export function readGuardedTrees(proc: ProcFiles): GuardedTrees {
  const processes = proc.list().flatMap((entry) => readProcess(proc, entry));
  const children = childrenOf(processes);
  const byPid = new Map(processes.map((seen) => [seen.pid, seen]));
  const uptimeMs = Number(proc.read('uptime')?.split(' ')[0] ?? 0) * 1_000;
  const below = (pid: number): SeenProcess[] =>
    (children.get(pid) ?? []).flatMap((child) => [child, ...below(child.pid)]);
  const guardians = processes.filter((seen) => isGuardian(proc, seen));
  const shims = guardians.flatMap(({ pid, parent }) =>
    (children.get(pid) ?? []).filter(({ name }) => name === SHIM).map((shim) => ({ shim, host: parent })),
  );
  const trees = shims.flatMap(({ shim, host }): GuardedTree[] => {
    const [first, ...others] = (children.get(shim.pid) ?? []).toSorted(byAge);
    if (first === undefined) return [];
    const members = [first, ...others].flatMap((top) => [top, ...below(top.pid)]);
    return [
      {
        host: { pid: host, command: commandOf(proc, byPid.get(host), host) },
        pid: first.pid,
        command: commandOf(proc, first, first.pid),
        members: members.length,
        cpuTimeMs: members.reduce((sum, { cpuTicks }) => sum + cpuTicks, 0) * MS_PER_TICK,
        memoryBytes: members.reduce((sum, { pid }) => sum + residentBytes(proc, pid), 0),
        ageMs: Math.max(0, uptimeMs - first.startTicks * MS_PER_TICK),
      },
    ];
  });
  return {
    trees: trees.toSorted((one, other) => other.ageMs - one.ageMs),
    guardians: guardians.length,
    idleShims: shims.length - trees.length,
  };
}

function childrenOf(processes: readonly SeenProcess[]): ReadonlyMap<number, readonly SeenProcess[]> {
  const children = new Map<number, SeenProcess[]>();
  for (const seen of processes) {
    const siblings = children.get(seen.parent);
    if (siblings === undefined) children.set(seen.parent, [seen]);
    else siblings.push(seen);
  }
  return children;
}

function byAge(one: SeenProcess, other: SeenProcess): number {
  return one.startTicks - other.startTicks || one.pid - other.pid;
}

function readProcess(proc: ProcFiles, entry: string): SeenProcess[] {
  const stat = /^\d+$/.test(entry) ? proc.read(`${entry}/stat`) : undefined;
  if (stat === undefined) return [];
  // The name may hold spaces and parentheses; the fields are behind the last one.
  const nameEnd = stat.lastIndexOf(')');
  const fields = stat.slice(nameEnd + 2).split(' ');
  const state = fields[STAT.state];
  if (state === undefined || state === 'Z' || state === 'X') return [];
  const number = (at: number): number => Number(fields[at] ?? 0);
  return [
    {
      pid: Number(entry),
      name: stat.slice(stat.indexOf('(') + 1, nameEnd),
      parent: number(STAT.parent),
      cpuTicks: number(STAT.userTicks) + number(STAT.systemTicks),
      startTicks: number(STAT.startTicks),
    },
  ];
}

/** A name is free for anyone to take; the arguments have to name the parent, too. */
function isGuardian(proc: ProcFiles, { pid, name, parent }: SeenProcess): boolean {
  if (name !== GUARDIAN) return false;
  const [program, , host] = proc.read(`${pid}/cmdline`)?.split('\0') ?? [];
  return program === GUARDIAN_ARGUMENT && host === String(parent);
}

/** Its arguments, or its name where it has none that can be read. */
function commandOf(proc: ProcFiles, seen: SeenProcess | undefined, pid: number): string {
  const words = proc.read(`${pid}/cmdline`)?.replace(/\0+$/, '').split('\0').join(' ') ?? '';
  return words === '' ? `[${seen?.name ?? 'unknown'}]` : words;
}

function residentBytes(proc: ProcFiles, pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(proc.read(`${pid}/status`) ?? '')?.[1];
  return Number(kibibytes ?? 0) * BYTES_PER_KIB;
}
