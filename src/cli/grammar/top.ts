/** The grammar of `custody top`. */
import type { Command } from 'commander';
import { formatDuration } from '../quantity.js';
import type { TypedLine } from './grammar.js';
import { durationIn } from './values.js';

/** One `custody top`. */
export interface TopRequest {
  readonly kind: 'top';
  /** Look once, also on a terminal. */
  readonly once: boolean;
  readonly intervalMs: number;
  readonly json: boolean;
}

/** Milliseconds between two looks. A look costs some microseconds for each process of the machine. */
const INTERVAL = { min: 100, max: 3_600_000, standard: 2_000 } as const;

const HELP = `
Shows every command that a custody of this machine holds in a guarded tree (containment tree or strict), whichever program
started it. Linux only; of other users' processes only what the system lets you see.

Without a terminal, or with --once or --json, it looks once. CPU is then the average since the command began. Ctrl+C ends it.`;

/** Declares `top`. */
export function topGrammar(program: Command, line: TypedLine<TopRequest>): void {
  program
    .command('top')
    .description('Show the commands that are held on this machine, with their processes, CPU and memory.')
    .option('--once', 'look once and end')
    .option(
      '--interval <duration>',
      `time between two looks (default: ${formatDuration(INTERVAL.standard)})`,
      durationIn(INTERVAL),
    )
    .option('--json', 'print one JSON document')
    .addHelpText('after', HELP)
    .action((options: { readonly once?: true; readonly interval?: number; readonly json?: true }) => {
      line.accept({
        kind: 'top',
        once: options.once ?? false,
        intervalMs: options.interval ?? INTERVAL.standard,
        json: options.json ?? false,
      });
    });
}
