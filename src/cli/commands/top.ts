/**
 * `custody top`: looks at the guarded trees of this machine, once or again and again.
 *
 * On a terminal it draws on the alternate screen, so that what was there before is there afterwards.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { EXIT } from '../exit-codes.js';
import type { TopRequest } from '../grammar/top.js';
import { readGuardedTrees, type ProcFiles } from '../guarded-trees.js';
import type { CliHost, Sinks } from '../host.js';
import { Problem } from '../problem.js';
import { renderTop, type Look } from '../render/top-report.js';

/** Raised when a field is removed or changes its meaning; new fields do not raise it. */
const DOCUMENT_VERSION = 1;

const ENTER_SCREEN = '\x1b[?1049h\x1b[?25l';
const LEAVE_SCREEN = '\x1b[?25h\x1b[?1049l';
const CLEAR = '\x1b[H\x1b[2J';
const USUAL_ROWS = 24;

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Shows what is held. @returns The exit code of the CLI. */
export async function top(request: TopRequest, { sinks, platform }: CliHost): Promise<number> {
  if (platform !== 'linux') {
    throw new Problem(
      'custody top reads /proc, which only Linux has',
      'look at the processes with the tools of this system',
      EXIT.failed,
    );
  }
  if (request.json) sinks.out(`${JSON.stringify({ version: DOCUMENT_VERSION, ...look().found }, null, 2)}\n`);
  else if (request.once || !sinks.outScreen.isTTY) sinks.out(renderTop(look(), undefined, sinks.outScreen));
  else await showUntilStopped(request.intervalMs, sinks);
  return EXIT.ok;
}

async function showUntilStopped(intervalMs: number, sinks: Sinks): Promise<void> {
  let before: Look | undefined;
  const draw = (): void => {
    const now = look();
    const lines = renderTop(now, before, sinks.outScreen).split('\n');
    // One row more than the terminal has would scroll the first one away.
    sinks.out(CLEAR + lines.slice(0, (process.stdout.rows || USUAL_ROWS) - 1).join('\n'));
    before = now;
  };
  sinks.out(ENTER_SCREEN);
  const timer = setInterval(draw, intervalMs);
  try {
    draw();
    await new Promise<void>((resolve) => {
      for (const signal of STOP_SIGNALS) process.once(signal, () => resolve());
    });
  } finally {
    clearInterval(timer);
    sinks.out(LEAVE_SCREEN);
  }
}

function look(): Look {
  return { atMs: performance.now(), found: readGuardedTrees(procFiles) };
}

const procFiles: ProcFiles = {
  list: () => readdirSync('/proc'),
  read: (path) => {
    try {
      return readFileSync(`/proc/${path}`, 'utf8');
    } catch {
      return undefined; // It ended meanwhile, or is none of ours to read.
    }
  },
};
