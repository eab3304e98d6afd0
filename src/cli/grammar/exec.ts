/**
 * The grammar of `custody exec`.
 *
 * Decides where options may stand. They come before the command, everything after it is the command's own; only a
 * command given as one string (it contains white space and no `--` precedes it) may be followed by our options, as
 * nothing else could follow it.
 */
import { Option, type Command } from 'commander';
import { splitCommandLine } from '../../core/command-line.js';
import type { CorrelationOption } from '../../core/correlation.js';
import type { EligibilityMode } from '../../core/eligibility.js';
import type { Containment, StragglerPolicy } from '../../core/launch-spec.js';
import type { LimitName, ResourceLimits } from '../../core/resource-limits.js';
import type { OverflowStrategy } from '../../core/retention.js';
import { shellChoiceOf } from '../../core/shell-choice.js';
import { RUN_LIMITS } from '../../policy/limits.js';
import type { Preset } from '../../policy/presets.js';
import { EXIT_CODES } from '../exit-codes.js';
import { formatByteCount, formatDuration } from '../quantity.js';
import { addSecret, addText, addVariable, type SecretSource, type Variable } from '../repeatable.js';
import type { AuditChoice } from '../commands/run-audit.js';
import { UsageError, type TypedLine } from './grammar.js';
import { addAudit, addConfig, auditChoiceOf, type AuditOptions, type ConfigChoice } from './project-options.js';
import { bytesIn, countIn, durationIn } from './values.js';

/** One `custody exec`, ready to be started. Durations are in milliseconds; `undefined` means the library's default. */
export interface ExecRequest {
  readonly kind: 'exec';
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string | undefined;
  /** `undefined` removes a variable. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Files of variables, which those of `env` win over. */
  readonly envFiles: readonly string[];
  readonly secrets: readonly SecretSource[];
  /** Patterns of what is redacted, beside secrets. */
  readonly redact: readonly string[];
  readonly timeoutMs: number | undefined;
  readonly idleTimeoutMs: number | undefined;
  readonly graceMs: number | undefined;
  readonly maxOutputBytes: number | undefined;
  /** Only those that were given. */
  readonly limits: ResourceLimits;
  readonly strictLimits: boolean;
  readonly overflow: OverflowStrategy | undefined;
  readonly onOverflow: 'truncate' | 'kill' | undefined;
  readonly containment: Containment | undefined;
  readonly stragglers: StragglerPolicy | undefined;
  readonly preset: Preset | undefined;
  readonly native: 'auto' | 'require' | 'off' | undefined;
  readonly eligibility: EligibilityMode | undefined;
  readonly correlation: CorrelationOption;
  readonly config: ConfigChoice;
  /** `true`: `file` is a line of the default shell; a text: of that shell. */
  readonly shell: boolean | string;
  /** What confines `cwd`; `undefined`: `CUSTODY_ROOT`, if that is set. */
  readonly root: string | undefined;
  readonly json: boolean;
  /** Whether what happens is printed as JSON lines. */
  readonly events: boolean;
  readonly quiet: boolean;
  readonly audit: AuditChoice;
  readonly verbose: boolean;
}

interface ExecOptions extends AuditOptions {
  readonly timeout?: number;
  readonly idleTimeout?: number;
  readonly grace?: number;
  readonly cwd?: string;
  readonly env?: readonly Variable[];
  readonly envFile?: readonly string[];
  readonly secret?: readonly SecretSource[];
  readonly overflow?: OverflowStrategy;
  readonly onOverflow?: 'truncate' | 'kill';
  readonly containment?: Containment;
  readonly stragglers?: StragglerPolicy;
  readonly preset?: Preset;
  readonly native?: 'auto' | 'require' | 'off';
  readonly eligibility?: EligibilityMode;
  readonly runId?: string;
  readonly sessionId?: string;
  readonly taskId?: string;
  readonly toolCallId?: string;
  readonly config?: ConfigChoice;
  readonly shellName?: string;
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
  readonly events?: true;
  readonly quiet?: true;
  readonly verbose?: true;
}

const EXEC_HELP = `
A duration is a number with ms, s, m, h or d; a bare number counts seconds.
Options stand before the command. A command given as one quoted string is split into words, without a shell, and may
be followed by options:  custody exec "npm test" --timeout 60
After -- everything is taken as it is.

Exit code:
${EXIT_CODES.map(([code, meaning]) => `  ${code.padEnd(15)}${meaning}`).join('\n')}

With --json, --events, --redact and --idle-timeout the command writes into pipes; otherwise it inherits the terminal.

Examples:
  custody exec npm test
  custody exec --timeout 10m --memory 2G -- make -j8
  custody exec "npm test" --timeout 60
  custody exec --shell 'grep -c TODO src/*.ts | sort'
  custody exec --secret NPM_TOKEN --json npm publish --dry-run | jq .outcome`;

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
      line.accept(execRequestOf(words, options));
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
  if (shellOf(options) !== false) {
    line.accept(execRequestOf([command], options));
    return;
  }
  const split = splitCommandLine(command);
  if ('problem' in split) throw new UsageError(split.problem);
  line.accept(execRequestOf(split.words, options));
}

function describeExec(exec: Command): Command {
  exec
    .description('Run a command, show its output live and return its exit code.')
    .usage('[options] [--] <command> [args...]')
    .argument('<command...>', 'the command and its arguments, or both as one quoted string')
    .passThroughOptions();
  addTimeOptions(exec);
  addSurroundings(exec);
  addLimitOptions(exec);
  addContainment(exec);
  return addReportOptions(exec).addHelpText('after', EXEC_HELP);
}

