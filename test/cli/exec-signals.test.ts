// Promised    : the first SIGINT, SIGTERM or SIGHUP stops the command politely, a second one kills it; either way nothing
//               of it is left and the CLI returns 130.
// Not promised: that two signals within a tenth of a second count as two.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SAME_REQUEST_MS } from '../../src/cli/commands/stop-signals.js';
import { eventually } from '../conformance/eventually.js';
import { backends, CliProcess } from './cli-process.js';

const politeScript = `trap 'echo asked; exit 7' TERM; echo ready $$; while :; do sleep 0.05; done`;
const stubbornScript = `trap 'echo asked' TERM; trap '' INT HUP; echo ready $$; while :; do sleep 0.05; done`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Whether the process has a handler for SIGHUP: the last one the CLI installs, and one that Node does not. */
function catchesHangUp(pid: number): boolean {
  const caught = /^SigCgt:\s+([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return (BigInt(`0x${caught?.[1] ?? '0'}`) & 1n) === 1n;
}

async function leaderOf(cli: CliProcess): Promise<number> {
  const [, pid] = await eventually(
    () => /^ready (\d+)$/m.exec(cli.stdout) ?? undefined,
    () => cli.scene(),
  );
  return Number(pid);
}

describe.each(backends)('signals to custody exec over %s', (_name, mode) => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('CLI-07: stops the command politely on %s', async (signal) => {
    const cli = new CliProcess(['exec', '--grace', '60s', 'sh', '-c', politeScript], { mode });
    try {
      const leader = await leaderOf(cli);
      cli.child.kill(signal);
      const { exitCode, stderr } = await cli.end();
      expect({ exitCode, asked: cli.stdout.includes('asked') }).toEqual({ exitCode: 130, asked: true });
      expect(stderr).toContain('cancelled, stopped (exit 7)');
      expect(isAlive(leader)).toBe(false);
    } finally {
      await cli.close();
    }
  });

  it('CLI-07: kills a command that does not obey when a second signal comes', async () => {
    const cli = new CliProcess(['exec', '--grace', '60s', 'sh', '-c', stubbornScript], { mode });
    try {
      const leader = await leaderOf(cli);
      cli.child.kill('SIGINT');
      await cli.saw('asked');
      const askedAt = performance.now();
      await eventually(
        () => performance.now() - askedAt > SAME_REQUEST_MS,
        () => 'time stands still',
      );
      cli.child.kill('SIGINT');
      const { exitCode, stderr } = await cli.end();
      expect(exitCode).toBe(130);
      expect(stderr).toContain('killed (SIGKILL)');
      expect(isAlive(leader)).toBe(false);
    } finally {
      await cli.close();
    }
  });

  it('kills a command that does not obey when the grace is over', async () => {
    const cli = new CliProcess(['exec', '--grace', '100ms', 'sh', '-c', stubbornScript], { mode });
    try {
      await leaderOf(cli);
      cli.child.kill('SIGTERM');
      expect(await cli.end()).toMatchObject({ exitCode: 130 });
    } finally {
      await cli.close();
    }
  });

  it('prints the JSON document of a command that was stopped', async () => {
    const cli = new CliProcess(['exec', '--json', '--', 'sh', '-c', 'sleep 60'], { mode });
    try {
      // With --json nothing of the command is seen while it runs; until its signal handler stands the CLI would just die.
      await eventually(
        () => catchesHangUp(cli.child.pid ?? 0),
        () => cli.scene(),
      );
      cli.child.kill('SIGINT');
      const { exitCode, stdout } = await cli.end();
      expect(exitCode).toBe(130);
      expect(JSON.parse(stdout.toString())).toMatchObject({ cancelled: true, reason: 'SIGINT', cliExitCode: 130 });
    } finally {
      await cli.close();
    }
  });
});
