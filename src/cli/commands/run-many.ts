/**
 * `custody run-many`: the commands of a list, several at a time, each with its output in one piece.
 *
 * Decides what a failure and a signal mean for the commands that have not been started. How many run at a time is the
 * gate's business; here are never more asked for than it admits, so that the rest of the list can still be left out.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { text } from 'node:stream/consumers';
import { CustodyError } from '../../core/errors.js';
import type { RunOptions } from '../../core/run-options.js';
import type { RunResult } from '../../core/run-result.js';
import { createRunner } from '../../index.js';
import type { CustodyRunner, RunHandle } from '../../runner/runner.js';
import { chromeTrace } from '../../telemetry/index.js';
import { readCommandList, type ListedCommand } from '../command-list.js';
import { EXIT } from '../exit-codes.js';
import type { RunManyRequest } from '../grammar/run-many.js';
import type { CliHost, Sinks } from '../host.js';
import { Problem } from '../problem.js';
import {
  countsOf,
  endOf,
  manyDocument,
  nameOf,
  refusedEnd,
  renderEnd,
  renderManySummary,
  type EndedRun,
  type ManyEntry,
} from '../render/many-report.js';
import { ProgressLine } from '../render/progress.js';
import { readConfigured, type Configured } from './configured.js';
import { runAuditOf } from './run-audit.js';
import { StopSignals } from './stop-signals.js';

/** How often the progress line is drawn although nothing has happened. */
const REDRAW_MS = 500;

/** Runs the commands to their end. @returns The exit code of the CLI. */
export async function runMany(request: RunManyRequest, host: CliHost): Promise<number> {
  const { sinks } = host;
  const commands = readCommandList(await readSource(request.source), request);
  const signals = new StopSignals();
  const configured = await readConfigured(request.config, host);
  const jobs = request.jobs ?? saidMaxConcurrent(configured) ?? availableParallelism();
  const trace = request.trace === undefined ? undefined : chromeTrace(commands.length);
  const audit = runAuditOf(request.audit, host, configured);
  await audit?.prepare();
  const observers = [...(trace === undefined ? [] : [trace]), ...(audit === undefined ? [] : [audit.observer])];
  const runner = createRunner({ ...configured?.options, maxConcurrent: jobs, observers });
  const startedAt = performance.now();
  const many = new ManyRuns(request, commands, runner, sinks);
  try {
    signals.attach(many);
    const ended = many.runAll(jobs);
    audit?.load();
    await ended;
  } finally {
    many.close();
    await audit?.close();
    signals.close();
  }
  const { entries } = many;
  const exitCode = many.isStopped ? EXIT.cancelled : countsOf(entries).failed > 0 ? EXIT.someFailed : EXIT.ok;
  const report = { entries, durationMs: performance.now() - startedAt, exitCode };
  if (request.json) sinks.out(`${JSON.stringify(manyDocument(report), null, 2)}\n`);
  else if (!request.quiet) sinks.err(renderManySummary(report, sinks.errScreen));
  if (request.trace !== undefined) writeTrace(request.trace, JSON.stringify(trace));
  return exitCode;
}

/** What the file or its preset says; what is only built in is for one program, and not for a list. */
function saidMaxConcurrent(configured: Configured | undefined): number | undefined {
  const isSaid = configured?.loaded.sources['maxConcurrent']?.kind !== 'built-in';
  return isSaid ? configured?.options.maxConcurrent : undefined;
}

class ManyRuns {
  readonly #request: RunManyRequest;
  readonly #commands: readonly ListedCommand[];
  readonly #runner: CustodyRunner;
  readonly #sinks: Sinks;
  readonly #progress: ProgressLine;
  readonly #running = new Map<ListedCommand, RunHandle>();
  readonly #ends = new Map<ListedCommand, EndedRun>();
  readonly #startedAt = performance.now();
  readonly #redraw: NodeJS.Timeout | undefined;
  #next = 0;
  #failed = 0;
  #stopReason: string | undefined;

