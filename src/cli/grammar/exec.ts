/**
 * The grammar of `custody exec`.
 *
 * Decides where options may stand. They come before the command, everything after it is the command's own; only a
 * command given as one string (it contains white space and no `--` precedes it) may be followed by our options, as
 * nothing else could follow it.
 */
import type { Command } from 'commander';
import { splitCommandLine } from '../../core/command-line.js';
import type { LimitName, ResourceLimits } from '../../core/resource-limits.js';
import { RUN_LIMITS } from '../../policy/limits.js';
import { formatByteCount, formatDuration } from '../quantity.js';
import { addSecret, addText, addVariable, type SecretSource, type Variable } from '../repeatable.js';
import type { AuditChoice } from '../commands/run-audit.js';
import { UsageError, type TypedLine } from './grammar.js';
import { bytesIn, countIn, durationIn } from './values.js';

/** One `custody exec`, ready to be started. Durations are in milliseconds; `undefined` means the library's default. */
export interface ExecRequest {
  readonly kind: 'exec';
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string | undefined;
  /** `undefined` removes a variable. */
  readonly env: Readonly<Record<string, string | undefined>>;
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
  readonly audit: AuditChoice;
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
  readonly audit: boolean;
  readonly auditDb?: string;
}

const EXEC_HELP = `
A duration is a number with ms, s, m, h or d; a bare number counts seconds.
Options stand before the command. A command given as one quoted string is split into words, without a shell, and may
be followed by options:  custody exec "npm test" --timeout 60
After -- everything is taken as it is.

Exit code: the command's own; 128 + n if it died of signal n, 124 timeout, 125 not started, status lost or stopped at a
limit, 126 not executable, 127 not found, 130 cancelled, 2 usage, 1 internal error.
With --json the command writes into pipes; otherwise it inherits the terminal.`;

/** Declares `exec`. */
export function execGrammar(program: Command, line: TypedLine<ExecRequest>): void {
  describeExec(program.command('exec')).action((words: readonly string[], options: ExecOptions) => {
    readCommand(words, options, line);
  });
}

function readCommand(words: readonly string[], options: ExecOptions, line: TypedLine<ExecRequest>): void {
  const [command = '', ...trailing] = words;
  // The words are the unparsed end of argv, so what stands right before them tells whether `--` introduced them.
  const leading = line.argv.slice(0, line.argv.length - words.length);
  if (!line.isRearranged) {
    if (leading.at(-1) === '--' || !/\s/.test(command)) {
      line.accept(toExecRequest(words, options));
      return;
    }
    if (trailing.length > 0) {
      line.again([...leading, ...trailing, command]);
      return;
    }
  }
  if (trailing.length > 0) {
    throw new UsageError(
      'a command given as one string takes no further arguments; put -- before it if it is a file name',
    );
  }
  // A shell takes the string as it is.
  if (options.shell === true) {
    line.accept(toExecRequest([command], options));
    return;
  }
  const split = splitCommandLine(command);
  if ('problem' in split) throw new UsageError(split.problem);
  line.accept(toExecRequest(split.words, options));
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
    .option('--no-audit', 'do not record the run')
    .option('--audit-db <file>', 'record the run in this store (default: .custody/audit.db of the project)')
    .addHelpText('after', EXEC_HELP);
}

function toExecRequest(words: readonly string[], options: ExecOptions): ExecRequest {
  checkCapture(options);
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
    audit: { isWanted: options.audit, file: options.auditDb },
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

/** What needs output that passes through here, which so far only `--json` captures. */
function checkCapture({ json, idleTimeout, redact }: ExecOptions): void {
  if (json === true) return;
  if (idleTimeout !== undefined) {
    throw new UsageError('--idle-timeout needs --json: output that the command inherits cannot be watched');
  }
  if (redact !== undefined) {
    throw new UsageError('--redact needs --json: output that the command inherits cannot be redacted');
  }
}
