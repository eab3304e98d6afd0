/** The grammar of `custody runs` and of what stands below it. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseInstantMs } from '../instant.js';
import { addSecret, type SecretSource } from '../repeatable.js';
import { UsageError, type TypedLine } from './grammar.js';
import { addConfig, type ConfigChoice } from './project-options.js';
import { countIn, durationIn } from './values.js';

/** How times are shown. */
export const TIME_FORMS = ['relative', 'absolute'] as const;
/** How a list is shown. */
export const LIST_FORMATS = ['table', 'json', 'jsonl'] as const;

interface Common {
  /** `undefined`: the usual file. */
  readonly file: string | undefined;
  readonly config: ConfigChoice;
  readonly json: boolean;
}

/** What runs are asked for. Times in milliseconds since the epoch. */
export interface RunFilter {
  readonly runId: string | undefined;
  readonly sessionId: string | undefined;
  readonly taskId: string | undefined;
  readonly toolCallId: string | undefined;
  readonly command: string | undefined;
  readonly since: number | undefined;
  readonly until: number | undefined;
  readonly failedOnly: boolean;
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** One `custody runs ...`. */
export type RunsRequest = Common &
  (
    | {
        readonly action: 'list';
        readonly filter: RunFilter;
        readonly format: (typeof LIST_FORMATS)[number];
        readonly time: (typeof TIME_FORMS)[number];
      }
    | { readonly action: 'show'; readonly id: string; readonly isFull: boolean; readonly hasContext: boolean }
    | { readonly action: 'stats' }
    | {
        readonly action: 'prune';
        readonly olderThanMs: number | undefined;
        readonly runId: string | undefined;
        readonly archive: string | undefined;
      }
    | { readonly action: 'verify'; readonly publicKey: string | undefined }
    | {
        readonly action: 'replay';
        readonly id: string;
        readonly secrets: readonly SecretSource[];
        readonly isDry: boolean;
        readonly isAudited: boolean;
      }
    | { readonly action: 'export'; readonly output: string | undefined }
    | { readonly action: 'report'; readonly html: string; readonly filter: RunFilter }
  );

interface FilterOptions {
  readonly runId?: string;
  readonly sessionId?: string;
  readonly taskId?: string;
  readonly toolCallId?: string;
  readonly command?: string;
  readonly since?: number;
  readonly from?: number;
  readonly until?: number;
  readonly to?: number;
  readonly failed?: true;
  readonly limit: number;
  readonly cursor?: string;
}

const MS_PER_DAY = 86_400_000;
const PAGE = { standard: 20, max: 1_000 } as const;
const REPORT_RUNS = { standard: 1_000, max: 10_000 } as const;

type Declare = (name: string, description: string) => Command;

/** Declares `runs`. */
export function runsGrammar(program: Command, line: TypedLine<RunsRequest>): void {
  const group = program.command('runs').description('Look at what was run: the audit store of this project.');
  const declare: Declare = (name, description) =>
    addConfig(
      group
        .command(name)
        .description(description)
        .option('--audit-db <file>', 'the store (default: CUSTODY_AUDIT_DB, or .custody/audit.db of the project)'),
    ).option('--json', 'print JSON');
  declareList(declare, line);
  declareShow(declare, line);
  declareStats(declare, line);
  declarePrune(declare, line);
  declareVerify(declare, line);
  declareReplay(declare, line);
  declareExport(declare, line);
  declareReport(declare, line);
}

interface Given {
  readonly auditDb?: string;
  readonly config?: ConfigChoice;
  readonly json?: true;
}

function commonOf({ auditDb, config, json }: Given): Common {
  return { file: auditDb, config, json: json ?? false };
}

function withFilter(command: Command, limit: { readonly standard: number; readonly max: number }): Command {
  return command
    .option('--limit <count>', 'at most this many', countIn({ min: 1, max: limit.max }), limit.standard)
    .option('--run-id <id>', 'only those of this run')
    .option('--session-id <id>', 'only those of this session')
    .option('--task-id <id>', 'only those of this task')
    .option('--tool-call-id <id>', 'only those of this tool call')
    .option('--command <glob>', 'only commands that this fits as a whole: * any characters, ? one, [ab] one of them')
    .option('--failed', 'only those that did not succeed')
    .option('--since <time>', 'only from this time on: 2h, 30d, 2026-11-28 or a time in ISO 8601', instant)
    .option('--until <time>', 'only before this time', instant)
    .addOption(new Option('--from <time>', 'the same as --since').argParser(instant).hideHelp())
    .addOption(new Option('--to <time>', 'the same as --until').argParser(instant).hideHelp());
}

function filterOf(options: FilterOptions): RunFilter {
  return {
    runId: options.runId,
    sessionId: options.sessionId,
    taskId: options.taskId,
    toolCallId: options.toolCallId,
    command: options.command,
    since: options.since ?? options.from,
    until: options.until ?? options.to,
    failedOnly: options.failed ?? false,
    limit: options.limit,
    cursor: options.cursor,
  };
}

function declareList(declare: Declare, line: TypedLine<RunsRequest>): void {
  withFilter(declare('list', 'List runs, newest first.'), PAGE)
    .option('--cursor <text>', 'go on after another page: its "next"')
    .addOption(new Option('--format <form>', 'how to print them').choices(LIST_FORMATS).default('table'))
    .addOption(new Option('--time <form>', 'how to print times').choices(TIME_FORMS).default('relative'))
    .addHelpText('after', '\nExample:\n  custody runs list --failed --since 2h --command "npm *"')
    .action((options: Given & FilterOptions & Pick<RunsRequest & { action: 'list' }, 'format' | 'time'>) => {
      const { format, time } = options;
      const common = commonOf(options);
      line.accept({
        ...common,
        action: 'list',
        filter: filterOf(options),
        format: common.json ? 'json' : format,
        time,
      });
    });
}

function declareShow(declare: Declare, line: TypedLine<RunsRequest>): void {
  declare('show', 'Show one execution, or the executions of a run.')
    .argument('<id>', 'the id of an execution (exec-...), or a run id')
    .option('--full-output', 'show all of the output that was kept')
    .option('--context', 'show the ids and the environment it was started with')
    .action((id: string, options: Given & { readonly fullOutput?: true; readonly context?: true }) => {
      const { fullOutput = false, context = false } = options;
      line.accept({ ...commonOf(options), action: 'show', id, isFull: fullOutput, hasContext: context });
    });
}

function declareStats(declare: Declare, line: TypedLine<RunsRequest>): void {
  declare('stats', 'Count what the store holds.').action((options: Given) => {
    line.accept({ ...commonOf(options), action: 'stats' });
  });
}

function declarePrune(declare: Declare, line: TypedLine<RunsRequest>): void {
  declare('prune', 'Remove records in a way that verify accepts.')
    .option(
      '--older-than <duration>',
      'records older than this, as 30d',
      durationIn({ min: MS_PER_DAY, max: 36_500 * MS_PER_DAY }),
    )
    .option('--run-id <id>', 'the records of this run, or of this execution')
    .option('--archive <file>', 'append them to this file first, one JSON document a line')
    .action((options: Given & { readonly olderThan?: number; readonly runId?: string; readonly archive?: string }) => {
      const { olderThan: olderThanMs, runId, archive } = options;
      if ((olderThanMs === undefined) === (runId === undefined)) {
        throw new UsageError('prune takes either --older-than or --run-id');
      }
      line.accept({ ...commonOf(options), action: 'prune', olderThanMs, runId, archive });
    });
}

function declareVerify(declare: Declare, line: TypedLine<RunsRequest>): void {
  declare('verify', 'Check that no record was changed, taken out or put in.')
    .option('--public-key <file>', 'also require a checkpoint signed with this key (PEM)')
    .addHelpText('after', '\nExit code: 0 if the chain holds, 1 if it does not.')
    .action((options: Given & { readonly publicKey?: string }) => {
      line.accept({ ...commonOf(options), action: 'verify', publicKey: options.publicKey });
    });
}

function declareReplay(declare: Declare, line: TypedLine<RunsRequest>): void {
  declare('replay', 'Run the command of an execution again. What was redacted is asked for and never stored.')
    .argument('<id>', 'the id of an execution (exec-...)')
    .option('--secret <name[=file]>', 'take a variable from the environment or a file (repeatable)', addSecret)
    .option('--dry-run', 'print what would be run and what is missing')
    .option('--no-audit', 'do not record the run')
    .action(
      (
        id: string,
        options: Given & { readonly secret?: readonly SecretSource[]; readonly dryRun?: true; readonly audit: boolean },
      ) => {
        const { secret = [], dryRun = false, audit } = options;
        line.accept({ ...commonOf(options), action: 'replay', id, secrets: secret, isDry: dryRun, isAudited: audit });
      },
    );
}

function declareExport(declare: Declare, line: TypedLine<RunsRequest>): void {
  declare('export', 'Write all records in the order of the chain, one JSON document a line; with --json as one array.')
    .option('--output <file>', 'write to this file')
    .action((options: Given & { readonly output?: string }) => {
      line.accept({ ...commonOf(options), action: 'export', output: options.output });
    });
}

function declareReport(declare: Declare, line: TypedLine<RunsRequest>): void {
  withFilter(declare('report', 'Write a page with a timeline of the runs.'), REPORT_RUNS)
    .requiredOption('--html <file>', 'the page: one file that needs no network')
    .action((options: Given & FilterOptions & { readonly html: string }) => {
      line.accept({ ...commonOf(options), action: 'report', html: options.html, filter: filterOf(options) });
    });
}

function instant(text: string): number {
  const time = parseInstantMs(text, Date.now());
  if (time === undefined)
    throw new InvalidArgumentError('Times look like 2h, 30d, 2026-11-28 or 2026-11-28T14:00:00Z.');
  return time;
}
