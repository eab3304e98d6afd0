import { describe, expect, it } from 'vitest';
import { readGuardedTrees, type ProcFiles } from '../../../src/cli/guarded-trees.js';
import { createColors } from '../../../src/cli/render/colors.js';
import { renderTop } from '../../../src/cli/render/top-report.js';

interface Fake {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly words?: readonly string[];
  readonly state?: string;
  readonly ticks?: number;
  readonly start?: number;
  readonly kib?: number;
}

/** A /proc with these processes, on a machine that has been up for 100 seconds. */
function procOf(processes: readonly Fake[]): ProcFiles {
  const files = new Map<string, string>([['uptime', '100.00 50.00']]);
  for (const { pid, parent, name, words = [name], state = 'S', ticks = 0, start = 0, kib = 0 } of processes) {
    // state, ppid, 9 fields, utime, stime, 4 fields, threads, 0, starttime
    const fields = [state, parent, ...Array.from({ length: 9 }, () => 0), ticks, 1, 0, 0, 0, 0, 1, 0, start];
    files.set(`${String(pid)}/stat`, `${String(pid)} (${name}) ${fields.join(' ')} 0 0`);
    files.set(`${String(pid)}/cmdline`, words.map((word) => `${word}\0`).join(''));
    files.set(`${String(pid)}/status`, `Name: x\nVmRSS:\t   ${String(kib)} kB\nThreads: 1\n`);
  }
  return {
    list: () => [...processes.map(({ pid }) => String(pid)), 'self', 'uptime'],
    read: (path) => files.get(path),
  };
}

const machine: readonly Fake[] = [
  { pid: 10, parent: 1, name: 'node', words: ['node', 'server.js'] },
  { pid: 20, parent: 10, name: 'custody-guard', words: ['custody-guardian', '3', '10'] },
  { pid: 21, parent: 20, name: 'custody-shim' },
  { pid: 22, parent: 20, name: 'custody-shim' },
  { pid: 30, parent: 21, name: 'a (b) c', words: ['make', 'all'], ticks: 99, start: 9_000, kib: 1_024 },
  { pid: 31, parent: 30, name: 'cc', ticks: 199, start: 9_100, kib: 2_048 },
  { pid: 32, parent: 21, name: 'orphan', start: 9_050, kib: 1_024 },
  { pid: 33, parent: 30, name: 'gone', state: 'Z' },
  { pid: 40, parent: 1, name: 'custody-guard', words: ['custody-guardian', '3', '10'] },
  { pid: 41, parent: 40, name: 'custody-shim' },
  { pid: 42, parent: 41, name: 'pretender' },
];

const tree = {
  ...{ host: { pid: 10, command: 'node server.js' }, pid: 30, command: 'make all', members: 3 },
  ...{ cpuTimeMs: 3_010, memoryBytes: 4 * 1_024 * 1_024, ageMs: 10_000 },
};

describe('the guarded trees of a machine', () => {
  it('are told with host, leader, members, CPU and memory; who only has the name is none', () => {
    expect(readGuardedTrees(procOf(machine))).toEqual({ trees: [tree], guardians: 1, idleShims: 1 });
  });

  it('are none where nothing is held, or nothing can be read', () => {
    const none = { trees: [], guardians: 0, idleShims: 0 };
    expect(readGuardedTrees(procOf([]))).toEqual(none);
    expect(readGuardedTrees({ list: () => ['1', '2'], read: () => undefined })).toEqual(none);
  });

  it('have the name of a leader whose arguments cannot be read', () => {
    const unread = machine.map((fake) => (fake.pid === 30 ? { ...fake, words: [] } : fake));
    expect(readGuardedTrees(procOf(unread)).trees[0]?.command).toBe('[a (b) c]');
  });
});

describe('the table of guarded trees', () => {
  const screen = { isTTY: false, columns: undefined, colors: createColors(false) };
  const look = (cpuTimeMs: number, atMs: number, more: object = {}) => ({
    atMs,
    found: { trees: [{ ...tree, cpuTimeMs, ...more }], guardians: 1, idleShims: 2 },
  });

  it('counts CPU since the last look, and since the start of a command without one', () => {
    expect(renderTop(look(5_000, 9), undefined, screen)).toMatch(/^1 commands with 3 processes; 1 guardians, 2 idle/u);
    expect(renderTop(look(5_000, 9), undefined, screen)).toMatch(/30 +3 +50 % +4\.0 MiB +10 s +make all +10 node/u);
    const later = look(6_500, 1_009, { ageMs: 11_000 });
    expect(renderTop(later, look(5_000, 9), screen)).toContain('150 %');
    // Another command with the same pid, which is younger.
    expect(renderTop(look(100, 1_009, { ageMs: 1_000 }), look(5_000, 9), screen)).toContain('10 %');
  });

  it('fits the terminal, and shows no control character of a command', () => {
    const shown = renderTop(look(0, 1, { command: `\x1b[2J${'x'.repeat(500)}` }), undefined, {
      ...screen,
      columns: 80,
    });
    for (const line of shown.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(shown).not.toContain('\x1b');
  });
});
