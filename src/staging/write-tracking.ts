/**
 * What a run wrote: a folder before and after it. Sizes, times and inodes are compared, contents are not read.
 */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunResult } from '../core/run-result.js';

/** Entries looked at; a folder with more is no place to look at twice for every run. */
const MAX_ENTRIES = 100_000;

/** What changed below a folder, as paths relative to it with `/`, in order. */
export interface WriteReport {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** `false`: there may be more, or something may still write; `doubts` says why. */
  readonly isCertain: boolean;
  readonly doubts: readonly string[];
}

/** A result, and what its run wrote. */
export interface TrackedRun<T extends RunResult<string | Uint8Array>> {
  readonly result: T;
  readonly writes: WriteReport;
}

interface Snapshot {
  readonly entries: ReadonlyMap<string, string>;
  readonly doubts: readonly string[];
}

/**
 * Looks at `folder` before and after `run`, which starts a command and gives its result. Uncertain where the cleanup of the run is:
 * what may be alive may write. Links are not followed. Rejects with what `run` rejects with.
 */
export async function trackWrites<T extends RunResult<string | Uint8Array>>(
  folder: string,
  run: () => PromiseLike<T>,
): Promise<TrackedRun<T>> {
  const before = await snapshotOf(folder);
  const result = await run();
  const after = await snapshotOf(folder);
  return { result, writes: difference(before, after, cleanupDoubts(result)) };
}

function cleanupDoubts({ cleanup }: RunResult<string | Uint8Array>): readonly string[] {
  switch (cleanup.status) {
    case 'confirmed':
    case 'not-needed':
      return [];
    case 'confirmed-group-only':
      return ['a process that left the group of the command may still write'];
    case 'unconfirmed':
      return ['processes of the command may still write'];
    case 'kept':
      return ['processes of the command were let go on'];
  }
}

function difference(before: Snapshot, after: Snapshot, more: readonly string[]): WriteReport {
  const names = (keep: (path: string) => boolean, of: Snapshot): readonly string[] =>
    Object.freeze([...of.entries.keys()].filter(keep).sort());
  const doubts = [...new Set([...before.doubts, ...after.doubts, ...more])];
  return Object.freeze({
    created: names((path) => !before.entries.has(path), after),
    changed: names((path) => before.entries.has(path) && before.entries.get(path) !== after.entries.get(path), after),
    removed: names((path) => !after.entries.has(path), before),
    isCertain: doubts.length === 0,
    doubts: Object.freeze(doubts),
  });
}

async function snapshotOf(root: string): Promise<Snapshot> {
  const entries = new Map<string, string>();
  const doubts: string[] = [];
  const waiting = [''];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const found = await readdir(join(root, folder), { withFileTypes: true }).catch(() => undefined);
    if (found === undefined) {
      doubts.push('a folder could not be read');
      continue;
    }
    for (const entry of found) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entries.size >= MAX_ENTRIES)
        return { entries, doubts: [...doubts, `only ${MAX_ENTRIES} entries were looked at`] };
      // What a file is called says nothing of a folder: its times change with every entry in it.
      const stat = await lstat(join(root, path), { bigint: true }).catch(() => undefined);
      if (stat === undefined) continue;
      const { mode, ino, size, mtimeNs, ctimeNs } = stat;
      entries.set(path, entry.isDirectory() ? `${mode} ${ino}` : `${mode} ${ino} ${size} ${mtimeNs} ${ctimeNs}`);
      if (entry.isDirectory()) waiting.push(path);
    }
  }
  return { entries, doubts };
}
