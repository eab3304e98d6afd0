/** The grammar of `custody run-many`. */
import type { Command } from 'commander';
import type { AuditChoice } from '../commands/run-audit.js';
import { GATE_LIMITS, RUN_LIMITS } from '../../policy/limits.js';
import { formatByteCount, formatDuration } from '../quantity.js';
import type { TypedLine } from './grammar.js';
import { addAudit, addConfig, auditChoiceOf, type AuditOptions, type ConfigChoice } from './project-options.js';
import { bytesIn, countIn, durationIn } from './values.js';

/** One `custody run-many`. `undefined` means the default. */
export interface RunManyRequest {
  readonly kind: 'run-many';
  /** `-`: standard input. */
  readonly source: string;
  /** Commands at a time; `undefined`: what the configuration says, else one for each processor. */
  readonly jobs: number | undefined;
  readonly keepGoing: boolean;
  /** `true`: lines are lines of the default shell. */
  readonly shell: boolean;
  readonly cwd: string | undefined;
  readonly timeoutMs: number | undefined;
  readonly graceMs: number | undefined;
  readonly maxOutputBytes: number | undefined;
  readonly json: boolean;
  /** Where the trace goes; `undefined`: there is none. */
  readonly trace: string | undefined;
  readonly quiet: boolean;
  readonly config: ConfigChoice;
  readonly audit: AuditChoice;
}

interface RunManyOptions extends AuditOptions {
  readonly config?: ConfigChoice;
  readonly jobs?: number;
  readonly keepGoing?: true;
  readonly shell?: true;
  readonly cwd?: string;
  readonly timeout?: number;
  readonly grace?: number;
  readonly maxOutput?: number;
  readonly json?: true;
  readonly trace?: string;
  readonly quiet?: true;
}

const HELP = `
FILE has one command on each line; - reads standard input. Empty lines and lines that begin with # are skipped. A line is split into
words, without a shell, or is a JSON object:
  {"file": "npm", "args": ["test"], "cwd": "app", "env": {"CI": "true"}, "timeoutMs": 60000, "id": "app tests"}
Nothing is started when any line is wrong.

The output of a command is written when it has ended, in one piece. After the first failure nothing more is started, unless
--keep-going is given; what runs is waited for. Ctrl+C stops what runs, a second one kills it.

Exit code: 0 if all succeeded, 123 if any failed, 130 cancelled, 2 usage, 125 if something could not be written, 1 internal error.`;

/** Declares `run-many`. */
export function runManyGrammar(program: Command, line: TypedLine<RunManyRequest>): void {
  const { timeoutMs, graceMs, maxOutputBytes } = RUN_LIMITS;
  const command = program
    .command('run-many')
    .description('Run the commands of a file, several at a time, and report on them together.')
    .argument('<file>', 'a command on each line; - for standard input')
    .option(
      '--jobs <count>',
      'commands at a time (default: maxConcurrent of the configuration, else one for each processor)',
      countIn(GATE_LIMITS.maxConcurrent),
    )
    .option('--keep-going', 'go on after a command has failed')
    .option('--shell', 'run each line in the default shell instead of splitting it into words')
    .option('--cwd <directory>', 'run the commands in this directory, unless they say otherwise')
    .option(
      '--timeout <duration>',
      `stop each command after this time (default: ${formatDuration(timeoutMs.standard)})`,
      durationIn(timeoutMs),
    )
    .option(
      '--grace <duration>',
      `time between the polite stop and the kill (default: ${formatDuration(graceMs.standard)})`,
      durationIn(graceMs),
    )
    .option(
      '--max-output <bytes>',
      `bytes of each stream kept of each command (default: ${formatByteCount(maxOutputBytes.standard)})`,
      bytesIn(maxOutputBytes),
    )
    .option('--json', 'print one JSON document instead of the output')
    .option('--trace <file>', 'write a trace of the commands, for Perfetto')
    .option('--quiet', 'print the output alone: no progress, no lines of our own, no summary');
  addAudit(addConfig(command), 'the runs')
    .addHelpText('after', HELP)
    .action((source: string, options: RunManyOptions) => {
      line.accept(toRequest(source, options));
    });
}

function toRequest(source: string, options: RunManyOptions): RunManyRequest {
  return {
    kind: 'run-many',
    source,
    jobs: options.jobs,
    keepGoing: options.keepGoing ?? false,
    shell: options.shell ?? false,
    cwd: options.cwd,
    timeoutMs: options.timeout,
    graceMs: options.grace,
    maxOutputBytes: options.maxOutput,
    json: options.json ?? false,
    trace: options.trace,
    quiet: options.quiet ?? false,
    config: options.config,
    audit: auditChoiceOf(options),
  };
}
