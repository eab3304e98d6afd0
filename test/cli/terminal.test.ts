// Promised    : a command that inherits a terminal owns it while it runs: it is in the foreground, it gets the keys and
//               their signals, and whatever becomes of it, the terminal is the caller's again afterwards, with the modes
//               it had if the command died of a signal. Job control works as without custody in between.
// Not promised: the modes of the terminal after a command that changed them and exited by itself: `stty` must work.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from '../conformance/eventually.js';
import { backends, custody, type BackendMode } from './cli-process.js';
import { ctrlC, ctrlZ, Terminal } from './terminal.js';

/** Shell words that print whether the shell's process group is the terminal's foreground group: `LABEL:yes` or `LABEL:no`. */
function foreground(label: string): string {
  const fields = 'pid comm state ppid pgrp session tty tpgid rest';
  return `read -r ${fields} </proc/self/stat; [ $pgrp = $tpgid ] && echo ${label}:yes || echo ${label}:no`;
}

const run = '"$NODE" "$CLI" exec --quiet';
/** Prints its pid, then every line it reads; `end` ends it with code 5. */
const reader = `sh -c 'echo pid=$$.; while read -r line; do echo "<$line>"; [ "$line" = end ] && exit 5; done'`;

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function isStopped(pid: number): boolean {
  return /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

function isInForeground(pid: number): boolean {
  // Fields after the name in parentheses: state, ppid, pgrp, session, tty, tpgid.
  const [, , group, , , foregroundGroup] = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return group === foregroundGroup;
}

async function withTerminal(terminal: Terminal, test: (terminal: Terminal) => Promise<void>): Promise<void> {
  try {
    await test(terminal);
  } finally {
    await terminal.close();
  }
}

async function hasTerminal([, mode]: readonly [string, BackendMode]): Promise<boolean> {
  const { stdout } = await custody(['doctor', '--json'], { mode });
  const report = JSON.parse(stdout.toString()) as { readonly capabilities: { readonly terminal: boolean } };
  return report.capabilities.terminal;
}

const withJobControl: (readonly [string, BackendMode])[] = [];
for (const backend of backends) if (await hasTerminal(backend)) withJobControl.push(backend);

describe.each(backends)('a command on a terminal over %s', (_name, mode) => {
  it('sees a terminal on all three streams', async () => {
    await withTerminal(
      Terminal.exec(mode, '--quiet', 'sh', '-c', '[ -t 0 ] && [ -t 1 ] && [ -t 2 ]'),
      async (terminal) => {
        expect(await terminal.end()).toBe(0);
      },
    );
  });

  it('answers a prompt', async () => {
    const script = 'printf "name? "; read -r name; echo "hello $name"; exit 3';
    await withTerminal(Terminal.exec(mode, 'sh', '-c', script), async (terminal) => {
      await terminal.saw(/name\? $/);
      terminal.type('Ada\n');
      await terminal.saw(/hello Ada\r\n/);
      await terminal.saw(/custody: exit 3/);
      expect(await terminal.end()).toBe(3);
    });
  });

  it('reads single keys in raw mode', async () => {
    const script =
      'old=$(stty -g); stty raw -echo; printf ready; key=$(dd bs=1 count=1 2>&-); stty "$old"; echo "key=[$key]"';
    await withTerminal(Terminal.exec(mode, '--quiet', 'sh', '-c', script), async (terminal) => {
      await terminal.saw(/ready/);
      terminal.type('q');
      await terminal.saw(/key=\[q\]/);
      expect(await terminal.end()).toBe(0);
    });
  });
});

describe('a long silent run on a terminal', () => {
  it('shows how long it has run, on a line that is gone afterwards', async () => {
    const flag = join(mkdtempSync(join(tmpdir(), 'custody-silent-')), 'flag');
    const wait = `while [ ! -e ${flag} ]; do sleep 0.05; done`;
    const script = `"$NODE" "$CLI" exec --json sh -c '${wait}' >/dev/null; echo over`;
    await withTerminal(Terminal.script('require', script), async (terminal) => {
      // Redrawn, with the time that it is then: a machine that stands still leaves out a second.
      const [, first] = await terminal.saw(/\rcustody: (\d+) s, sh -c while/);
      const later = new RegExp(`\\rcustody: (?!${first} s)(\\d+) s, sh -c while`);
      expect(Number((await terminal.saw(later))[1])).toBeGreaterThan(Number(first));
      writeFileSync(flag, '');
      await terminal.saw(/\r.\[Kover/);
    });
    rmSync(dirname(flag), { recursive: true });
  });
});

describe.each(withJobControl)('the foreground over %s', (_name, mode) => {
  it('belongs to the command', async () => {
    await withTerminal(Terminal.exec(mode, '--quiet', 'sh', '-c', foreground('leader')), async (terminal) => {
      await terminal.saw(/leader:yes/);
    });
  });

  it('belongs to a command that reads data from a pipe, too', async () => {
    const script = `${foreground('leader')}; read -r data; read -r answer </dev/tty; echo "[$data][$answer]"`;
    const outer = `echo data | ${run} sh -c '${script}'; ${foreground('caller')}`;
    await withTerminal(Terminal.script(mode, outer), async (terminal) => {
      await terminal.saw(/leader:yes/);
      terminal.type('answer\n');
      await terminal.saw(/\[data\]\[answer\]/);
      await terminal.saw(/caller:yes/);
    });
  });

  it('stays with the shell when the command is started in the background', async () => {
    await withTerminal(Terminal.shell(mode), async (terminal) => {
      terminal.type(`${run} sh -c '${foreground('leader')}' & wait; ${foreground('shell')}\n`);
      await terminal.saw(/leader:no/);
      await terminal.saw(/shell:yes/);
    });
  });

  it.each([
    ['exited', 'exit 0'],
    ['crashed', 'kill -SEGV $$'],
    ['been killed', 'kill -KILL $$'],
    ['outlived its timeout', 'sleep 60'],
  ])("is the caller's again when the command has %s", async (_what, script) => {
    const outer = `${run} --timeout 500ms sh -c '${script}'; ${foreground('caller')}; read -r line; echo "got $line"`;
    await withTerminal(Terminal.script(mode, outer), async (terminal) => {
      await terminal.saw(/caller:yes/);
      terminal.type('input\n');
      await terminal.saw(/got input/);
      expect(await terminal.end()).toBe(0);
    });
  });

  it("is the caller's again when the command was not started", async () => {
    await withTerminal(Terminal.script(mode, `${run} no-such-command; ${foreground('caller')}`), async (terminal) => {
      await terminal.saw(/caller:yes/);
    });
  });
});

describe.each(withJobControl)('the modes over %s', (_name, mode) => {
  const echo = 'case "$(stty -a)" in *" -echo "*) echo echo:off;; *) echo echo:on;; esac';

  it('are restored after a command that died of a signal', async () => {
    const outer = `${run} sh -c 'stty -echo; kill -KILL $$'; ${echo}`;
    await withTerminal(Terminal.script(mode, outer), async (terminal) => {
      await terminal.saw(/echo:on/);
    });
  });
});

describe.each(withJobControl)('keys over %s', (_name, mode) => {
  it('sends Ctrl+C to the command alone, which decides what comes of it', async () => {
    const script = `trap 'echo interrupted; exit 9' INT; echo ready; while :; do sleep 0.05; done`;
    await withTerminal(Terminal.exec(mode, 'sh', '-c', script), async (terminal) => {
      await terminal.saw(/ready/);
      terminal.type(ctrlC);
      await terminal.saw(/interrupted/);
      await terminal.saw(/custody: exit 9/);
      expect(await terminal.end()).toBe(9);
    });
  });

  it('returns 130 for a command that died of Ctrl+C, and leaves the terminal to the caller', async () => {
    const outer = `${run} sh -c 'echo ready; exec sleep 60'; echo code=$?.; ${foreground('caller')}`;
    await withTerminal(Terminal.script(mode, outer), async (terminal) => {
      await terminal.saw(/ready/);
      terminal.type(ctrlC);
      await terminal.saw(/code=130\./);
      await terminal.saw(/caller:yes/);
    });
  });

  it('stops command and CLI on Ctrl+Z; fg continues both and the time between does not count', async () => {
    const timeoutMs = 4_000;
    await withTerminal(Terminal.shell(mode), async (terminal) => {
      terminal.type(`${run} --timeout ${timeoutMs}ms ${reader}; echo code=$?.\n`);
      const leader = Number((await terminal.saw(/pid=(\d+)\./))[1]);
      terminal.type(ctrlZ);
      await terminal.saw(/Stopped/);
      const stoppedAt = performance.now();
      expect(isStopped(leader)).toBe(true);
      terminal.type(`${foreground('shell')}\n`);
      await terminal.saw(/shell:yes/);
      await eventually(
        () => performance.now() - stoppedAt > timeoutMs + 500,
        () => 'time stands still',
      );
      expect(isStopped(leader)).toBe(true);
      terminal.type('fg\n');
      terminal.type('again\n');
      await terminal.saw(/<again>/);
      terminal.type('end\n');
      await terminal.saw(/<end>/);
      terminal.type('echo code=$?.\n');
      await terminal.saw(/code=5\./);
    });
  });

  it('can be stopped and continued twice', async () => {
    await withTerminal(Terminal.shell(mode), async (terminal) => {
      terminal.type(`${run} ${reader}\n`);
      await terminal.saw(/pid=\d+\./);
      for (const line of ['one', 'two']) {
        terminal.type(ctrlZ);
        await terminal.saw(/Stopped/);
        terminal.type(`fg\n`);
        terminal.type(`${line}\n`);
        await terminal.saw(new RegExp(`<${line}>`));
      }
      terminal.type('end\n');
      await terminal.saw(/<end>/);
    });
  });

  it('goes on in the background with bg and owns the terminal again after fg', async () => {
    const flag = join(mkdtempSync(join(tmpdir(), 'custody-bg-')), 'flag');
    const wait = 'while [ ! -e "$FLAG" ]; do sleep 0.02; done; read -r line; echo "<$line>"';
    await withTerminal(Terminal.shell(mode), async (terminal) => {
      terminal.type(
        `export FLAG=${flag}; ${run} sh -c 'trap "echo continued=\\$((1+1))." CONT; echo pid=$$.; ${wait}'\n`,
      );
      const leader = Number((await terminal.saw(/pid=(\d+)\./))[1]);
      terminal.type(ctrlZ);
      await terminal.saw(/Stopped/);
      terminal.type('bg\n');
      await terminal.saw(/continued=2\./);
      expect(isInForeground(leader)).toBe(false);
      terminal.type('fg\n');
      await eventually(
        () => isInForeground(leader),
        () => terminal.transcript,
      );
      writeFileSync(flag, '');
      terminal.type('typed\n');
      await terminal.saw(/<typed>/);
    });
    rmSync(dirname(flag), { recursive: true });
  });

  it('stops a command in the background that wants input until fg gives it the terminal', async () => {
    await withTerminal(Terminal.shell(mode), async (terminal) => {
      terminal.type(`${run} ${reader} &\n`);
      const leader = Number((await terminal.saw(/pid=(\d+)\./))[1]);
      terminal.type('echo job=$!.\n');
      const job = Number((await terminal.saw(/job=(\d+)\./))[1]);
      // The command first, then the job: what a shell brings to the front is the job.
      await eventually(
        () => isStopped(leader) && isStopped(job),
        () => terminal.transcript,
      );
      terminal.type('fg\n');
      await eventually(
        () => isInForeground(leader),
        () => terminal.transcript,
      );
      terminal.type('typed\n');
      await terminal.saw(/<typed>/);
      terminal.type('end\n');
      await terminal.saw(/<end>/);
    });
  });

  it('ends a suspended command that is asked to end and continued', async () => {
    await withTerminal(Terminal.shell(mode), async (terminal) => {
      terminal.type(`${run} ${reader}\n`);
      const leader = Number((await terminal.saw(/pid=(\d+)\./))[1]);
      terminal.type(ctrlZ);
      await terminal.saw(/Stopped/);
      terminal.type('kill %1; kill -CONT %1\n');
      await eventually(
        () => !isAlive(leader),
        () => terminal.transcript,
      );
    });
  });

  it('goes on at once after Ctrl+Z where nobody could continue it', async () => {
    await withTerminal(Terminal.script(mode, `exec ${run} ${reader}`), async (terminal) => {
      await terminal.saw(/pid=\d+\./);
      terminal.type(ctrlZ);
      terminal.type('on\n');
      await terminal.saw(/<on>/);
      terminal.type('end\n');
      expect(await terminal.end()).toBe(5);
    });
  });
});
