/**
 * Makes a span of OpenTelemetry of each run. The tracer is passed in, so nothing of OpenTelemetry is loaded here.
 */
import type { RunObserver } from '../core/observer.js';
import { baseName } from './metrics.js';
import { failureKind } from './run-record.js';

/** The part of a `Span` that is used. */
export interface SpanLike {
  /** Sets one attribute. */
  setAttribute(name: string, value: string | number | boolean): unknown;
  /** Says whether it failed, by the numbers of `SpanStatusCode`. */
  setStatus(status: { code: number; message?: string }): unknown;
  /** Notes something that happened meanwhile. */
  addEvent(name: string): unknown;
  /** Ends it, now. */
  end(): void;
}

/** The part of a `Tracer` of `@opentelemetry/api` that is used. */
export interface TracerLike {
  /** Begins a span, as a child of the active one. */
  startSpan(name: string, options?: { attributes?: Record<string, string | number | boolean> }): SpanLike;
}

/** `SpanStatusCode.ERROR`. */
const STATUS_ERROR = 2;

/**
 * An observer that makes a span of each run, from its launch to its settling, as a child of the span that is active where the
 * run is asked for. Names and attributes are those of the semantic conventions for processes: `process.executable.name`,
 * `process.pid`, `process.exit.code`, `error.type`. Arguments are left out, because they may be anything.
 *
 * @example
 * const runner = createRunner({ observers: [traceObserver(trace.getTracer('my-app'))] });
 */
export function traceObserver(tracer: TracerLike): RunObserver {
  const spans = new Map<string, SpanLike>();
  return {
    launched: ({ id, command, correlationIds }) => {
      const name = baseName(command.file);
      const ids = Object.entries(correlationIds).flatMap(([key, value]) =>
        value === null ? [] : [[`custody.${key}`, value]],
      );
      const attributes = {
        'process.executable.name': name,
        'custody.run.id': id,
        ...(Object.fromEntries(ids) as Record<string, string>),
      };
      spans.set(id, tracer.startSpan(name, { attributes }));
    },
    started: ({ id, pid }) => {
      spans.get(id)?.setAttribute('process.pid', pid);
      spans.get(id)?.addEvent('started');
    },
    settled: ({ id, result }) => {
      const span = spans.get(id);
      spans.delete(id);
      if (span === undefined) return;
      span.setAttribute('process.exit.code', result.exitCode);
      span.setAttribute('custody.cleanup', result.cleanup.status);
      const kind = failureKind(result);
      if (kind !== undefined) {
        span.setAttribute('error.type', kind);
        span.setStatus({ code: STATUS_ERROR });
      }
      span.end();
    },
  };
}
