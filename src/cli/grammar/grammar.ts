/**
 * What a command contributes to the command line: a declaration of its options, from which its request is made.
 *
 * A grammar runs nothing and reads no global state, so that every rule is tested without a process. It knows commander; what
 * carries the request out does not.
 */
import type { Command } from 'commander';

/**
 * Adds one command, with its subcommands if it has any, to the program. Its action hands the request over with
 * `line.accept`, or throws {@link UsageError}.
 */
export type CommandGrammar<Request> = (program: Command, line: TypedLine<Request>) => void;

/** The line that is being parsed, as an action sees it. */
export interface TypedLine<Request> {
  /** All that was typed after the name of the program. */
  readonly argv: readonly string[];
  /** `true` for what was rearranged by {@link TypedLine.again}. */
  readonly isRearranged: boolean;
  accept(request: Request): void;
  /** Parses other arguments in place of what was typed. For once: a line that was rearranged is parsed as it is. */
  again(argv: readonly string[]): void;
}

/** What was typed parses and makes no sense. The message is one clause and is shown with a hint to the help. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
