/**
 * The JSON form of a result, the one schema of it: `result.toJSON()` and `custody exec --json` write it, `parseResult` reads it.
 *
 * `segments` and `combined` are there only where both streams wrote, or what is in the one is not all there is to tell;
 * everything that derives from other fields is written for readers in other languages and is not read back.
 */
import { toBase64 } from './base64.js';
import type { TaggedText } from './combined-output.js';
import type { CorrelationIds } from './correlation.js';
import type { CustodyErrorDocument } from './errors.js';
import type { Outcome } from './outcome.js';
import type { HandlerReport } from './output-handlers.js';
import type { Redactor } from './redactor.js';
import type { OutputSummary } from './result-output.js';
import type { CommandSummary, RunResult } from './run-result.js';

/** Raised when a field is removed or changes its meaning; new fields do not raise it. */
export const RESULT_SCHEMA_VERSION = 1;

/** What a result says beside its command, its ids, its outcome and its output; written as it is. */
export const RESULT_FACTS = [
  'success',
  'successExitCodes',
  'exitCode',
  'signal',
  'timedOut',
  'cancelled',
  'reason',
  'cleanup',
  'usage',
  'breach',
  'unenforcedLimits',
  'withheldEnv',
  'warnings',
  'errors',
  'durationMs',
  'startTime',
  'endTime',
  'pid',
  'backend',
  'containment',
  'queuedMs',
  'launches',
] as const satisfies readonly (keyof RunResult)[];

/** Bytes as JSON can hold them. */
export interface Base64Bytes {
  readonly base64: string;
}

/** An {@link Outcome} with its error as plain data. */
export type OutcomeDocument =
  | Exclude<Outcome, { readonly error: unknown }>
  | (Omit<Extract<Outcome, { readonly error: unknown }>, 'error'> & { readonly error: CustodyErrorDocument });

/** An {@link OutputSummary} with what a handler threw as text: it may have been anything. */
export type OutputDocument = Omit<OutputSummary, 'handlers'> & {
  readonly handlers: (HandlerReport & { readonly lastError: string | null }) | null;
};

/** What is missing of one stream. */
export interface StreamTruncation {
  readonly stream: 'stdout' | 'stderr';
  readonly totalBytes: number;
  readonly keptBytes: number;
  readonly droppedBytes: number;
}

/** The fields of a result without those of its {@link ResultDocument}. */
export type ResultBody = Pick<RunResult, (typeof RESULT_FACTS)[number]> & {
  readonly outcome: OutcomeDocument;
  readonly output: OutputDocument;
  readonly stdout: string | Base64Bytes;
  readonly stderr: string | Base64Bytes;
  /** Streams that lost output; `null` if none did. */
  readonly truncation: readonly StreamTruncation[] | null;
  /** Of text: what `segments()` returns, unless that is one stream as it stands. */
  readonly segments?: readonly TaggedText[] | undefined;
  /** Of bytes and base64: what `combined()` returns, if both streams wrote. */
  readonly combined?: string | Base64Bytes | undefined;
};

/** A result as plain data. Without registered secrets, also where the result itself shows them. */
export interface ResultDocument {
  readonly schemaVersion: number;
  readonly id: string;
  readonly command: CommandSummary;
  readonly result: ResultBody;
  readonly correlationIds: CorrelationIds;
}

/** The document of a result as it stands; `redactor` is applied to what a result shows as it was given to it. */
export function resultDocument(result: RunResult<string | Uint8Array>, redactor?: Redactor): ResultDocument {
  const { id, command, correlationIds, outcome, stdout, stderr, output } = result;
  const facts = Object.fromEntries(RESULT_FACTS.map((name) => [name, result[name]])) as Pick<
    ResultBody,
    (typeof RESULT_FACTS)[number]
  >;
  return {
    schemaVersion: RESULT_SCHEMA_VERSION,
    id,
    command,
    result: {
      outcome: 'error' in outcome ? { ...outcome, error: outcome.error.toJSON() } : outcome,
      ...facts,
      output: outputOf(output, redactor),
      stdout: jsonOf(stdout),
      stderr: jsonOf(stderr),
      truncation: truncationOf(output),
      ...orderOf(result),
    },
    correlationIds,
  };
}

/** What the texts, or bytes, of the streams do not tell of their order. */
function orderOf(result: RunResult<string | Uint8Array>): Pick<ResultBody, 'segments' | 'combined'> {
  const { stdout, stderr } = result;
  if (stdout.length === 0 && stderr.length === 0) return {};
  if (typeof stdout !== 'string' || result.output.stdout.encoding === 'base64') {
    return stdout.length === 0 || stderr.length === 0 ? {} : { combined: jsonOf(result.combined()) };
  }
  const segments = result.segments();
  const [first, ...others] = segments;
  return others.length === 0 && first?.text === result.combined() ? {} : { segments };
}

function outputOf({ handlers, tee, ...streams }: OutputSummary, redactor: Redactor | undefined): OutputDocument {
  const shown = (text: string): string => redactor?.redact(text) ?? text;
  return {
    ...streams,
    handlers:
      handlers === null
        ? null
        : { ...handlers, lastError: handlers.failures === 0 ? null : shown(thrownText(handlers.lastError)) },
    tee: tee === null ? null : { ...tee, file: shown(tee.file) },
  };
}

/** What was thrown may be anything, also something that cannot be made a text of. */
function thrownText(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return typeof thrown;
  }
}

function jsonOf(output: string | Uint8Array): string | Base64Bytes {
  return typeof output === 'string' ? output : { base64: toBase64(output) };
}

function truncationOf(output: OutputSummary): readonly StreamTruncation[] | null {
  const streams = (['stdout', 'stderr'] as const).flatMap((stream) => {
    const { totalBytes, keptBytes, droppedBytes, truncated } = output[stream];
    return truncated ? [{ stream, totalBytes, keptBytes, droppedBytes }] : [];
  });
  return streams.length === 0 ? null : streams;
}
