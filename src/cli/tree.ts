/**
 * The commands and options of the program as plain data: what completions and the man page are made of. Taken from the same
 * declarations that parse, so that neither can say what is not so.
 */
import type { Command, Option } from 'commander';

/** An option of a command. */
export interface OptionNode {
  /** `-h` and `--help`, as they are typed. */
  readonly names: readonly string[];
  /** What stands for its value, such as `<duration>`; `undefined`: it takes none. */
  readonly value: string | undefined;
  readonly choices: readonly string[];
  readonly description: string;
}

/** A command and what is below it. */
export interface CommandNode {
  readonly name: string;
  readonly description: string;
  /** As `[options] [--] <command> [args...]`. */
  readonly usage: string;
  readonly options: readonly OptionNode[];
  readonly commands: readonly CommandNode[];
}

/** The tree below a command, hidden ones left out. */
export function commandTree(command: Command): CommandNode {
  const help = command.createHelp();
  return {
    name: command.name(),
    description: command.description(),
    usage: command.usage(),
    options: help.visibleOptions(command).map(optionNode),
    commands: help
      .visibleCommands(command)
      .filter((child) => child.name() !== 'help')
      .map(commandTree),
  };
}

function optionNode(option: Option): OptionNode {
  const value = /[<[].*$/.exec(option.flags)?.[0];
  return {
    names: [option.short, option.long].filter((name) => name !== undefined),
    value,
    choices: option.argChoices ?? [],
    description: option.description,
  };
}
