/**
 * From what was typed to what is to be done: the program, its commands from the table, and the errors of both.
 *
 * Decides what all commands share: help, the version, `--color`, and the form of a usage error. What a command takes is
 * the business of its grammar.
 */
import { Command, CommanderError, Option } from 'commander';
import { COMMANDS, type AcceptedCommand } from './command-table.js';
import { EXIT } from './exit-codes.js';
import { UsageError } from './grammar/grammar.js';
import type { TextSinks } from './host.js';
import { COLOR_CHOICES, type ColorChoice } from './render/colors.js';
import { commandTree, type CommandNode } from './tree.js';

/** What the command line asks for. `finished`: help, the version or a usage error has been written and nothing is left to do. */
export type ParsedLine =
  | (AcceptedCommand & { readonly kind: 'command'; readonly color: ColorChoice })
  | { readonly kind: 'finished'; readonly exitCode: number };

const MORE_HELP = '(custody --help tells more)';

/**
 * Parses the arguments after `node main.js`.
 *
 * @param version - What `--version` prints.
 * @returns A request; usage errors, help and the version are written to `sinks` and come back as `finished`.
 */
export function parseArguments(argv: readonly string[], version: string, sinks: TextSinks): ParsedLine {
  try {
    return parseOnce(argv, version, sinks, false);
  } catch (error) {
    if (error instanceof UsageError) {
      sinks.err(`custody: ${error.message}\n${MORE_HELP}\n`);
      return { kind: 'finished', exitCode: EXIT.usage };
    }
    if (!(error instanceof CommanderError)) throw error;
    return { kind: 'finished', exitCode: error.exitCode === 0 ? EXIT.ok : EXIT.usage };
  }
}

/** The whole program as data, for the man page. */
export function describeProgram(version: string): CommandNode {
  const program = createProgram(version, { out: () => undefined, err: () => undefined });
  const ignored = { argv: [], isRearranged: false, accept: () => undefined, again: () => undefined };
  for (const declare of COMMANDS) declare(program, ignored);
  addColor(program);
  return commandTree(program);
}

function parseOnce(argv: readonly string[], version: string, sinks: TextSinks, isRearranged: boolean): ParsedLine {
  let parsed: ParsedLine = { kind: 'finished', exitCode: EXIT.usage };
  let color: ColorChoice = 'auto';
  const program = createProgram(version, sinks);
  for (const declare of COMMANDS) {
    declare(program, {
      argv,
      isRearranged,
      accept: (accepted) => (parsed = { kind: 'command', color, ...accepted }),
      again: (rearranged) => (parsed = parseOnce(rearranged, version, sinks, true)),
    });
  }
  addColor(program);
  program.hook('preAction', (_, command) => {
    color = command.optsWithGlobals<{ readonly color?: ColorChoice }>().color ?? 'auto';
  });
  program.parse(argv, { from: 'user' });
  return parsed;
}

/** The program without its commands. */
function createProgram(version: string, sinks: TextSinks): Command {
  return new Command('custody')
    .description('Runs commands and keeps custody of every process they create.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print the help of a command')
    .enablePositionalOptions()
    .showHelpAfterError(MORE_HELP)
    .configureOutput({
      writeOut: (text) => sinks.out(text),
      writeErr: (text) => sinks.err(text),
      outputError: (text, write) => write(text.replace(/^error:/, 'custody:')),
    })
    .exitOverride();
}

/** `--color` is taken where people type it: before the name of a command and among its options. */
function addColor(command: Command): void {
  const help = 'colours: auto (on a terminal, unless NO_COLOR is set), always or never';
  command.addOption(new Option('--color <when>', help).choices(COLOR_CHOICES));
  command.commands.forEach(addColor);
}
