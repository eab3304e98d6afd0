/** The grammar of `custody completion`. */
import { Argument, type Command } from 'commander';
import { commandTree, type CommandNode } from '../tree.js';
import type { TypedLine } from './grammar.js';

/** Shells that there are completions for. */
export type CompletionShell = 'bash' | 'zsh' | 'fish';

/** One `custody completion`. */
export interface CompletionRequest {
  readonly kind: 'completion';
  readonly shell: CompletionShell;
  /** The whole program. */
  readonly tree: CommandNode;
}

const HELP = `
Examples:
  custody completion bash > ~/.local/share/bash-completion/completions/custody
  custody completion zsh > "\${fpath[1]}/_custody"
  custody completion fish > ~/.config/fish/completions/custody.fish`;

/** Declares `completion`. */
export function completionGrammar(program: Command, line: TypedLine<CompletionRequest>): void {
  program
    .command('completion')
    .description('Print the completions of a shell.')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', HELP)
    .action((shell: CompletionShell) => {
      line.accept({ kind: 'completion', shell, tree: commandTree(program) });
    });
}
