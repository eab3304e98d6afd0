/**
 * `custody/telemetry`: observers that log, measure and trace runs.
 *
 * @module custody/telemetry
 */
export { chromeTrace, type ChromeTrace, type TraceEvent } from './chrome-trace.js';
export type { Classify } from './classify.js';
export { logObserver, type LogLevel, type LogOptions, type MessageLogger, type RecordLogger } from './log.js';
export {
  metricsObserver,
  type CounterLike,
  type HistogramLike,
  type MeterLike,
  type MetricsOptions,
} from './metrics.js';
export { toLogRecord, type LogRecordOptions, type RecordValue, type RunRecord } from './run-record.js';
export { traceObserver, type SpanLike, type TracerLike } from './trace.js';