  constructor(request: RunManyRequest, commands: readonly ListedCommand[], runner: CustodyRunner, sinks: Sinks) {
    this.#request = request;
    this.#commands = commands;
    this.#runner = runner;
    this.#sinks = sinks;
    this.#progress = new ProgressLine(sinks, sinks.errScreen, () => ({
      total: commands.length,
      ended: this.#ends.size,
      failed: this.#failed,
      running: Array.from(this.#running.keys(), nameOf),
      elapsedMs: performance.now() - this.#startedAt,
    }));
    if (sinks.errScreen.isTTY && !request.quiet) this.#redraw = setInterval(() => this.#progress.draw(), REDRAW_MS);
  }

  /** Whether a signal ended it. */
  get isStopped(): boolean {
    return this.#stopReason !== undefined;
  }

  /** In the order of the list. */
  get entries(): readonly ManyEntry[] {
    return this.#commands.map((listed) => ({ listed, end: this.#ends.get(listed) }));
  }

  async runAll(jobs: number): Promise<void> {
    await Promise.all(Array.from({ length: Math.min(jobs, this.#commands.length) }, () => this.#runOneByOne()));
  }

  stop(reason: string): void {
    this.#stopReason ??= reason;
    for (const handle of this.#running.values()) handle.stop(reason);
  }

  kill(): void {
    for (const handle of this.#running.values()) handle.kill();
  }

  close(): void {
    clearInterval(this.#redraw);
    this.#progress.clear();
  }

  async #runOneByOne(): Promise<void> {
    for (let listed = this.#take(); listed !== undefined; listed = this.#take()) {
      const end = await this.#run(listed);
      this.#ends.set(listed, end);
      if (!end.success) this.#failed += 1;
      this.#tellEnd(listed, end);
    }
  }

  /** Runs one command and writes its output. */
  async #run(listed: ListedCommand): Promise<EndedRun> {
    let handle: RunHandle;
    try {
      handle = this.#runner.start(listed.command, { ...this.#options(listed.command.timeoutMs), ...listed.options });
    } catch (error) {
      // What only this machine knows to be wrong, such as a directory outside of the root.
      if (error instanceof CustodyError) return refusedEnd(error);
      throw error;
    }
    this.#running.set(listed, handle);
    this.#draw();
    const result = await handle.result;
    this.#running.delete(listed);
    this.#progress.clear();
    if (!this.#request.json) this.#writeOutput(result);
    await handle.dispose().catch(() => undefined);
    return endOf(result, this.#request.json);
  }

  #take(): ListedCommand | undefined {
    if (this.isStopped || (this.#failed > 0 && !this.#request.keepGoing)) return undefined;
    const listed = this.#commands[this.#next];
    this.#next += 1;
    return listed;
  }

  /** Options win over a command; the timeout is what a command may say for itself. */
  #options(ownTimeoutMs: number | undefined): RunOptions {
    const { timeoutMs, graceMs, maxOutputBytes } = this.#request;
    return { timeoutMs: ownTimeoutMs ?? timeoutMs, graceMs, maxOutputBytes };
  }

  /** Written at once and without a pause, so that nothing of another command comes between. */
  #writeOutput(result: RunResult): void {
    for (const { stream, text: written } of result.segments()) {
      if (stream === 'stdout') this.#sinks.out(written);
      else this.#sinks.err(written);
    }
    // What comes next on standard error would stand behind an unfinished line of it.
    if (result.stderr !== '' && !result.stderr.endsWith('\n')) this.#sinks.err('\n');
  }

  #tellEnd(listed: ListedCommand, end: EndedRun): void {
    if (!this.#request.json && !this.#request.quiet) {
      const count = `${this.#ends.size}/${this.#commands.length}`;
      this.#sinks.err(renderEnd(listed, end, count, this.#sinks.errScreen));
    }
    this.#draw();
  }

  #draw(): void {
    if (!this.#request.quiet) this.#progress.draw();
  }
}

async function readSource(source: string): Promise<string> {
  try {
    return source === '-' ? await text(process.stdin) : readFileSync(source, 'utf8');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new Problem(
      `the list of commands cannot be read (${code})`,
      'name a file that exists, or - for standard input',
    );
  }
}

function writeTrace(file: string, json: string): void {
  try {
    writeFileSync(file, json);
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new Problem(`the trace cannot be written (${code})`, 'the commands have run; name another file', EXIT.failed);
  }
}
