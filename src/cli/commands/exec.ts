/**
 * `custody exec`: one run with the standard streams of the CLI, and what there is to say about it afterwards.
 *
 * Decides who writes to our output. The command inherits all three streams, terminal or pipe: that is exact (order,
 * bytes, `isatty`, back-pressure, a reader that goes away) and costs nothing. Only the output that `--json` keeps goes
 * through pipes.
 */
import { CustodyError } from '../../core/errors.js';
import type { RunOptions } from '../../core/run-options.js';
import type { RunResult } from '../../core/run-result.js';
import { createRunner } from '../../index.js';
import { exitCodeOfError, processExitCode } from '../exit-codes.js';
import type { ExecRequest } from '../grammar/exec.js';
import type { CliHost, TextSinks } from '../host.js';
import { errorDocument, resultDocument } from '../render/result-document.js';
import { renderStartFailure, renderSummary } from '../render/summary.js';
import { JobControl } from './job-control.js';
import { readSecrets } from './read-secrets.js';
import { RunAudit } from './run-audit.js';
import { StopSignals } from './stop-signals.js';

/** Runs the command to its end. @returns The exit code of the CLI. */
export async function exec(request: ExecRequest, host: CliHost): Promise<number> {
  const { environment, sinks } = host;
  const signals = new StopSignals();
  const audit = request.audit.isWanted ? new RunAudit(request.audit, host, request.root) : undefined;
  try {
    const secrets = readSecrets(request.secrets, environment);
    return report(await runToEnd(request, secrets, signals, audit), request, sinks);
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    return reportRefusal(error, request, sinks);
  } finally {
    // When all is said that there is to say of the command.
    await audit?.close();
    signals.close();
  }
}

async function runToEnd(
  request: ExecRequest,
  secrets: RunOptions['secrets'],
  signals: StopSignals,
  audit: RunAudit | undefined,
): Promise<RunResult> {
  const { start } = createRunner({ root: request.root, observers: audit === undefined ? [] : [audit.observer] });
  const handle = start(request.file, request.args, { ...runOptions(request), secrets });
  signals.attach(handle);
  const jobControl = new JobControl(handle, signals);
  audit?.load();
  try {
    return await handle.result;
  } finally {
    jobControl.close();
  }
}

function runOptions(request: ExecRequest): RunOptions {
  const output = request.json ? 'capture' : 'inherit';
  return {
    cwd: request.cwd,
    env: request.env,
    redact: request.redact.length === 0 ? undefined : { patterns: request.redact },
    timeoutMs: request.timeoutMs,
    idleTimeoutMs: request.idleTimeoutMs,
    graceMs: request.graceMs,
    maxOutputBytes: request.maxOutputBytes,
    limits: request.limits,
    strictLimits: request.strictLimits,
    shell: request.shell,
    stdin: 'inherit',
    stdout: output,
    stderr: output,
  };
}

function report(result: RunResult, request: ExecRequest, sinks: TextSinks): number {
  const { outcome } = result;
  const exitCode = processExitCode(outcome);
  if (request.json) {
    sinks.out(`${JSON.stringify(resultDocument(result, exitCode), null, 2)}\n`);
  } else if (outcome.kind === 'not-started' && outcome.cause === undefined) {
    sinks.err(renderStartFailure(outcome.error, request.file));
  } else if (!request.quiet) {
    sinks.err(renderSummary(result));
    for (const warning of result.warnings) sinks.err(`custody: ${warning}\n`);
  }
  return exitCode;
}

function reportRefusal(error: CustodyError, request: ExecRequest, sinks: TextSinks): number {
  const exitCode = exitCodeOfError(error.code);
  if (request.json) sinks.out(`${JSON.stringify(errorDocument(error, exitCode), null, 2)}\n`);
  else sinks.err(renderStartFailure(error, request.file));
  return exitCode;
}
