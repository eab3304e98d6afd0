/**
 * Reads the list of commands that `custody run-many` is given: one on each line, as words or as a JSON object.
 *
 * Decides what a line may say. Every line is checked before anything is started, by the rules of the library, and all that
 * is wrong is told at once with the numbers of the lines.
 */
import { splitCommandLine } from '../core/command-line.js';
import { CommandValidationError } from '../core/errors.js';
import { readDefaults, readInvocation } from '../core/invocation.js';
import { nearestName } from '../core/nearest-name.js';
import type { CommandSpec, RunOptions } from '../core/run-options.js';
import { isObject } from '../core/shape.js';
import { RUN_LIMITS } from '../policy/limits.js';
import { Problem } from './problem.js';

/** One command of a list. */
export interface ListedCommand {
  /** Number of the line, from 1. */
  readonly line: number;
  /** What it is called in reports; `undefined`: by its words. */
  readonly id: string | undefined;
  readonly command: CommandSpec;
  readonly options: Pick<RunOptions, 'successExitCodes'>;
}

/** More are a mistake, or the work of something that should run them itself. */
const MAX_COMMANDS = 100_000;
/** Wrong lines that are spelled out. */
const SHOWN_PROBLEMS = 10;

const COMMAND_KEYS = ['file', 'args', 'cwd', 'env', 'envMode', 'timeoutMs', 'limits', 'input', 'shell'] as const;
const KEYS: readonly string[] = [...COMMAND_KEYS, 'id', 'successExitCodes'];

/** What holds for lines that do not say otherwise. */
export interface ListDefaults {
  readonly shell: boolean;
  readonly cwd: string | undefined;
}

type LineReading = Omit<ListedCommand, 'line'> | { readonly problem: string };

/** @throws {@link Problem} naming every line that is no command, or if there is none. */
export function readCommandList(text: string, defaults: ListDefaults): readonly ListedCommand[] {
  const commands: ListedCommand[] = [];
  const problems: string[] = [];
  let line = 0;
  for (const raw of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    line += 1;
    const content = raw.trim();
    if (content === '' || content.startsWith('#')) continue;
    const reading = content.startsWith('{') ? readObject(content) : readWords(content, defaults.shell);
    const problem = 'problem' in reading ? reading.problem : problemOf(reading);
    if (problem !== undefined) problems.push(`line ${line}: ${problem}`);
    else if (!('problem' in reading))
      commands.push({ line, ...reading, command: { cwd: defaults.cwd, ...reading.command } });
    if (commands.length > MAX_COMMANDS)
      throw new Problem(`there are more than ${MAX_COMMANDS} commands`, 'split the list');
  }
  if (problems.length > 0) throw new Problem(spelledOut(problems), 'nothing was started');
  if (commands.length === 0) throw new Problem('there is no command in the list');
  return commands;
}

function spelledOut(problems: readonly string[]): string {
  const more = problems.length - SHOWN_PROBLEMS;
  return [...problems.slice(0, SHOWN_PROBLEMS), ...(more > 0 ? [`and ${more} more lines`] : [])].join('; ');
}

function readWords(line: string, shell: boolean): LineReading {
  if (shell) return { id: undefined, command: { file: line, shell }, options: {} };
  const split = splitCommandLine(line);
  if ('problem' in split) return { problem: split.problem };
  const [file = '', ...args] = split.words;
  return { id: undefined, command: { file, args }, options: {} };
}

function readObject(line: string): LineReading {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { problem: 'begins with { and is not JSON' };
  }
  if (!isObject(value)) return { problem: 'is not an object' };
  const unknown = Object.keys(value).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    const nearest = nearestName(unknown, KEYS);
    return { problem: `${unknown} is not a key${nearest === undefined ? '' : `; did you mean ${nearest}?`}` };
  }
  const { id, successExitCodes, ...command } = value;
  if (id !== undefined && typeof id !== 'string') return { problem: 'id must be a string' };
  // Whatever else is wrong with it, the library says.
  return {
    id,
    command: command as unknown as CommandSpec,
    options: { successExitCodes: successExitCodes as number[] },
  };
}

const defaults = readDefaults(undefined, RUN_LIMITS);

/** What the library would say of it. */
function problemOf({ command, options }: Omit<ListedCommand, 'line'>): string | undefined {
  try {
    readInvocation(command, options, undefined, defaults, RUN_LIMITS);
    return undefined;
  } catch (error) {
    if (!(error instanceof CommandValidationError)) throw error;
    return error.issues.map(({ property, message }) => `${property} ${message}`).join(', ');
  }
}
