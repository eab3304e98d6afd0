/**
 * `custody/results`: reads what `result.toJSON()` wrote.
 *
 * Flags are derived from the outcome and not read, so that a document cannot contradict itself.
 *
 * @module custody/results
 */
import { fromBase64 } from './base64.js';
import type { TaggedText } from './combined-output.js';
import { NO_CORRELATION } from './correlation.js';
import { ERROR_CODES } from './error-codes.js';
import { CustodyError, WorkingDirectoryError, type CustodyErrorDocument } from './errors.js';
import {
  exitCodeOf,
  isCancelled,
  isSuccess,
  isTimedOut,
  signalOf,
  SUCCESS_EXIT_CODES,
  type Outcome,
} from './outcome.js';
import {
  RESULT_FACTS,
  RESULT_SCHEMA_VERSION,
  resultDocument,
  type Base64Bytes,
  type OutcomeDocument,
  type OutputDocument,
  type ResultBody,
  type ResultDocument,
} from './result-document.js';
import { resultShape } from './result-shape.js';
import type { RunResult } from './run-result.js';
import { isObject, type Problems } from './shape.js';
import { decodeWhole } from './text-encoding.js';

export type {
  Base64Bytes,
  OutcomeDocument,
  OutputDocument,
  ResultBody,
  ResultDocument,
  StreamTruncation,
} from './result-document.js';

/** Problems spelled out in the message of an error. */
const PROBLEMS_IN_MESSAGE = 3;

const STREAMS = ['stdout', 'stderr'] as const;

const utf8 = new TextEncoder();

/**
 * The result that a document, or its text, was made of: frozen, with the same outcome, flags, texts and order.
 *
 * @remarks Fields that are not known here are left out. `bytes()` are the bytes of the text, in UTF-8, where the output is text:
 * what the command wrote is in the document only with `encoding: 'buffer'` or `'base64'`, and then `segments()` gives one stream
 * after the other.
 * @throws `CustodyError` with code `VALIDATION_FAILED` if it is no document of a result, or one of a newer schema.
 */
export function parseResult(json: unknown): RunResult<string | Uint8Array> {
  const document = readJson(json);
  requireVersion(document['schemaVersion']);
  const problems: Problems = [];
  resultShape(document, '', problems);
  if (problems.length > 0) throw refusal(spelledOut(problems));
  // Its shape has been checked.
  return revive(document as unknown as ResultDocument);
}

function readJson(json: unknown): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    // An object goes through text as well: it is copied, and whatever is not JSON is gone.
    value = JSON.parse(typeof json === 'string' ? json : JSON.stringify(json));
  } catch (error) {
    throw refusal('it is not JSON', error);
  }
  if (!isObject(value)) throw refusal('it is not an object');
  return value;
}

function requireVersion(version: unknown): void {
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    throw refusal('schemaVersion must be a whole number from 1');
  if (version > RESULT_SCHEMA_VERSION)
    throw refusal(
      `schemaVersion ${version} is newer than ${RESULT_SCHEMA_VERSION}: read it with the version that wrote it`,
    );
}

function spelledOut(problems: Problems): string {
  const more = problems.length - PROBLEMS_IN_MESSAGE;
  return [...problems.slice(0, PROBLEMS_IN_MESSAGE), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

function refusal(why: string, cause?: unknown): CustodyError {
  return new CustodyError('VALIDATION_FAILED', `not the document of a result: ${why}`, {
    operation: 'parse-result',
    cause,
  });
}

function revive({ id, command, correlationIds, result: body }: ResultDocument): RunResult<string | Uint8Array> {
  const outcome = outcomeOf(body.outcome);
  // Older writers knew neither of these two.
  const { successExitCodes = SUCCESS_EXIT_CODES, errors = [] } = body as Partial<ResultBody>;
  const facts = Object.fromEntries(RESULT_FACTS.map((name) => [name, body[name]])) as Pick<
    ResultBody,
    (typeof RESULT_FACTS)[number]
  >;
  const result = Object.assign(new ParsedOutput(body), deepFreeze(facts), {
    id,
    command: deepFreeze(command),
    correlationIds: Object.freeze({ ...NO_CORRELATION, ...correlationIds }),
    outcome: deepFreeze(outcome),
    success: isSuccess(outcome, successExitCodes),
    successExitCodes: deepFreeze(successExitCodes),
    errors: deepFreeze(errors),
    exitCode: exitCodeOf(outcome),
    signal: signalOf(outcome),
    timedOut: isTimedOut(outcome),
    cancelled: isCancelled(outcome),
  });
  return Object.freeze(result);
}

/** The part of a result that has methods. */
class ParsedOutput {
  readonly output: OutputDocument;
  readonly stdout: string | Uint8Array;
  readonly stderr: string | Uint8Array;
  readonly #segments: readonly TaggedText[] | undefined;
  readonly #combined: string | Uint8Array | undefined;

  constructor({ output, stdout, stderr, segments, combined }: ResultBody) {
    this.output = deepFreeze(output);
    this.stdout = outputOf(stdout);
    this.stderr = outputOf(stderr);
    this.#segments = segments === undefined ? undefined : deepFreeze(segments);
    this.#combined = combined === undefined ? undefined : outputOf(combined);
  }

  combined(): string | Uint8Array {
    const { stdout, stderr } = this;
    if (stdout.length === 0 || stderr.length === 0) return stdout.length === 0 ? stderr : stdout;
    return (
      this.#combined ??
      this.segments()
        .map((segment) => segment.text)
        .join('')
    );
  }

  segments(): readonly TaggedText[] {
    return this.#segments ?? STREAMS.flatMap((stream) => this.#segmentOf(stream));
  }

  bytes(stream: 'stdout' | 'stderr'): Uint8Array {
    const output = this[stream];
    if (typeof output !== 'string') return output;
    const bytes = this.output[stream].encoding === 'base64' ? fromBase64(output) : undefined;
    return bytes ?? utf8.encode(output);
  }

  toJSON(this: RunResult<string | Uint8Array>): ResultDocument {
    return resultDocument(this);
  }

  #segmentOf(stream: 'stdout' | 'stderr'): readonly TaggedText[] {
    const text = decodeWhole(this.bytes(stream), 'utf8');
    return text === '' ? [] : [Object.freeze({ stream, text })];
  }
}

function outputOf(output: string | Base64Bytes): string | Uint8Array {
  return typeof output === 'string' ? output : (fromBase64(output.base64) ?? new Uint8Array(0));
}

function outcomeOf(outcome: OutcomeDocument): Outcome {
  return 'error' in outcome ? { ...outcome, error: errorOf(outcome.error) } : outcome;
}

function errorOf({ name, code, message, operation, errno, missing }: CustodyErrorDocument): CustodyError {
  const details = {
    operation,
    ...(errno === undefined ? {} : { errno }),
    ...(missing === undefined ? {} : { missing }),
  };
  if (name === 'WorkingDirectoryError') return new WorkingDirectoryError(message, details);
  // A newer writer may have codes that are not known here.
  return new CustodyError(Object.hasOwn(ERROR_CODES, code) ? code : 'UNKNOWN', message, details);
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  for (const entry of Object.values(value)) deepFreeze(entry);
  return Object.freeze(value);
}