function addTimeOptions(exec: Command): void {
  const { timeoutMs, idleTimeoutMs, graceMs } = RUN_LIMITS;
  const timeoutHelp = `stop the command after this time (default: ${formatDuration(timeoutMs.standard)})`;
  const graceHelp = `time between the polite stop and the kill (default: ${formatDuration(graceMs.standard)})`;
  const idleHelp = 'stop the command when it writes nothing for this long; its output then passes through custody';
  exec
    .option('--timeout <duration>', timeoutHelp, durationIn(timeoutMs))
    .option('--idle-timeout <duration>', idleHelp, durationIn(idleTimeoutMs))
    .option('--grace <duration>', graceHelp, durationIn(graceMs));
}

function addSurroundings(exec: Command): void {
  const withVariables = exec
    .option('--cwd <directory>', 'run the command in this directory')
    .option('--root <directory>', 'run the command in this directory and refuse a --cwd that is not in it')
    .option('--shell', 'run the command as a line of the default shell; further arguments are quoted')
    .option('--shell-name <shell>', 'the same in this shell: sh, bash, cmd, powershell or the path of one')
    .option('--env <name=value>', 'set an environment variable (repeatable)', addVariable)
    .option('--env-file <file>', 'set the variables of a file of NAME=value lines (repeatable); --env wins', addText)
    .option(
      '--secret <name[=file]>',
      'give a variable from the environment, or from a file, and redact its value (repeatable)',
      addSecret,
    )
    .option(
      '--redact <pattern>',
      'redact what matches, and what looks like a secret (repeatable); the output then passes through custody',
      addText,
    );
  addConfig(withVariables)
    .addOption(new Option('--preset <name>', 'what to start from').choices(['default', 'agent', 'compat']))
    .addOption(new Option('--native <mode>', 'the native backend').choices(['auto', 'require', 'off']))
    .addOption(
      new Option('--eligibility <mode>', 'what should not run unattended: run it, say so, or refuse it').choices([
        'off',
        'warn',
        'enforce',
      ]),
    );
}

function addLimitOptions(exec: Command): void {
  const { maxOutputBytes, resources } = RUN_LIMITS;
  const maxOutputHelp = `bytes of each stream kept for --json, as 512K or 10M (default: ${formatByteCount(maxOutputBytes.standard)})`;
  exec
    .option('--max-output <bytes>', maxOutputHelp, bytesIn(maxOutputBytes))
    .addOption(
      new Option('--overflow <part>', 'which part of more output than that is kept').choices([
        'head-tail',
        'head',
        'tail',
      ]),
    )
    .addOption(
      new Option('--on-overflow <action>', 'whether a command that writes more goes on').choices(['truncate', 'kill']),
    )
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
    .option('--strict-limits', 'do not start the command where one of these limits cannot be enforced');
}

function addContainment(exec: Command): void {
  const levels = ['tree', 'strict', 'group', 'none'];
  exec
    .addOption(new Option('--containment <level>', 'how processes are held, or not at all').choices(levels))
    .addOption(
      new Option('--stragglers <policy>', 'what happens to what it leaves behind').choices(['kill', 'report', 'leave']),
    )
    .option('--run-id <id>', 'id of the work that the run belongs to, carried into documents and records')
    .option('--session-id <id>', 'likewise, of a session')
    .option('--task-id <id>', 'likewise, of a task')
    .option('--tool-call-id <id>', 'likewise, of the call of a tool');
}

function addReportOptions(exec: Command): Command {
  const withReports = exec
    .option('--json', 'capture the output and print one JSON document instead')
    .option('--events', 'print what happens as JSON lines: launched, started, output, settled')
    .option('--verbose', 'say before what is going to run and how, and afterwards what it used')
    .option('--quiet', 'print no summary line');
  return addAudit(withReports, 'the run');
}

/** What `words` are run as; without `options`, as if none was given. */
export function execRequestOf(words: readonly string[], options: ExecOptions = { audit: true }): ExecRequest {
  checkTogether(options);
  const [file = '', ...args] = words;
  return {
    kind: 'exec',
    file,
    args,
    cwd: options.cwd,
    // fromEntries defines own properties, so a variable named __proto__ is a variable like any other.
    env: Object.fromEntries(options.env ?? []),
    envFiles: options.envFile ?? [],
    secrets: options.secret ?? [],
    redact: options.redact ?? [],
    timeoutMs: options.timeout,
    idleTimeoutMs: options.idleTimeout,
    graceMs: options.grace,
    maxOutputBytes: options.maxOutput,
    limits: limitsOf(options),
    strictLimits: options.strictLimits ?? false,
    overflow: options.overflow,
    onOverflow: options.onOverflow,
    containment: options.containment,
    stragglers: options.stragglers,
    preset: options.preset,
    native: options.native,
    eligibility: options.eligibility,
    correlation: correlationOf(options),
    config: options.config,
    shell: shellOf(options),
    root: options.root,
    json: options.json ?? false,
    events: options.events ?? false,
    quiet: options.quiet ?? false,
    audit: auditChoiceOf(options),
    verbose: options.verbose ?? false,
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

function shellOf({ shell, shellName }: ExecOptions): boolean | string {
  return shellName ?? shell ?? false;
}

/** Only those that were given. */
function correlationOf({ runId, sessionId, taskId, toolCallId }: ExecOptions): CorrelationOption {
  const all = { runId, sessionId, taskId, toolCallId };
  return Object.fromEntries(Object.entries(all).filter(([, id]) => id !== undefined));
}

function checkTogether({ json, events, shellName }: ExecOptions): void {
  if (json === true && events === true)
    throw new UsageError('--json and --events both write to standard output: choose one');
  if (shellName !== undefined && shellChoiceOf(shellName) === undefined) {
    throw new UsageError(
      `--shell-name: ${shellName} is no shell that is known: sh, bash, cmd, powershell or the path of one`,
    );
  }
}
