/**
 * `custody/telemetry`: observers that log, measure and trace runs.
 *
 * @module custody/telemetry
 */
export { chromeTrace, type ChromeTrace, type TraceEvent } from './chrome-trace.js';
export { logObserver, type LogLevel, type LogOptions, type MessageLogger, type RecordLogger } from './log.js';
export { metricsObserver, type CounterLike, type HistogramLike, type MeterLike } from './metrics.js';
export type { RecordValue, RunRecord } from './run-record.js';
export { traceObserver, type SpanLike, type TracerLike } from './trace.js';
