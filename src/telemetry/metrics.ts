/**
 * Counts runs with a meter of OpenTelemetry. The meter is passed in, so nothing of OpenTelemetry is loaded here.
 */
import type { RunObserver } from '../core/observer.js';
import type { Classify } from './classify.js';
import { failureKind } from './run-record.js';

type Attributes = Record<string, string | number>;

interface Counter {
  add(value: number, attributes?: Attributes): void;
}

interface Histogram {
  record(value: number, attributes?: Attributes): void;
}

/** The part of a `Meter` of `@opentelemetry/api` that is used. */
export interface MeterLike {
  createCounter(name: string, options?: { description?: string; unit?: string }): Counter;
  createUpDownCounter(name: string, options?: { description?: string; unit?: string }): Counter;
  createHistogram(name: string, options?: { description?: string; unit?: string }): Histogram;
}

/** Options of {@link metricsObserver}. */
export interface MetricsOptions {
  /** Adds the attribute `category` to failures: `classifyResult` of `custody/failure`, for instance. */
  readonly classify?: Classify | undefined;
}

/**
 * An observer that feeds a meter: `execution_duration_seconds` (histogram), `execution_exit_code` (one count per code),
 * `custody.run.failures` by kind, `custody.run.truncations`, and `custody.runs.active`. The attribute `command` is the base name
 * of the file, never an argument, so that there are as many series as there are programs.
 *
 * @example
 * const runner = createRunner({ observers: [metricsObserver(metrics.getMeter('my-app'))] });
 */
export function metricsObserver(meter: MeterLike, { classify }: MetricsOptions = {}): RunObserver {
  const duration = meter.createHistogram('execution_duration_seconds', {
    description: 'Time from the start of a command to the end of its cleanup',
    unit: 's',
  });
  const exitCodes = meter.createCounter('execution_exit_code', { description: 'Commands that ended, by exit code' });
  const failures = meter.createCounter('custody.run.failures', { description: 'Runs without success, by kind' });
  const truncations = meter.createCounter('custody.run.truncations', { description: 'Streams that lost output' });
  const active = meter.createUpDownCounter('custody.runs.active', { description: 'Runs that have not settled' });
  return {
    launched: () => {
      active.add(1);
    },
    settled: ({ result }) => {
      const command = baseName(result.command.file);
      active.add(-1);
      duration.record(result.durationMs / 1_000, { command, outcome: result.outcome.kind });
      exitCodes.add(1, { command, exit_code: result.exitCode });
      const kind = failureKind(result);
      if (kind !== undefined) failures.add(1, { command, kind, ...categoryOf(result, classify) });
      const truncated = Object.values(result.output).filter((stream) => isTruncated(stream)).length;
      if (truncated > 0) truncations.add(truncated, { command });
    },
  };
}

function categoryOf(result: Parameters<Classify>[0], classify: Classify | undefined): Attributes {
  const category = classify?.(result)?.category;
  return category === undefined ? {} : { category };
}

function isTruncated(stream: unknown): boolean {
  return typeof stream === 'object' && stream !== null && (stream as { truncated?: unknown }).truncated === true;
}

/** Without folders, and of a line for a shell its first word only. */
export function baseName(file: string): string {
  const [word = ''] = file.trim().split(/\s/, 1);
  return word.split(/[\\/]/).at(-1) ?? word;
}
