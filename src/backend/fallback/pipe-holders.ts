/**
 * Names the processes that keep the other end of a child's pipe open (Linux). Information for people; nothing is decided by it.
 *
 * Node's pipes are socketpairs, and the system does not say which socket is the other end. It numbers the two ends one after
 * the other, ours first, so the one with the next number is looked for among the descriptors of all processes. Should another
 * socket have come in between, its holder is named or nobody is.
 */
import type { Readable } from 'node:stream';
import type { ProcessName } from '../../core/cleanup.js';
import { fileSystem } from '../lazy-builtins.js';
import { pids, seeProcess } from './process-table.js';

/** At most `most` processes, as far as this user may see. Must be called before `source` is destroyed. */
export function holdersOfOtherEnd(source: Readable | undefined, most: number): ProcessName[] {
  if (process.platform !== 'linux') return [];
  const target = otherEnd(source);
  if (target === undefined) return [];
  const holders: ProcessName[] = [];
  for (const pid of pids()) {
    if (holders.length >= most) break;
    const seen = pid !== process.pid && holds(pid, target) ? seeProcess(pid) : undefined;
    if (seen !== undefined) holders.push({ pid, name: seen.name });
  }
  return holders;
}

function otherEnd(source: Readable | undefined): string | undefined {
  // Node keeps the descriptor of a stream in its handle and offers no other way to it.
  const { _handle: handle } = (source ?? {}) as { readonly _handle?: { readonly fd?: unknown } | null };
  if (typeof handle?.fd !== 'number' || handle.fd < 0) return undefined;
  try {
    return `socket:[${fileSystem().fstatSync(handle.fd).ino + 1}]`;
  } catch {
    return undefined;
  }
}

function holds(pid: number, target: string): boolean {
  const directory = `/proc/${pid}/fd`;
  try {
    return fileSystem()
      .readdirSync(directory)
      .some((descriptor) => targetOf(`${directory}/${descriptor}`) === target);
  } catch {
    return false;
  }
}

/** A descriptor can be closed between being listed and being looked at. */
function targetOf(link: string): string | undefined {
  try {
    return fileSystem().readlinkSync(link);
  } catch {
    return undefined;
  }
}
