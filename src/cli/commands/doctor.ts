/**
 * `custody doctor`: says which backend works here, what it can contain and what it cannot, before anything is run.
 */
import { release } from 'node:os';
import { CustodyError } from '../../core/errors.js';
import { probeCapabilities } from '../../index.js';
import { RUN_LIMITS } from '../../policy/limits.js';
import { EXIT } from '../exit-codes.js';
import type { DoctorRequest } from '../grammar/doctor.js';
import type { CliHost } from '../host.js';
import { renderDoctorReport, type DoctorReport, type Host } from '../render/doctor-report.js';
import { weaknesses } from '../render/weaknesses.js';

/** Writes the report. @returns The exit code: 1 when the backend that was asked for is not to be had. */
export async function doctor(request: DoctorRequest, host: CliHost): Promise<number> {
  const report = await inspect({
    version: host.version,
    node: process.version,
    platform: `${host.platform} ${process.arch} ${release()}`,
    nativeMode: host.environment['CUSTODY_NATIVE'] ?? 'auto',
  });
  host.sinks.out(request.json ? `${JSON.stringify(report, null, 2)}\n` : renderDoctorReport(report));
  return report.problem === undefined ? EXIT.ok : EXIT.internal;
}

async function inspect(host: Host): Promise<DoctorReport> {
  const { timeoutMs, idleTimeoutMs, graceMs, drainMs, maxOutputBytes } = RUN_LIMITS;
  const limits = { timeoutMs, idleTimeoutMs, graceMs, drainMs, maxOutputBytes };
  try {
    const found = await probeCapabilities();
    return { ...host, limits, capabilities: found, weaker: weaknesses(found, process.geteuid?.() === 0) };
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
    return { ...host, limits, problem: { code: error.code, message: `${error.message}${cause}` }, weaker: [] };
  }
}
