/**
 * `custody/telemetry`: observers that log, measure and trace runs.
 */
export { chromeTrace, type ChromeTrace } from './chrome-trace.js';
export { logObserver, type LogOptions, type MessageLogger, type RecordLogger } from './log.js';
export { metricsObserver, type MeterLike } from './metrics.js';
export type { RecordValue, RunRecord } from './run-record.js';
export { traceObserver, type TracerLike } from './trace.js';
