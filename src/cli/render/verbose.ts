/** What `custody exec --verbose` says: before, what is going to run and how (FLG-03); afterwards, what it used. */
import type { RunOptions } from '../../core/run-options.js';
import type { RunResult } from '../../core/run-result.js';
import type { RunnerCapabilities } from '../../runner/runner.js';
import { RUN_LIMITS } from '../../policy/limits.js';
import { formatByteCount, formatDuration } from '../quantity.js';
import { printable } from './display-text.js';

/** What is known before a run. */
export interface PlannedRun {
  readonly words: readonly string[];
  readonly version: string;
  readonly capabilities: RunnerCapabilities;
  /** Those that hold: of the command over those of the configuration. */
  readonly options: RunOptions;
  /** The configuration file; `undefined`: there is none. */
  readonly configFile: string | undefined;
}

/** Two lines: the command, and what runs it within which limits. */
export function renderPlan({ words, version, capabilities, options, configFile }: PlannedRun): string {
  const { backend, fallbackReason, defaultContainment } = capabilities;
  const { timeoutMs = RUN_LIMITS.timeoutMs.standard, graceMs = RUN_LIMITS.graceMs.standard, limits = {} } = options;
  const parts = [
    `custody ${version}`,
    fallbackReason === undefined ? backend : `${backend} (${fallbackReason})`,
    `containment ${options.containment ?? defaultContainment}`,
    `timeout ${formatDuration(timeoutMs)}`,
    `grace ${formatDuration(graceMs)}`,
    ...Object.entries(limits).flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`])),
    configFile === undefined ? 'no configuration file' : `configuration ${configFile}`,
  ];
  return `custody: running ${printable(words.join(' '))}\ncustody: ${printable(parts.join(', '))}\n`;
}

/** One line: CPU time, memory and processes, as far as they are known. */
export function renderUsage({ usage, queuedMs }: RunResult<string | Uint8Array>): string {
  const { userMs, systemMs, peakRssBytes, processes, scope } = usage;
  const parts = [
    userMs === null ? undefined : `user ${formatDuration(userMs)}`,
    systemMs === null ? undefined : `system ${formatDuration(systemMs)}`,
    peakRssBytes === null ? undefined : `peak memory ${formatByteCount(peakRssBytes)}`,
    processes === null ? undefined : `processes ${processes}`,
    queuedMs > 0 ? `waited ${formatDuration(queuedMs)}` : undefined,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? '' : `custody: used (${scope}): ${parts.join(', ')}\n`;
}
