/**
 * `custody exec`: one run, configured and given its options, and what there is to say about it afterwards. How its output reaches the
 * reader is decided in `output-route.ts`.
 */
import { CustodyError } from '../../core/errors.js';
import type { RunOptions } from '../../core/run-options.js';
import type { RunResult } from '../../core/run-result.js';
import { createRunner } from '../../index.js';
import type { CustodyRunner, RunHandle } from '../../runner/runner.js';
import { exitCodeOfError, processExitCode } from '../exit-codes.js';
import type { ExecRequest } from '../grammar/exec.js';
import type { CliHost, Sinks } from '../host.js';
import { errorDocument, resultDocument } from '../render/result-document.js';
import { renderStartFailure, renderSummary } from '../render/summary.js';
import { readConfigured, type Configured } from './configured.js';
import { JobControl } from './job-control.js';
import { eventLine, eventObserver, outputOptions, routeOf } from './output-route.js';
import { QuietLine } from './quiet-line.js';
import { readSecrets } from './read-secrets.js';
import { runAuditOf, type RunAudit } from './run-audit.js';
import { readVariables } from './read-variables.js';
import { StopSignals } from './stop-signals.js';

/** Runs the command to its end. @returns The exit code of the CLI. */
export async function exec(request: ExecRequest, host: CliHost): Promise<number> {
  const signals = new StopSignals();
  let audit: RunAudit | undefined;
  try {
    const configured = await readConfigured(request.config, host);
    audit = runAuditOf(request.audit, host, configured, request.root);
    await audit?.prepare();
    return await report(await runToEnd(request, signals, host, configured, audit), request, host.sinks);
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    return reportRefusal(error, request, host.sinks);
  } finally {
    // When all is said that there is to say of the command.
    await audit?.close();
    signals.close();
  }
}

async function runToEnd(
  request: ExecRequest,
  signals: StopSignals,
  host: CliHost,
  configured: Configured | undefined,
  audit: RunAudit | undefined,
): Promise<RunResult> {
  const { sinks, environment } = host;
  const route = routeOf(request);
  const defaults = configuredDefaults(configured, route !== 'inherit');
  const runner = createRunner({
    ...configured?.options,
    defaults,
    root: request.root ?? configured?.options.root,
    preset: request.preset ?? configured?.options.preset,
    native: request.native ?? configured?.options.native,
    observers: [...(request.events ? [eventObserver(sinks)] : []), ...(audit === undefined ? [] : [audit.observer])],
  });
  let handle: RunHandle | undefined = undefined;
  const options: RunOptions = {
    ...runOptions(request, configured),
    secrets: readSecrets(request.secrets, environment),
    ...outputOptions(route, request.redact, sinks, () => handle?.kill()),
  };
  if (request.verbose) await tellPlan(request, { ...defaults, ...options }, runner, configured, host);
  handle = runner.start(request.file, request.args, options);
  signals.attach(handle);
  const jobControl = new JobControl(handle, signals);
  const quietLine = quietLineOf(request, sinks);
  audit?.load();
  try {
    return await handle.result;
  } finally {
    quietLine?.close();
    jobControl.close();
  }
}

/** What the file says of every run. Inherited output is neither watched nor redacted, and a file does not change who writes it. */
function configuredDefaults(configured: Configured | undefined, isCaptured: boolean): RunOptions | undefined {
  if (configured === undefined || isCaptured) return configured?.options.defaults;
  const { options, loaded } = configured;
  // A redaction that somebody asked for stays, and with it the warning that it does not reach inherited output.
  const isAsked = ['enabled', 'patterns'].some((key) => loaded.sources[`redaction.${key}`]?.kind !== 'built-in');
  return { ...options.defaults, idleTimeoutMs: undefined, redact: isAsked ? options.defaults.redact : undefined };
}

/** What was given on the command line; what was not stays undefined, so that the configuration holds. */
function runOptions(request: ExecRequest, configured: Configured | undefined): RunOptions {
  return {
    cwd: request.cwd,
    env: { ...readVariables(request.envFiles), ...request.env },
    timeoutMs: request.timeoutMs,
    idleTimeoutMs: request.idleTimeoutMs,
    graceMs: request.graceMs,
    maxOutputBytes: request.maxOutputBytes,
    overflow: request.overflow,
    onOverflow: request.onOverflow,
    containment: request.containment,
    stragglers: request.stragglers,
    eligibility: request.eligibility,
    correlation: request.correlation,
    limits: request.limits,
    strictLimits: request.strictLimits || undefined,
    shell: request.shell === true ? (configured?.loaded.config.shell ?? true) : request.shell || undefined,
    stdin: 'inherit',
  };
}

async function tellPlan(
  request: ExecRequest,
  options: RunOptions,
  runner: CustodyRunner,
  configured: Configured | undefined,
  { sinks, version }: CliHost,
): Promise<void> {
  const { renderPlan } = await import('../render/verbose.js');
  const words = [request.file, ...request.args];
  const capabilities = runner.capabilities();
  sinks.err(renderPlan({ words, version, capabilities, options, configFile: configured?.loaded.file }));
}

/** Only where neither the command nor its events write to the terminal that the line is drawn on. */
function quietLineOf(request: ExecRequest, sinks: Sinks): QuietLine | undefined {
  const { errScreen, outScreen } = sinks;
  const isSilent = request.json || (request.events && !outScreen.isTTY);
  if (!isSilent || request.quiet || !errScreen.isTTY) return undefined;
  const words = [request.file, ...request.args].join(' ');
  return new QuietLine(words, { columns: errScreen.columns, write: (text) => sinks.err(text) });
}

async function report(result: RunResult, request: ExecRequest, sinks: Sinks): Promise<number> {
  const { outcome } = result;
  const exitCode = processExitCode(outcome);
  if (request.json) {
    sinks.out(`${JSON.stringify(resultDocument(result, exitCode), null, 2)}\n`);
  } else if (request.events) {
    sinks.out(eventLine('settled', resultDocument(result, exitCode)));
  } else if (outcome.kind === 'not-started' && outcome.cause === undefined) {
    sinks.err(renderStartFailure(outcome.error, request.file));
  } else if (!request.quiet) {
    const { dim, red } = sinks.errScreen.colors;
    const paint = exitCode === 0 ? dim : red;
    sinks.err(`${paint(renderSummary(result).trimEnd())}\n`);
    for (const warning of result.warnings) sinks.err(`custody: ${warning}\n`);
  }
  if (request.verbose) sinks.err((await import('../render/verbose.js')).renderUsage(result));
  return exitCode;
}

function reportRefusal(error: CustodyError, request: ExecRequest, sinks: Sinks): number {
  const exitCode = exitCodeOfError(error.code);
  if (request.json) sinks.out(`${JSON.stringify(errorDocument(error, exitCode), null, 2)}\n`);
  else if (request.events) sinks.out(eventLine('refused', errorDocument(error, exitCode)));
  else sinks.err(renderStartFailure(error, request.file));
  return exitCode;
}
