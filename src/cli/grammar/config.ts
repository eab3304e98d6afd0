/** The grammar of `custody config`. */
import type { Command } from 'commander';
import { UsageError, type TypedLine } from './grammar.js';
import { addConfig, type ConfigChoice } from './project-options.js';

/** One `custody config`. */
export interface ConfigRequest {
  readonly kind: 'config';
  readonly json: boolean;
  /** Whether an example is written instead. */
  readonly init: boolean;
  readonly config: ConfigChoice;
}

const HELP = `
Values come from options, environment variables, the configuration file, its preset, or are built in.

Examples:
  custody config
  custody config --json | jq .values.maxOutputKb
  custody config --init

Exit code: 0, or 2 when the file is wrong: every problem is named with its line.`;

/** Declares `config`. */
export function configGrammar(program: Command, line: TypedLine<ConfigRequest>): void {
  const command = program
    .command('config')
    .description('Show the values that hold here, and where each comes from.')
    .option('--json', 'print one JSON document')
    .option('--init', 'write custody.yml with every key explained, if there is none');
  addConfig(command)
    .addHelpText('after', HELP)
    .action((options: { readonly json?: true; readonly init?: true; readonly config?: ConfigChoice }) => {
      const { json = false, init = false, config } = options;
      if (init && (json || config !== undefined)) throw new UsageError('--init takes no other options');
      line.accept({ kind: 'config', json, init, config });
    });
}
