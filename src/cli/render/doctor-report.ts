/**
 * The report of `custody doctor` as a value and as text. `--json` prints the value, so both forms say the same.
 */
import type { ContainmentLevel } from '../../backend/backend.js';
import type { LimitSupport } from '../../core/resource-limits.js';
import type { RunnerCapabilities } from '../../runner/runner.js';
import { formatByteCount, formatDuration } from '../quantity.js';

/** The surroundings, read by the composition root. */
export interface Host {
  readonly version: string;
  readonly node: string;
  /** Operating system, architecture and kernel release, such as `linux x64 6.1.0`. */
  readonly platform: string;
  /** Value of `CUSTODY_NATIVE`; `auto` if it is not set. */
  readonly nativeMode: string;
}

/** Range and default of one option. */
export interface ReportedLimit {
  readonly min: number;
  readonly max: number;
  readonly standard: number;
}

export interface DoctorReport extends Host {
  readonly limits: Readonly<Record<string, ReportedLimit>>;
  /** Absent when no backend can be had; `problem` says why. */
  readonly capabilities?: RunnerCapabilities;
  readonly problem?: { readonly code: string; readonly message: string };
  /** What must not be relied on here, in sentences. */
  readonly weaker: readonly string[];
}

/** Column at which the values begin. */
const LABEL_WIDTH = 14;

/** The report for people: labelled lines in sections. */
export function renderDoctorReport(report: DoctorReport): string {
  const lines = [
    row('custody', report.version),
    row('node', report.node),
    row('platform', report.platform),
    ...backendRows(report),
    ...containmentRows(report),
    ...resourceRows(report),
    ...featureRows(report),
    '',
    'Limits (default, range)',
    ...Object.entries(report.limits).map(([name, limit]) => row(`  ${name}`, limitText(name, limit), LABEL_WIDTH + 4)),
    ...weakerRows(report),
  ];
  return `${lines.join('\n')}\n`;
}

function backendRows(report: DoctorReport): readonly string[] {
  const mode = `CUSTODY_NATIVE=${report.nativeMode}`;
  if (report.problem !== undefined) {
    return [row('backend', `none (${mode})`), row('problem', `${report.problem.code}: ${report.problem.message}`)];
  }
  const found = report.capabilities;
  if (found === undefined) return [];
  const rows = [row('backend', `${found.backend} (${mode})`)];
  if (found.file !== undefined) rows.push(row('addon', found.file));
  if (found.fallbackReason !== undefined) rows.push(row('reason', found.fallbackReason));
  return rows;
}

function containmentRows({ capabilities: found }: DoctorReport): readonly string[] {
  if (found === undefined) return [];
  const rows = Object.entries(found.containment).map(([name, level]) => {
    const mark = name === found.defaultContainment ? '*' : ' ';
    return row(`${mark} ${name}`, levelText(level));
  });
  return ['', 'Containment (* default)', ...rows];
}

function levelText(level: ContainmentLevel): string {
  if (!level.available) return `not available: ${level.detail}`;
  const escape = level.escapeProof ? 'escape-proof' : 'can be left';
  const crash = { nothing: 'nothing survives', escaped: 'escapees survive', all: 'all survive' }[level.hostCrash];
  return `${level.detail}; ${escape}; if the host is killed: ${crash}`;
}

function resourceRows({ capabilities: found }: DoctorReport): readonly string[] {
  if (found === undefined) return [];
  const { limits } = found.containment[found.defaultContainment];
  const rows = Object.entries(limits).map(([name, limit]) => row(`  ${name}`, supportText(limit), LABEL_WIDTH + 4));
  return ['', `Resource limits (containment ${found.defaultContainment})`, ...rows];
}

function supportText({ reach, how }: LimitSupport): string {
  const held = { tree: 'all processes together', process: 'each process', none: 'not enforced' }[reach];
  return `${held}: ${how}`;
}

function featureRows({ capabilities: found }: DoctorReport): readonly string[] {
  if (found === undefined) return [];
  const entries = Object.entries(found.features);
  if (entries.length === 0) return [];
  return ['', 'Kernel features', ...entries.map(([name, value]) => row(`  ${name}`, featureText(value)))];
}

function featureText(value: boolean | string): string {
  if (typeof value === 'string') return value;
  return value ? 'yes' : 'no';
}

function weakerRows(report: DoctorReport): readonly string[] {
  if (report.weaker.length === 0) return [];
  return ['', 'Not guaranteed here', ...report.weaker.map((sentence) => `  - ${sentence}`)];
}

function limitText(name: string, { standard, min, max }: ReportedLimit): string {
  const format = name.endsWith('Ms') ? formatDuration : formatByteCount;
  // A default below the range means that the limit is off unless it is given.
  return `${standard < min ? 'off' : format(standard)}, ${format(min)} to ${format(max)}`;
}

function row(label: string, value: string, width: number = LABEL_WIDTH): string {
  return `${label.padEnd(width)} ${value}`;
}
