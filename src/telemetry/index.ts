/**
 * `custody/telemetry`: observers that log, measure and trace runs.
 */
export { chromeTrace, type ChromeTrace } from './chrome-trace.js';
export type { Classify } from './classify.js';
export { logObserver, type LogOptions, type MessageLogger, type RecordLogger } from './log.js';
export { metricsObserver, type MeterLike, type MetricsOptions } from './metrics.js';
export { toLogRecord, type LogRecordOptions, type RecordValue, type RunRecord } from './run-record.js';
export { traceObserver, type TracerLike } from './trace.js';
