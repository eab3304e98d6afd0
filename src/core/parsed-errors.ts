/**
 * Errors that somebody finds in the output of a run: what the option `parseErrors` is given, what it returns, and what of that
 * gets into a result.
 *
 * Which formats there are is no business of the runner: it calls a function of the caller's, such as one over
 * `custody/parsers`, believes nothing it returns and lets nothing it throws change the run.
 */
import { combinedText, type CapturedOutput } from './combined-output.js';
import type { Invocation } from './invocation.js';
import { textOf, type TextForm } from './output-slice.js';
import type { Redactor } from './redactor.js';
import type { SettledFacts } from './settled-facts.js';
import { isObject } from './shape.js';

/** The output of a run as an {@link ErrorParser} gets it: as the command wrote it, with LF, and without a truncation marker. */
export interface ParsableOutput {
  readonly file: string;
  readonly args: readonly string[];
  /** As given; `null`: the host's. */
  readonly cwd: string | null;
  /** `null` where the command has none. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams in the order of arrival. */
  readonly combined: () => string;
}

/** One error as a parser returns it; what is not known is left out or `null`. */
export interface FoundError {
  readonly message: string;
  /** Such as `error` or `warning`. @defaultValue `'error'` */
  readonly severity?: string | null | undefined;
  /** What found it, such as the name of a format. @defaultValue `''` */
  readonly source?: string | null | undefined;
  readonly file?: string | null | undefined;
  /** From 1. */
  readonly line?: number | null | undefined;
  /** From 1. */
  readonly column?: number | null | undefined;
  /** The code that the tool gives this kind of error, such as `TS2322`. */
  readonly code?: string | null | undefined;
}

/** Finds errors in the output of a run. Called once, synchronously, when the run has settled. */
export type ErrorParser = (output: ParsableOutput) => readonly FoundError[];

/** One error in a result. `null`: not known. */
export interface ParsedError {
  readonly message: string;
  readonly severity: string;
  readonly source: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly code: string | null;
}

/** What became of the parsing of one run. */
export interface ParsedErrors {
  readonly errors: readonly ParsedError[];
  /** What went wrong, in words and without a value; `undefined`: nothing. */
  readonly warning: string | undefined;
}

/** Errors kept of one run: a compiler that repeats itself must not fill the memory. */
const MAX_ERRORS = 1_000;
const MAX_TEXT = 4_096;

/** The errors of a run without a parser: one object for all of them. */
export const NO_PARSED_ERRORS: ParsedErrors = Object.freeze({ errors: Object.freeze([]), warning: undefined });

/** What the parser of `invocation` finds. Never throws. */
export function parseErrorsOf(
  invocation: Readonly<Invocation>,
  { status }: SettledFacts,
  captured: CapturedOutput,
  redactor: Redactor | undefined,
): ParsedErrors {
  const { parseErrors, encoding, file, args, cwd } = invocation;
  if (parseErrors === undefined) return NO_PARSED_ERRORS;
  const isText = encoding !== 'buffer' && encoding !== 'base64';
  const form: TextForm = { encoding: isText ? encoding : 'utf8', truncationMarker: false, newlines: 'lf' };
  try {
    const found: unknown = parseErrors({
      file,
      args,
      cwd: cwd ?? null,
      exitCode: status !== null && 'code' in status ? status.code : null,
      stdout: textOf(captured.stdout, form),
      stderr: textOf(captured.stderr, form),
      combined: () => combinedText(captured, form),
    });
    return readFound(found, redactor);
  } catch {
    return failed('threw');
  }
}

function failed(how: string): ParsedErrors {
  return { errors: NO_PARSED_ERRORS.errors, warning: `parseErrors ${how}: no errors were read from the output` };
}

function readFound(found: unknown, redactor: Redactor | undefined): ParsedErrors {
  if (!Array.isArray(found)) return failed('returned no array');
  const errors: ParsedError[] = [];
  let refused = 0;
  for (const entry of found.slice(0, MAX_ERRORS) as readonly unknown[]) {
    if (isObject(entry) && typeof entry['message'] === 'string') errors.push(readError(entry, redactor));
    else refused += 1;
  }
  const more = Math.max(0, found.length - MAX_ERRORS);
  const words = [
    ...(refused > 0 ? [`${refused} that are no errors`] : []),
    ...(more > 0 ? [`${more} beyond the first ${MAX_ERRORS}`] : []),
  ];
  return {
    errors: Object.freeze(errors),
    warning: words.length === 0 ? undefined : `parseErrors returned ${words.join(' and ')}: they are left out`,
  };
}

function readError(entry: Readonly<Record<string, unknown>>, redactor: Redactor | undefined): ParsedError {
  const text = (name: string): string | null => {
    const value = entry[name];
    if (typeof value !== 'string') return null;
    // Redacted first: cut before, the beginning of a secret would stay.
    return (redactor?.redact(value) ?? value).slice(0, MAX_TEXT);
  };
  return Object.freeze({
    message: text('message') ?? '',
    severity: text('severity') ?? 'error',
    source: text('source') ?? '',
    file: text('file'),
    line: placeOf(entry['line']),
    column: placeOf(entry['column']),
    code: text('code'),
  });
}

function placeOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
