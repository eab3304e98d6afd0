/**
 * How the output of `custody exec` reaches its reader.
 *
 * Decides who writes. As a rule the command does: it inherits all three streams, terminal or pipe, which is exact (order, bytes,
 * `isatty`, back-pressure, a reader that goes away) and costs nothing. Where its output has to be looked at it goes through pipes:
 * into a document, into events, or, redacted or watched, straight on to our own streams.
 */
import type { RunObserver } from '../../core/observer.js';
import type { RunOptions } from '../../core/run-options.js';
import type { ExecRequest } from '../grammar/exec.js';
import type { Sinks } from '../host.js';

/** `inherit`: the command writes itself; `relay`: we pass on what it writes; `events` and `document`: we print JSON instead. */
export type OutputRoute = 'inherit' | 'relay' | 'events' | 'document';

/** The route that a request asks for. A configured idle timeout does not: it would take the terminal from every command. */
export function routeOf({ json, events, redact, idleTimeoutMs }: ExecRequest): OutputRoute {
  if (json) return 'document';
  if (events) return 'events';
  return redact.length > 0 || idleTimeoutMs !== undefined ? 'relay' : 'inherit';
}

/** The options of a run whose output takes this route. `readerGone` is called when nobody is left to read what is passed on. */
export function outputOptions(
  route: OutputRoute,
  redact: readonly string[],
  sinks: Sinks,
  readerGone: () => void,
): RunOptions {
  const patterns = redact.length === 0 ? undefined : { patterns: redact };
  switch (route) {
    case 'inherit':
      return { stdout: 'inherit', stderr: 'inherit' };
    case 'document':
      return { redact: patterns };
    case 'events':
      return {
        redact: patterns,
        captureOutput: false,
        backpressure: 'block',
        onLine: ({ stream, text, timestamp, partial, dropped }) => {
          sinks.out(eventLine('output', { stream, text, timestamp, partial, dropped }));
        },
      };
    case 'relay':
      return {
        redact: patterns === undefined ? undefined : { ...patterns, bytes: true },
        captureOutput: false,
        backpressure: 'block',
        onChunk: async ({ stream, bytes }) => {
          const isRead = await sinks.relay(stream === 'stderr' ? 'stderr' : 'stdout', bytes);
          if (!isRead) readerGone();
        },
      };
  }
}

/** Prints the events of a run that are not its output. The last one, `settled`, is the document of its result. */
export function eventObserver(sinks: Sinks): RunObserver {
  return {
    launched: ({ id, command, correlationIds, timestamp }) => {
      sinks.out(eventLine('launched', { id, command, correlationIds, timestamp }));
    },
    started: ({ id, pid, timestamp }) => {
      sinks.out(eventLine('started', { id, pid, timestamp }));
    },
  };
}

/** One event as a line of JSON. */
export function eventLine(type: string, fields: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ type, ...fields })}\n`;
}
