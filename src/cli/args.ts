/**
 * The grammar of the command line: what was typed becomes a request, or a message and an exit code.
 *
 * Decides where options may stand. They come before the command, everything after it is the command's own; only a
 * command given as one string (it contains white space and no `--` precedes it) may be followed by our options, as
 * nothing else could follow it. Runs nothing and reads no global state, so that every rule is tested without a process.
 */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { RUN_LIMITS } from '../policy/limits.js';
import type { LimitName, ResourceLimits } from '../core/resource-limits.js';
import { splitCommandLine } from '../core/command-line.js';
import { EXIT } from './exit-codes.js';
import { addSecret, addText, addVariable, type SecretSource, type Variable } from './repeatable.js';
import { formatByteCount, formatDuration, parseByteCount, parseDurationMs } from './quantity.js';

/** One `custody exec`, ready to be started. Durations are in milliseconds; `undefined` means the library's default. */
export interface ExecRequest {
  readonly kind: 'exec';
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretSource[];
  /** Patterns of what is redacted in the document, beside secrets. */
  readonly redact: readonly string[];
  readonly timeoutMs: number | undefined;
  readonly idleTimeoutMs: number | undefined;
  readonly graceMs: number | undefined;
  readonly maxOutputBytes: number | undefined;
  /** Only those that were given. */
  readonly limits: ResourceLimits;
  readonly strictLimits: boolean;
  /** `true`: `file` is a line of the default shell. */
  readonly shell: boolean;
  /** What confines `cwd`; `undefined`: `CUSTODY_ROOT`, if that is set. */
  readonly root: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** One `custody doctor`. */
export interface DoctorRequest {
  readonly kind: 'doctor';
  readonly json: boolean;
}

/** Nothing is left to do: help, the version or a usage error has been written. */
export interface FinishedRequest {
  readonly kind: 'finished';
  readonly exitCode: number;
}

/** What the command line asks for. */
export type CliRequest = ExecRequest | DoctorRequest | FinishedRequest;

/** Where help and usage errors go. */
export interface TextSinks {
  out(text: string): void;
  err(text: string): void;
}

interface ExecOptions {
  readonly timeout?: number;
  readonly idleTimeout?: number;
  readonly grace?: number;
  readonly cwd?: string;
  readonly env?: readonly Variable[];
  readonly secret?: readonly SecretSource[];
  readonly redact?: readonly string[];
  readonly maxOutput?: number;
  readonly memory?: number;
  readonly cpuTime?: number;
  readonly maxProcesses?: number;
  readonly maxOpenFiles?: number;
  readonly maxFileSize?: number;
  readonly strictLimits?: true;
  readonly shell?: true;
  readonly root?: string;
  readonly json?: true;
  readonly quiet?: true;
}

/** An `exec` whose options are known and whose command is still the words that were typed. */
interface TypedExec {
  readonly kind: 'typed-exec';
  readonly words: readonly string[];
  readonly options: ExecOptions;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

const MORE_HELP = '(custody --help tells more)';

const EXEC_HELP = `
A duration is a number with ms, s, m or h; a bare number counts seconds.
Options stand before the command. A command given as one quoted string is split into words, without a shell, and may
be followed by options:  custody exec "npm test" --timeout 60
After -- everything is taken as it is.

Exit code: the command's own; 128 + n if it died of signal n, 124 timeout, 125 not started, status lost or stopped at a
limit, 126 not executable, 127 not found, 130 cancelled, 2 usage, 1 internal error.
With --json the command writes into pipes; otherwise it inherits the terminal.`;

/**
 * Parses the arguments after `node main.js`.
 *
 * @param version - What `--version` prints.
 * @returns A request; usage errors, help and the version are written to `sinks` and come back as `finished`.
 */
export function parseArguments(argv: readonly string[], version: string, sinks: TextSinks): CliRequest {
  const typed = parseWords(argv, version, sinks);
  if (typed.kind !== 'typed-exec') return typed;
  const [command = '', ...trailing] = typed.words;
  // The words are the unparsed end of argv, so what stands right before them tells whether `--` introduced them.
  const leading = argv.slice(0, argv.length - typed.words.length);
  if (leading.at(-1) === '--' || !/\s/.test(command)) {
    return checkCapture(toExecRequest(typed.words, typed.options), sinks);
  }

  const moved = trailing.length === 0 ? typed : parseWords([...leading, ...trailing, command], version, sinks);
  if (moved.kind !== 'typed-exec') return moved;
  if (moved.words.length > 1) {
    return refuse(
      sinks,
      'a command given as one string takes no further arguments; put -- before it if it is a file name',
    );
  }
  // A shell takes the string as it is.
  if (moved.options.shell === true) return checkCapture(toExecRequest([command], moved.options), sinks);
  const line = splitCommandLine(command);
  if ('problem' in line) return refuse(sinks, line.problem);
  return checkCapture(toExecRequest(line.words, moved.options), sinks);
}

function parseWords(
  argv: readonly string[],
  version: string,
  sinks: TextSinks,
): TypedExec | DoctorRequest | FinishedRequest {
  let parsed: TypedExec | DoctorRequest | FinishedRequest = { kind: 'finished', exitCode: EXIT.usage };
  const program = createProgram(version, sinks);
  describeExec(program.command('exec')).action((words: readonly string[], options: ExecOptions) => {
    parsed = { kind: 'typed-exec', words, options };
  });
  describeDoctor(program.command('doctor')).action((options: { readonly json?: true }) => {
    parsed = { kind: 'doctor', json: options.json ?? false };
  });
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { kind: 'finished', exitCode: error.exitCode === 0 ? EXIT.ok : EXIT.usage };
  }
  return parsed;
}

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

function describeExec(exec: Command): Command {
  const { timeoutMs, idleTimeoutMs, graceMs, maxOutputBytes, resources } = RUN_LIMITS;
  const timeoutHelp = `stop the command after this time (default: ${formatDuration(timeoutMs.standard)})`;
  const graceHelp = `time between the polite stop and the kill (default: ${formatDuration(graceMs.standard)})`;
  const maxOutputHelp = `bytes of each stream kept for --json, as 512K or 10M (default: ${formatByteCount(maxOutputBytes.standard)})`;
  return exec
    .description('Run a command, show its output live and return its exit code.')
    .usage('[options] [--] <command> [args...]')
    .argument('<command...>', 'the command and its arguments, or both as one quoted string')
    .passThroughOptions()
    .option('--timeout <duration>', timeoutHelp, durationIn(timeoutMs))
    .option(
      '--idle-timeout <duration>',
      'stop the command when it writes nothing for this long (with --json)',
      durationIn(idleTimeoutMs),
    )
    .option('--grace <duration>', graceHelp, durationIn(graceMs))
    .option('--cwd <directory>', 'run the command in this directory')
    .option('--root <directory>', 'run the command in this directory and refuse a --cwd that is not in it')
    .option('--shell', 'run the command as a line of the default shell; further arguments are quoted')
    .option('--env <name=value>', 'set an environment variable (repeatable)', addVariable)
    .option(
      '--secret <name[=file]>',
      'give a variable from the environment, or from a file, and redact its value (repeatable)',
      addSecret,
    )
    .option(
      '--redact <pattern>',
      'redact what matches, and what looks like a secret (repeatable, with --json)',
      addText,
    )
    .option('--max-output <bytes>', maxOutputHelp, bytesIn(maxOutputBytes))
    .option(
      '--memory <bytes>',
      'stop the command when its processes together use more memory, as 512M or 2G',
      bytesIn(resources.memoryBytes),
    )
    .option(
      '--cpu-time <duration>',
      'stop the command when its processes together used more CPU time',
      durationIn(resources.cpuTimeMs),
    )
    .option(
      '--max-processes <count>',
      'stop the command when more of its processes are alive',
      countIn(resources.maxProcesses),
    )
    .option('--max-open-files <count>', 'descriptors that each process may have', countIn(resources.maxOpenFiles))
    .option('--max-file-size <bytes>', 'size of each file that is written', bytesIn(resources.maxFileSizeBytes))
    .option('--strict-limits', 'do not start the command where one of these limits cannot be enforced')
    .option('--json', 'capture the output and print one JSON document instead')
    .option('--quiet', 'print no summary line')
    .addHelpText('after', EXEC_HELP);
}

function describeDoctor(doctor: Command): Command {
  return doctor
    .description('Show the backend in use, what it can contain, and its limits.')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExit code: 0, or 1 when CUSTODY_NATIVE=require cannot be met.');
}

/** What needs output that passes through here, which so far only `--json` captures. */
function checkCapture(request: ExecRequest, sinks: TextSinks): ExecRequest | FinishedRequest {
  if (request.json) return request;
  if (request.idleTimeoutMs !== undefined)
    return refuse(sinks, '--idle-timeout needs --json: output that the command inherits cannot be watched');
  if (request.redact.length > 0)
    return refuse(sinks, '--redact needs --json: output that the command inherits cannot be redacted');
  return request;
}

function toExecRequest(words: readonly string[], options: ExecOptions): ExecRequest {
  const [file = '', ...args] = words;
  return {
    kind: 'exec',
    file,
    args,
    cwd: options.cwd,
    // fromEntries defines own properties, so a variable named __proto__ is a variable like any other.
    env: Object.fromEntries(options.env ?? []),
    secrets: options.secret ?? [],
    redact: options.redact ?? [],
    timeoutMs: options.timeout,
    idleTimeoutMs: options.idleTimeout,
    graceMs: options.grace,
    maxOutputBytes: options.maxOutput,
    limits: limitsOf(options),
    strictLimits: options.strictLimits ?? false,
    shell: options.shell ?? false,
    root: options.root,
    json: options.json ?? false,
    quiet: options.quiet ?? false,
  };
}

function limitsOf(options: ExecOptions): ResourceLimits {
  const all: Readonly<Record<LimitName, number | undefined>> = {
    memoryBytes: options.memory,
    cpuTimeMs: options.cpuTime,
    maxProcesses: options.maxProcesses,
    maxOpenFiles: options.maxOpenFiles,
    maxFileSizeBytes: options.maxFileSize,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function refuse(sinks: TextSinks, problem: string): FinishedRequest {
  sinks.err(`custody: ${problem}\n${MORE_HELP}\n`);
  return { kind: 'finished', exitCode: EXIT.usage };
}

function durationIn(range: Range): (text: string) => number {
  return (text) => {
    const durationMs = parseDurationMs(text);
    if (durationMs === undefined) throw new InvalidArgumentError('Durations look like 30s, 500ms, 2m or 1h.');
    if (durationMs < range.min || durationMs > range.max) {
      throw new InvalidArgumentError(`It must be from ${formatDuration(range.min)} to ${formatDuration(range.max)}.`);
    }
    return durationMs;
  };
}

function bytesIn(range: Range): (text: string) => number {
  return (text) => {
    const bytes = parseByteCount(text);
    if (bytes === undefined) throw new InvalidArgumentError('Sizes look like 65536, 512K, 10M or 1G.');
    if (bytes < range.min || bytes > range.max) {
      throw new InvalidArgumentError(`It must be from ${formatByteCount(range.min)} to ${formatByteCount(range.max)}.`);
    }
    return bytes;
  };
}

function countIn(range: Range): (text: string) => number {
  return (text) => {
    const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (count >= range.min && count <= range.max) return count;
    throw new InvalidArgumentError(`It must be a whole number from ${range.min} to ${range.max}.`);
  };
}
