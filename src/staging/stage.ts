/**
 * Work that has to succeed as a whole: done in a folder of ours, put in its place when it has, and removed when it has not.
 *
 * Nothing is removed while a process of the work may be alive, or where the folder cannot be shown to be ours; what is left is
 * named. Diagnostics are taken before anything is removed.
 */
import { dirname, resolve } from 'node:path';
import type { Cleanup } from '../core/cleanup.js';
import { CommandValidationError } from '../core/errors.js';
import type { CommandSpec, RunOptions } from '../core/run-options.js';
import type { RunResult } from '../core/run-result.js';
import { isText, Issues } from '../core/validate.js';
import { collectDiagnostics, type Diagnostics } from '../failure/diagnostics.js';
import type { Runner } from '../runner/runner.js';
import { checkEntries, type EntryRules } from './entries.js';
import { codeOf, OwnedFolder } from './owned-folder.js';
import { promote } from './promote.js';

/** Milliseconds that a cleanup which is not confirmed with the result is waited for. */
const CLEANUP_WAIT_MS = 5_000;

const GROUP_ONLY = 'cleanup was confirmed for process groups only: a process that left its group was not watched for';

/** Options of {@link stage}. */
export interface StageOptions {
  readonly runner: Runner;
  /** Where the finished folder goes. It must not exist. */
  readonly target: string;
  /** Where the folder of the work is made. One on the same file system as the target makes the end one rename. @defaultValue the folder of `target` */
  readonly parent?: string | undefined;
  /** Paths that are going to be made, as far as they are known: checked before anything is run. */
  readonly entries?: readonly string[] | undefined;
  /** Whose names the entries must be possible for. @defaultValue `'everywhere'` */
  readonly entryRules?: EntryRules | undefined;
  /** `true`: the folder stays where it is when the work fails. @defaultValue `false` */
  readonly keepOnFailure?: boolean | undefined;
}

/** What the work is given. */
export interface Stage {
  /** The folder to work in, empty at first. */
  readonly directory: string;
  /** Runs a command in the folder. One without success fails the stage, whatever is done after it. */
  readonly run: (command: CommandSpec, options?: RunOptions) => Promise<RunResult>;
  /** The same for a command that may fail. */
  readonly attempt: (command: CommandSpec, options?: RunOptions) => Promise<RunResult>;
}

/** What became of the work. */
export interface StageReport<T> {
  /** `promoted`: it is in its place. `removed`: nothing of it is left. `kept`: it is still in `directory`; `notes` say why. */
  readonly outcome: 'promoted' | 'removed' | 'kept';
  readonly target: string;
  /** The folder of the work where it is left, else `null`. */
  readonly directory: string | null;
  /** What the work returned; `undefined` if it threw. */
  readonly value: T | undefined;
  /** What the work threw, or what kept the folder from its place; `null` if nothing did. */
  readonly error: unknown;
  /** Of every run without success, in order; classified, with the ends of its output. */
  readonly diagnostics: readonly Diagnostics[];
  /** Whether everything that the work started is known to be gone. */
  readonly isCleanupConfirmed: boolean;
  /** What was left, and which checks were not made. */
  readonly notes: readonly string[];
}

/**
 * Does `work` in a folder of its own and moves that to `target` if it succeeds: if it resolves, and every command of `stage.run`
 * succeeded. A failure of the work is no exception: it stands in the report.
 *
 * @throws `CommandValidationError` (as a rejection) with code `VALIDATION_FAILED` for options or entries that are not valid.
 */
export async function stage<T>(
  options: StageOptions,
  work: (stage: Stage) => PromiseLike<T> | T,
): Promise<StageReport<T>> {
  const { target, parent, skipped } = readOptions(options);
  const folder = await OwnedFolder.create(parent);
  const runs = new StagedRuns(options.runner, folder.content);
  let value: T | undefined;
  let error: unknown = null;
  try {
    value = await work({ directory: folder.content, run: runs.run, attempt: runs.attempt });
  } catch (thrown) {
    error = thrown;
  }
  await runs.settled();
  const notes = [...skipped.map((check) => `not checked: ${check}`), ...runs.notes];
  const ended = { target, value, diagnostics: runs.diagnostics, isCleanupConfirmed: runs.isCleanupConfirmed };
  if (error === null && !runs.hasFailed && runs.isCleanupConfirmed) {
    error = await promotionError(folder, target);
    if (error === null) {
      const removal = await folder.remove();
      if (!removal.isRemoved) notes.push(`what was left of ${folder.path} stays: ${removal.why}`);
      return { outcome: 'promoted', directory: null, error, notes, ...ended };
    }
  }
  const kept = await keptBecause(folder, runs, options.keepOnFailure === true);
  if (kept !== undefined) notes.push(`${folder.path} stays: ${kept}`);
  const outcome = kept === undefined ? 'removed' : 'kept';
  return { outcome, directory: kept === undefined ? null : folder.content, error, notes, ...ended };
}

