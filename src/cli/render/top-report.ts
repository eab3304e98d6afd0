/** What `custody top` shows of the guarded trees, as a table. */
import type { GuardedTree, GuardedTrees } from '../guarded-trees.js';
import type { Screen } from '../host.js';
import { formatDuration } from '../quantity.js';
import { renderTable, type TableColumn } from './table.js';

/** A look, and the moment of it. */
export interface Look {
  readonly atMs: number;
  readonly found: GuardedTrees;
}

const COLUMNS: readonly TableColumn[] = [
  { title: 'pid', align: 'right' },
  { title: 'members', align: 'right' },
  { title: 'cpu', align: 'right' },
  { title: 'memory', align: 'right' },
  { title: 'age', align: 'right' },
  { title: 'command', minWidth: 12 },
  { title: 'host', minWidth: 8 },
];

const BYTES_PER_MIB = 1_024 * 1_024;

/** A line of totals and a table. `before`: what CPU is counted from; `undefined`: from the start of each command. */
export function renderTop({ atMs, found }: Look, before: Look | undefined, { columns, colors }: Screen): string {
  const { trees, guardians, idleShims } = found;
  const members = trees.reduce((sum, tree) => sum + tree.members, 0);
  const totals = `${trees.length} commands with ${members} processes; ${guardians} guardians, ${idleShims} idle shims\n`;
  if (trees.length === 0) return totals;
  const elapsedMs = atMs - (before?.atMs ?? 0);
  const rows = trees.map((tree) => [
    String(tree.pid),
    String(tree.members),
    `${cpuPercent(tree, before, elapsedMs).toFixed(0)} %`,
    `${(tree.memoryBytes / BYTES_PER_MIB).toFixed(1)} MiB`,
    formatDuration(tree.ageMs),
    tree.command,
    `${tree.host.pid} ${tree.host.command}`,
  ]);
  return totals + renderTable(COLUMNS, rows, { columns, paintHeader: colors.bold });
}

/** Of one processor. Members that ended meanwhile took their time with them, so it may be too little, and never less than 0. */
function cpuPercent(tree: GuardedTree, before: Look | undefined, elapsedMs: number): number {
  // A pid alone may be another command's by now.
  const last = before?.found.trees.find(({ pid, ageMs }) => pid === tree.pid && ageMs <= tree.ageMs);
  const spanMs = last === undefined ? tree.ageMs : elapsedMs;
  if (spanMs <= 0) return 0;
  return Math.max(0, ((tree.cpuTimeMs - (last?.cpuTimeMs ?? 0)) / spanMs) * 100);
}
