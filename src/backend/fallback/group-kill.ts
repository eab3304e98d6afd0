/**
 * Holds the process group of one leader: who is in it, and who of it may be signalled.
 *
 * `detached` makes the leader the first of a session and a group whose number is its pid. While the leader is unreaped that
 * number is ours. Node reaps a leader before it tells of the exit; from then on the number stays taken only as long as
 * a member lives, and a stranger may get it afterwards. So after the exit a group is signalled only on evidence from
 * `/proc`: no process has the number as its pid, and living members with that group and session exist. Where
 * there is no such evidence nothing is signalled, and what may be left is reported as unconfirmed.
 */
import type { CleanupMechanism, CleanupStatus, ProcessName, Survivor } from '../../core/cleanup.js';
import { NAMED_PROCESSES } from './limits.js';
import { isAlive, membersOf, seeProcess, type SeenProcess } from './process-table.js';

/** What holds the processes of one run, as far as Node lets us. */
export interface FallbackContainer {
  readonly mechanism: CleanupMechanism;
  /** The status that a container which looks empty stands for. */
  readonly statusWhenEmpty: CleanupStatus;
  leaderExited(): void;
  look(): 'empty' | 'occupied';
  /** Signals every member; the signal that was sent, or `undefined` when nobody could be signalled. */
  signal(manner: 'soft' | 'hard'): string | undefined;
  /** Kills members that joined after the kill, or could not be seen when it was due. */
  killNewcomers(): void;
  /** Processes that were signalled after the leader was gone and have ended. */
  killed(): ProcessName[];
  survivors(kept: boolean): Survivor[];
}

/** `true` when a signal, 0 included, reaches somebody; `undefined` when the system would not say. */
function reaches(target: number): boolean | undefined {
  try {
    process.kill(target, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH' ? false : undefined;
  }
}

export class GroupContainer implements FallbackContainer {
  readonly mechanism = 'group';
  readonly statusWhenEmpty = 'confirmed-group-only';
  readonly #pid: number;
  /** The leader as it was right after its start; `undefined` where `/proc` does not show our processes. */
  readonly #leader: SeenProcess | undefined;
  #leaderGone = false;
  #known: readonly SeenProcess[] = [];
  readonly #signalled = new Map<number, SeenProcess>();

  /** `pid`: a leader that was started detached in this very turn of the event loop, so that it cannot have been reaped. */
  constructor(pid: number) {
    // kill(-1) reaches everybody and kill(-0) ourselves.
    if (!Number.isInteger(pid) || pid <= 1) throw new RangeError(`no process group to hold: ${String(pid)}`);
    this.#pid = pid;
    const seen = process.platform === 'linux' ? seeProcess(pid) : undefined;
    // A /proc of another pid namespace would speak of strangers.
    this.#leader = seen?.parent === process.pid && seen.group === pid ? seen : undefined;
  }

  leaderExited(): void {
    this.#leaderGone = true;
  }

  look(): 'empty' | 'occupied' {
    if (reaches(-this.#pid) === false) {
      this.#known = [];
      return 'empty';
    }
    // Zombies are reached as well, so somebody has to be seen. Without /proc the group counts as occupied: XNU refuses
    // (EPERM) when only zombies are left, which a later look finds gone.
    if (this.#leader === undefined) return 'occupied';
    if (this.#known.some(isStillAlive)) return 'occupied';
    const { members, isComplete } = membersOf(this.#pid);
    this.#known = members;
    return members.length === 0 && isComplete ? 'empty' : 'occupied';
  }

  signal(manner: 'soft' | 'hard'): string | undefined {
    const name = manner === 'soft' ? 'SIGTERM' : 'SIGKILL';
    const targets = this.#leaderGone ? this.#strays() : [];
    if (this.#leaderGone ? targets.length === 0 : !this.#leaderIsOurs()) return undefined;
    try {
      // Between the look above and this call the last member would have to die and its number be given out anew;
      // without pidfds Node offers nothing narrower.
      process.kill(-this.#pid, name);
    } catch {
      return undefined;
    }
    for (const target of targets) this.#signalled.set(target.pid, target);
    this.#known = targets;
    return name;
  }

  killNewcomers(): void {
    const isKilled = (member: SeenProcess): boolean =>
      this.#signalled.get(member.pid)?.startTicks === member.startTicks;
    if (this.#known.length === 0 || !this.#known.every(isKilled)) this.signal('hard');
  }

  killed(): ProcessName[] {
    const alive = new Set(this.#known.filter(isStillAlive).map((member) => member.pid));
    return named([...this.#signalled.values()].filter((member) => !alive.has(member.pid)));
  }

  survivors(kept: boolean): Survivor[] {
    const members = this.#leader === undefined ? [] : membersOf(this.#pid).members;
    return members.slice(0, NAMED_PROCESSES).map((member) => ({
      pid: member.pid,
      name: member.name,
      state: member.state,
      why: kept ? 'unknown' : reasonOf(member),
    }));
  }

  /** Libuv reaps in the same turn in which it tells us; the check covers callbacks of other exits that run in between. */
  #leaderIsOurs(): boolean {
    if (this.#leader === undefined) return true;
    const seen = seeProcess(this.#pid);
    return seen?.startTicks === this.#leader.startTicks && seen.parent === process.pid;
  }

  /** Members that may be signalled although the leader is gone. */
  #strays(): readonly SeenProcess[] {
    if (this.#leader === undefined || seeProcess(this.#pid) !== undefined) return [];
    const { startTicks } = this.#leader;
    const { members } = membersOf(this.#pid);
    return members.every((member) => member.startTicks >= startTicks) ? members : [];
  }
}

function isStillAlive(member: SeenProcess): boolean {
  const seen = seeProcess(member.pid);
  return seen?.startTicks === member.startTicks && seen.group === member.group && isAlive(seen);
}

function reasonOf(member: SeenProcess): Survivor['why'] {
  if (reaches(member.pid) === undefined) return 'permission';
  return member.state === 'D' ? 'uninterruptible' : 'deadline';
}

function named(processes: readonly SeenProcess[]): ProcessName[] {
  return processes.slice(0, NAMED_PROCESSES).map(({ pid, name }) => ({ pid, name }));
}