/** Removes the folder, or says why it stays. */
async function keptBecause(folder: OwnedFolder, runs: StagedRuns, isWanted: boolean): Promise<string | undefined> {
  if (!runs.isCleanupConfirmed) return 'processes of the work may still be alive';
  if (isWanted) return 'keepOnFailure is set';
  const removal = await folder.remove();
  return removal.isRemoved ? undefined : removal.why;
}

async function promotionError(folder: OwnedFolder, target: string): Promise<Error | null> {
  const foreign = await folder.foreignBecause();
  if (foreign !== undefined) return new Error(`the folder of the work is not what it was: ${foreign}`);
  try {
    await promote(folder.content, target);
    return null;
  } catch (error) {
    return new Error(`the folder could not be moved to its target (${codeOf(error)})`, { cause: error });
  }
}

/** The runs of one stage. */
class StagedRuns {
  readonly diagnostics: Diagnostics[] = [];
  readonly notes: string[] = [];
  hasFailed = false;
  isCleanupConfirmed = true;
  readonly #runner: Runner;
  readonly #directory: string;
  readonly #open = new Set<Promise<RunResult>>();

  constructor(runner: Runner, directory: string) {
    this.#runner = runner;
    this.#directory = directory;
  }

  readonly run = (command: CommandSpec, options: RunOptions = {}): Promise<RunResult> =>
    this.#start(command, options, true);

  readonly attempt = (command: CommandSpec, options: RunOptions = {}): Promise<RunResult> =>
    this.#start(command, options, false);

  /** Resolves when nothing that was started is under way, whether or not the work has waited for it. */
  async settled(): Promise<void> {
    while (this.#open.size > 0) await Promise.allSettled(this.#open);
  }

  #start(command: CommandSpec, options: RunOptions, mustSucceed: boolean): Promise<RunResult> {
    const run = this.#toEnd(command, options, mustSucceed);
    this.#open.add(run);
    const done = (): void => void this.#open.delete(run);
    run.then(done, done);
    return run;
  }

  async #toEnd(command: CommandSpec, options: RunOptions, mustSucceed: boolean): Promise<RunResult> {
    const cwd = resolve(this.#directory, options.cwd ?? command.cwd ?? '.');
    // A failure is counted here, and thrown by nobody: the report tells.
    const handle = this.#runner.start(command, { ...options, cwd, reject: false, throwOnCancel: false });
    try {
      const result = await handle.result;
      if (!result.success) this.diagnostics.push(collectDiagnostics(result));
      this.hasFailed ||= mustSucceed && !result.success;
      const cleanup = isConfirmed(result.cleanup) ? result.cleanup : await within(handle.cleanup, CLEANUP_WAIT_MS);
      if (cleanup === undefined || !isConfirmed(cleanup)) this.isCleanupConfirmed = false;
      else if (cleanup.status === 'confirmed-group-only' && !this.notes.includes(GROUP_ONLY))
        this.notes.push(GROUP_ONLY);
      return result;
    } finally {
      // Whatever cannot be confirmed is in the report.
      await handle.dispose().catch(() => undefined);
    }
  }
}

function isConfirmed({ status }: Cleanup): boolean {
  return status === 'confirmed' || status === 'confirmed-group-only' || status === 'not-needed';
}

/** `undefined`: it did not come in time. */
async function within<T>(promise: Promise<T>, limitMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((done) => {
    timer = setTimeout(done, limitMs, undefined);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function readOptions(options: StageOptions): { target: string; parent: string; skipped: readonly string[] } {
  const { entries = [], entryRules } = options;
  const issues = new Issues('');
  isText(options.target, 'target', issues);
  if (options.parent !== undefined) isText(options.parent, 'parent', issues);
  issues.throwIfAny();
  const target = resolve(options.target);
  const { problems, skipped } = checkEntries(entries, { base: target, rules: entryRules });
  if (problems.length > 0) {
    throw new CommandValidationError(
      problems.map(({ entry, message }) => ({ property: `entries '${entry.slice(0, 60)}'`, message })),
    );
  }
  return { target, parent: resolve(options.parent ?? dirname(target)), skipped: entries.length === 0 ? [] : skipped };
}
