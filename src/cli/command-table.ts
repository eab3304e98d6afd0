/**
 * The commands, one line each: its grammar and what loads its implementation. In the order of the help.
 *
 * Grammars are loaded with the program, implementations when they are asked for: `--help` and usage errors load neither
 * the library nor the addon, and no command pays for another.
 */
import type { Command } from 'commander';
import { completionGrammar } from './grammar/completion.js';
import { configGrammar } from './grammar/config.js';
import { doctorGrammar } from './grammar/doctor.js';
import { execGrammar } from './grammar/exec.js';
import type { CommandGrammar, TypedLine } from './grammar/grammar.js';
import { runManyGrammar } from './grammar/run-many.js';
import { runsGrammar } from './grammar/runs.js';
import { topGrammar } from './grammar/top.js';
import { validateGrammar } from './grammar/validate.js';
import type { CliHost } from './host.js';

/** Carries a request out. @returns The exit code of the CLI. */
export type Perform<Request> = (request: Request, host: CliHost) => Promise<number>;

/** A request, and what carries it out. */
export interface AcceptedCommand {
  readonly request: unknown;
  readonly perform: (host: CliHost) => Promise<number>;
}

/** Adds one command to the program. */
export type DeclareCommand = (program: Command, line: TypedLine<AcceptedCommand>) => void;

export const COMMANDS: readonly DeclareCommand[] = [
  entry(execGrammar, async () => (await import('./commands/exec.js')).exec),
  entry(runManyGrammar, async () => (await import('./commands/run-many.js')).runMany),
  entry(topGrammar, async () => (await import('./commands/top.js')).top),
  entry(validateGrammar, async () => (await import('./commands/validate.js')).validate),
  entry(doctorGrammar, async () => (await import('./commands/doctor.js')).doctor),
  entry(runsGrammar, async () => (await import('./commands/runs.js')).runs),
  entry(configGrammar, async () => (await import('./commands/config.js')).config),
  entry(completionGrammar, async () => (await import('./commands/completion.js')).completion),
];

function entry<Request>(grammar: CommandGrammar<Request>, load: () => Promise<Perform<Request>>): DeclareCommand {
  return (program, line) => {
    const accept = (request: Request): void =>
      line.accept({ request, perform: async (host) => (await load())(request, host) });
    grammar(program, { ...line, accept });
  };
}
