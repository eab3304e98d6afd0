/**
 * The evidence as rules see it: bounded lines without colours.
 *
 * Bounds make the work of every rule linear in a constant: of each stream the first 8 KiB and the last 24 KiB are read (what
 * a tool says first and what it says last), of a line its first 1 000 characters, of all lines the first 1 000 and last 2 000.
 */
import type { EvidenceLine } from './failure.js';
import type { FailureEvidence } from './evidence.js';

const HEAD_UNITS = 8 * 1024;
const TAIL_UNITS = 24 * 1024;
const MAX_LINE_CHARACTERS = 1000;
const HEAD_LINES = 1000;
const TAIL_LINES = 2000;
const MAX_QUOTE_CHARACTERS = 300;

const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]{0,16}[A-Za-z]`, 'g');
/** What a tool says beside the point. `npm warn`, `warning:`, `[WARNING]`, `WARN `; errors of a tool never begin so. */
const WARNING = /^\s*(?:npm (?:warn|WARN|notice)\b|\[?warn(?:ing)?\]?[\s:]|note:|hint:|debug\d?:|info\b)/i;

/** Exceptions that programs throw with words of their own; those of the system have other types, or stand in a line below. */
const OWN_WORDS =
  /^(?:Uncaught |Exception in thread "[^"]{1,100}" )?(?:[\w$]{1,60}\.){0,8}(?:RuntimeException|IllegalStateException|IllegalArgumentException|ValueError|TypeError|KeyError|RangeError|Exception): /;

/** The lines of one stream. */
export interface StreamLines {
  readonly source: 'stdout' | 'stderr';
  /** All lines in one text: what matches nothing here matches no line. */
  readonly text: string;
  /** Every line that is not blank. */
  readonly all: readonly string[];
  /** Those that are no warnings, notes or hints, and no exceptions with words of the program's own. */
  readonly serious: readonly string[];
}

/** What a rule sees. */
export interface EvidenceView {
  readonly evidence: FailureEvidence;
  readonly stderr: StreamLines;
  readonly stdout: StreamLines;
  /** Name of the program without folder and extension, in lower case; `''` if unknown. */
  readonly tool: string;
}

/** Reads the evidence once for all rules. */
export function viewOf(evidence: FailureEvidence): EvidenceView {
  return {
    evidence,
    stderr: linesOf('stderr', evidence.stderr),
    stdout: linesOf('stdout', evidence.stdout),
    tool: toolName(evidence.file ?? ''),
  };
}

/** A line as it is quoted. */
export function quote(source: EvidenceLine['source'], line: string): EvidenceLine {
  const text = line.trim();
  return { source, text: text.length > MAX_QUOTE_CHARACTERS ? `${text.slice(0, MAX_QUOTE_CHARACTERS - 3)}...` : text };
}

/** `/usr/bin/Git.EXE` is `git`. */
export function toolName(file: string): string {
  const last = file.split(/[\\/]/).at(-1) ?? '';
  return last.replace(/\.(?:exe|cmd|bat|com|ps1|sh)$/i, '').toLowerCase();
}

function linesOf(source: 'stdout' | 'stderr', output: string | Uint8Array | undefined): StreamLines {
  const all = boundedText(output ?? '')
    .replaceAll(COLOUR, '')
    .split(/[\r\n]/)
    .filter((line) => line.trim() !== '')
    .map((line) => line.slice(0, MAX_LINE_CHARACTERS));
  const bounded = all.length > HEAD_LINES + TAIL_LINES ? [...all.slice(0, HEAD_LINES), ...all.slice(-TAIL_LINES)] : all;
  return {
    source,
    text: bounded.join('\n'),
    all: bounded,
    serious: bounded.filter((line) => !WARNING.test(line) && !OWN_WORDS.test(line)),
  };
}

/** Head and tail, each cut at a line's end so that no half line is mistaken for a message. */
function boundedText(output: string | Uint8Array): string {
  if (output.length <= HEAD_UNITS + TAIL_UNITS) return textOf(output);
  const head = textOf(output.slice(0, HEAD_UNITS));
  const tail = textOf(output.slice(-TAIL_UNITS));
  return `${head.slice(0, head.lastIndexOf('\n') + 1)}\n${tail.slice(tail.indexOf('\n') + 1)}`;
}

function textOf(output: string | Uint8Array): string {
  return typeof output === 'string' ? output : new TextDecoder().decode(output);
}
