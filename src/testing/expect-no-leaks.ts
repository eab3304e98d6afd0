/**
 * `custody/testing`: says whether a test left something of custody behind.
 *
 * Three looks that do not depend on each other: the runs that this JavaScript environment still has in its custody, the
 * processes that the kernel shows below custody's own helpers, and the pipes that were opened since a mark. Helpers that wait
 * for the next command are no leak, nor are the descriptors through which they are reached.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { CustodyError, type CustodyErrorDocument } from '../core/errors.js';
import { displayPath } from '../core/display-path.js';
import { liveRuns } from '../runner/run-group.js';

/** One thing that was left. */
export type Leak =
  | { readonly kind: 'run'; readonly id: string; readonly command: string; readonly pid: number | undefined }
  | { readonly kind: 'process'; readonly pid: number; readonly name: string }
  | { readonly kind: 'descriptor'; readonly descriptor: number; readonly target: string };

/** The descriptors that were open at some time: what {@link markDescriptors} returns. */
export type DescriptorMark = ReadonlyMap<number, string>;

/** Options of {@link expectNoLeaks}. */
export interface LeakOptions {
  /**
   * Milliseconds that what is ending gets to end.
   *
   * @defaultValue `1000`
   */
  readonly withinMs?: number;
  /** Pipes opened since then are leaks too, whoever opened them. Without it descriptors are not looked at. */
  readonly since?: DescriptorMark;
}

/** Something was left. Its code is `CLEANUP_UNCONFIRMED`. */
export class LeaksFoundError extends CustodyError {
  override readonly name = 'LeaksFoundError';
  readonly leaks: readonly Leak[];

  constructor(leaks: readonly Leak[]) {
    super('CLEANUP_UNCONFIRMED', `left behind: ${leaks.map(describe).join('; ')}`, { operation: 'expectNoLeaks' });
    this.leaks = Object.freeze([...leaks]);
  }

  override toJSON(): CustodyErrorDocument & { readonly leaks: readonly Leak[] } {
    return { ...super.toJSON(), leaks: this.leaks };
  }
}

const DEFAULT_WITHIN_MS = 1_000;
const PAUSE_MS = 10;

/** Names of custody's own processes. */
const GUARDIAN = 'custody-guard';
const HELPERS = [GUARDIAN, 'custody-shim'];

/**
 * Resolves when nothing of custody is left: no run in custody (one that goes on, one with stragglers that `report` kept, one
 * whose cleanup is not confirmed), no process of a command, and with `since` no pipe. Call it at the end of a test.
 *
 * @remarks Runs are those of this JavaScript environment and of this copy of the package. Processes and descriptors are those of
 * the whole host, workers included, and are looked at on Linux only.
 * @throws {@link LeaksFoundError} (as a rejection) that names everything that was left.
 */
export async function expectNoLeaks({ withinMs = DEFAULT_WITHIN_MS, since }: LeakOptions = {}): Promise<void> {
  const end = performance.now() + withinMs;
  for (;;) {
    const leaks = findLeaks(since);
    if (leaks.length === 0) return;
    if (performance.now() >= end) throw new LeaksFoundError(leaks);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** Remembers which descriptors are open, for {@link LeakOptions.since}. Empty where the system does not tell. */
export function markDescriptors(): DescriptorMark {
  const mark = new Map<number, string>();
  for (const entry of list('/proc/self/fd')) {
    try {
      mark.set(Number(entry), readlinkSync(`/proc/self/fd/${entry}`));
    } catch {
      // The one that the folder itself was read through.
    }
  }
  return mark;
}

function findLeaks(since: DescriptorMark | undefined): Leak[] {
  const runs = liveRuns().map(({ id, pid, invocation }): Leak => ({
    kind: 'run',
    id,
    pid,
    command: displayPath(invocation.file),
  }));
  return [...runs, ...membersOfRuns(), ...(since === undefined ? [] : pipesSince(since))];
}

/** A pipe that has the number of another one is another one: the target holds its inode. */
function pipesSince(since: DescriptorMark): Leak[] {
  return [...markDescriptors()]
    .filter(([descriptor, target]) => target.startsWith('pipe:') && since.get(descriptor) !== target)
    .map(([descriptor, target]) => ({ kind: 'descriptor', descriptor, target }));
}

interface ListedProcess {
  readonly pid: number;
  readonly name: string;
  readonly parent: number;
}

/** Everything below a guardian of this process that is not a helper itself. */
function membersOfRuns(): Leak[] {
  const children = new Map<number, ListedProcess[]>();
  for (const listed of list('/proc').flatMap(livingProcess)) {
    const siblings = children.get(listed.parent);
    if (siblings === undefined) children.set(listed.parent, [listed]);
    else siblings.push(listed);
  }
  const below = (parent: number): ListedProcess[] =>
    (children.get(parent) ?? []).flatMap((child) => [child, ...below(child.pid)]);
  const guardians = (children.get(process.pid) ?? []).filter(({ name }) => name === GUARDIAN);
  return guardians
    .flatMap(({ pid }) => below(pid))
    .filter(({ name }) => !HELPERS.includes(name))
    .map(({ pid, name }) => ({ kind: 'process', pid, name }));
}

function livingProcess(entry: string): ListedProcess[] {
  if (!/^\d+$/.test(entry)) return [];
  try {
    const stat = readFileSync(`/proc/${entry}/stat`, 'latin1');
    // The name may hold spaces and parentheses; the fields are behind the last one. Source: proc_pid_stat(5).
    const nameEnd = stat.lastIndexOf(')');
    const [state, parent] = stat.slice(nameEnd + 2).split(' ');
    if (state === 'Z' || state === 'X') return [];
    return [{ pid: Number(entry), name: stat.slice(stat.indexOf('(') + 1, nameEnd), parent: Number(parent) }];
  } catch {
    return []; // It ended meanwhile.
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Not Linux, or no /proc.
  }
}

function describe(leak: Leak): string {
  switch (leak.kind) {
    case 'run':
      return `run ${leak.id} of ${leak.command}`;
    case 'process':
      return `process ${leak.pid} (${leak.name})`;
    case 'descriptor':
      return `descriptor ${leak.descriptor} (${leak.target})`;
  }
}
