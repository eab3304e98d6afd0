// Promised    : `top` shows a command that another custody of this machine holds, with its host and all of its processes.
// Not promised: commands in a group, and those of other users where the system hides them.
import { describe, expect, it } from 'vitest';
import { eventually } from '../conformance/eventually.js';
import { CliProcess, custody } from './cli-process.js';
import { ctrlC, Terminal } from './terminal.js';
import type { GuardedTrees } from '../../src/cli/guarded-trees.js';

const MARK = `custody-top-${String(process.pid)}`;

/** A held command with two processes, whose arguments hold the mark. */
async function withHeld(act: (host: CliProcess) => Promise<void>): Promise<void> {
  const host = new CliProcess(['exec', '--quiet', '--', 'sh', '-c', 'sleep 60 & echo ready; wait', MARK]);
  try {
    await host.saw('ready');
    await act(host);
  } finally {
    await host.close();
  }
}

describe.runIf(process.platform === 'linux')('top', () => {
  it('shows a held command as a document and as text', async () => {
    await withHeld(async (host) => {
      const { exitCode, stdout, stderr } = await custody(['top', '--json']);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      const { trees } = JSON.parse(stdout.toString()) as GuardedTrees;
      const mine = trees.filter(({ command }) => command.includes(MARK));
      expect(mine).toMatchObject([{ host: { pid: host.child.pid }, members: 2 }]);
      expect(mine[0]?.host.command).toContain('exec --quiet');
      expect(mine[0]?.memoryBytes).toBeGreaterThan(0);
      const text = (await custody(['top'])).stdout.toString();
      expect(text).toContain(MARK);
      expect(text).not.toContain('\x1b');
    });
  });

  it('shows it no longer when it has ended', async () => {
    await withHeld(() => Promise.resolve());
    const shown = (await custody(['top', '--once'])).stdout.toString();
    expect(shown).not.toContain(MARK);
  });

  it('looks again and again on a terminal, until Ctrl+C, and leaves the screen as it was', async () => {
    await withHeld(async () => {
      const terminal = Terminal.script('require', '"$NODE" "$CLI" top --interval 100ms; echo ended $?');
      try {
        for (let looks = 0; looks < 3; looks += 1) await terminal.saw(/\[2J\d+ commands/u);
        await terminal.saw(/sleep 60/u);
        terminal.type(ctrlC);
        await eventually(
          () => terminal.transcript.includes('\x1b[?25h\x1b[?1049l'),
          () => JSON.stringify(terminal.transcript.slice(-300)),
        );
      } finally {
        await terminal.close();
      }
    });
  });

  it('refuses an interval that is none', async () => {
    expect(await custody(['top', '--interval', '1ms'])).toMatchObject({ exitCode: 2 });
  });
});
