/**
 * From the output of a command to diagnostics. Line by line: the first reader that knows the block which begins there takes it,
 * so that outputs of several tools in one stream, and lines of others between, need no detection beforehand. What nobody takes is
 * not looked at again. Whatever the output is, nothing is thrown and the work is linear in its length.
 */
import { nearestName } from '../core/nearest-name.js';
import { isObject } from '../core/shape.js';
import { Issues } from '../core/validate.js';
import { firstLine, toDiagnostic, type Diagnostic, type Finding } from './diagnostic.js';
import type { BlockReader, Format } from './format.js';
import { FORMAT_NAMES, formatNamed, generic, KNOWN_FORMATS, type FormatName } from './formats.js';
import { OutputLines } from './output-lines.js';
import { patternFormat, type DiagnosticPattern } from './pattern-format.js';
import { relativeTo } from './relative-path.js';

const DEFAULT_MAX_DIAGNOSTICS = 10_000;
const MOST_DIAGNOSTICS = 1_000_000;

/** A problem matcher of VS Code, or the `pattern` of one: whatever JSON has. It is checked when it is used. */
export type ProblemMatcher = Readonly<Record<string, unknown>>;

/** One format to read. */
export type FormatChoice = FormatName | DiagnosticPattern | ProblemMatcher;

/** How to read an output. */
export interface ParseDiagnosticsOptions {
  /**
   * `auto` tells the formats by evidence, and takes `file:line:column: text` of unknown tools where it finds none. A name, or
   * several, reads these formats only. `none` reads nothing. A format of your own is a {@link DiagnosticPattern}, or a problem matcher of
   * VS Code as it stands; a list may mix names and patterns.
   *
   * @defaultValue `'auto'`
   */
  readonly format?: 'auto' | 'none' | FormatChoice | readonly FormatChoice[] | undefined;
  /** Absolute path of the folder in which the command ran: files inside of it are told relative to it. */
  readonly cwd?: string | undefined;
  /**
   * Whether the command failed. If it did and no error was found, the result has one all the same: without a place, with the last
   * line of the output that says something.
   *
   * @defaultValue `false`
   */
  readonly failed?: boolean | undefined;
  /** Diagnostics kept; the others are counted. From 1 to 1 000 000. @defaultValue `10_000` */
  readonly maxDiagnostics?: number | undefined;
}

/** What was found. */
export interface ParsedDiagnostics {
  /** In the order of the output. */
  readonly diagnostics: readonly Diagnostic[];
  /** Formats that found something, by name, in the order in which they did. */
  readonly formats: readonly string[];
  /** Diagnostics beyond `maxDiagnostics`. */
  readonly omitted: number;
}

/**
 * The diagnostics in the output of a command.
 *
 * @param output - Standard output and standard error, as text. ANSI sequences, CRLF, a truncation marker and lines of other
 * programs do no harm. Patterns see the first 4 096 characters of a line.
 * @throws `CommandValidationError` if an option is wrong; never because of the output.
 */
export function parseDiagnostics(output: string, options: ParseDiagnosticsOptions = {}): ParsedDiagnostics {
  return createDiagnosticsParser(options)(output);
}

/** Checks the options once, for many outputs. @throws `CommandValidationError` if an option is wrong. */
export function createDiagnosticsParser(options: ParseDiagnosticsOptions = {}): (output: string) => ParsedDiagnostics {
  const issues = new Issues('');
  const { formats, isDetected } = readFormats(options, issues);
  const limit = readLimit(options, issues);
  issues.throwIfAny();
  const pathOf = relativeTo(options.cwd);
  return (output) => {
    const lines = new OutputLines(output);
    const collected = collect(lines, { formats, isDetected, pathOf, limit });
    // A guess is worth something only where nobody knows better.
    const found =
      isDetected && collected.count === 0
        ? collect(lines, { formats: [generic], isDetected, pathOf, limit })
        : collected;
    const hasError = found.diagnostics.some(({ severity }) => severity === 'error');
    if (options.failed === true && !hasError && options.format !== 'none') {
      found.diagnostics.push(lastWords(lines, formats, isDetected, pathOf));
    }
    return {
      diagnostics: found.diagnostics,
      formats: [...found.names],
      omitted: Math.max(0, found.count - limit),
    };
  };
}

interface Plan {
  readonly formats: readonly Format[];
  readonly isDetected: boolean;
  readonly pathOf: (file: string) => string;
  readonly limit: number;
}

interface Collected {
  readonly diagnostics: Diagnostic[];
  readonly names: Set<string>;
  count: number;
}

function collect(lines: OutputLines, plan: Plan): Collected {
  const collected: Collected = { diagnostics: [], names: new Set(), count: 0 };
  const readers = plan.formats.map(({ name, createReader }) => {
    const report = (finding: Finding): void => {
      collected.names.add(name);
      collected.count++;
      if (collected.count <= plan.limit) collected.diagnostics.push(toDiagnostic(finding, name, plan.pathOf));
    };
    return { read: createReader(!plan.isDetected), report };
  });
  let at = 0;
  while (at < lines.count) at += takeBlock(lines, at, readers);
  return collected;
}

/** Returns how many lines are done with. */
function takeBlock(
  lines: OutputLines,
  at: number,
  readers: readonly { readonly read: BlockReader; readonly report: (finding: Finding) => void }[],
): number {
  if (lines.at(at) === '') return 1;
  for (const { read, report } of readers) {
    const taken = read(lines, at, report);
    if (taken > 0) return taken;
  }
  return 1;
}

/** The last line with words in it. */
function lastWords(
  lines: OutputLines,
  formats: readonly Format[],
  isDetected: boolean,
  pathOf: (file: string) => string,
): Diagnostic {
  let at = lines.count - 1;
  while (at >= 0 && !/[\p{L}\p{N}]/u.test(lines.at(at))) at--;
  const message = at < 0 ? 'The command failed and said nothing.' : firstLine(lines.at(at));
  const name = isDetected ? 'generic' : (formats[0]?.name ?? 'generic');
  return toDiagnostic({ message, tool: null }, name, pathOf);
}

function readFormats(
  { format = 'auto', cwd }: ParseDiagnosticsOptions,
  issues: Issues,
): { formats: readonly Format[]; isDetected: boolean } {
  if (format === 'auto') return { formats: KNOWN_FORMATS, isDetected: true };
  if (format === 'none') return { formats: [], isDetected: false };
  const isList = Array.isArray(format);
  const entries: readonly unknown[] = isList ? format : [format];
  const formats = entries.flatMap((entry, index) => {
    const property = isList ? `format[${index}]` : 'format';
    const known = isObject(entry) ? patternFormat(entry, property, issues, cwd) : formatNamed(entry);
    if (known === undefined && !isObject(entry))
      issues.add(property, `must be a pattern or the name of a format${hintFor(entry)}`);
    return known ?? [];
  });
  return { formats, isDetected: false };
}

function hintFor(name: unknown): string {
  const meant = typeof name === 'string' ? nearestName(name, FORMAT_NAMES) : undefined;
  return meant === undefined ? `: ${FORMAT_NAMES.join(', ')}` : `: did you mean '${meant}'?`;
}

function readLimit({ maxDiagnostics = DEFAULT_MAX_DIAGNOSTICS }: ParseDiagnosticsOptions, issues: Issues): number {
  if (!Number.isInteger(maxDiagnostics) || maxDiagnostics < 1 || maxDiagnostics > MOST_DIAGNOSTICS) {
    issues.add('maxDiagnostics', `must be a whole number from 1 to ${MOST_DIAGNOSTICS}`);
  }
  return maxDiagnostics;
}
