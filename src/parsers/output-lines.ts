/**
 * The output of a command as the lines that readers look at: without escape sequences, without what a carriage return
 * overwrote, without the torn line behind a truncation marker, and with a bound on the length.
 *
 * It also finds JSON documents among other text. The readers go from line to line and must not look at one more than a few
 * times; so a search that failed is remembered, and no part of the output is searched again for the same end.
 */
import { readElements } from './json-elements.js';

/** Characters of a line that patterns look at; what is behind them is not seen, except in JSON. */
export const MAX_LINE_LENGTH = 4_096;

const TRUNCATION_MARKER = /^\[OUTPUT TRUNCATED: \d{1,20} bytes dropped\]$/;
/** Colours, cursor movements, hyperlinks. The classes are disjoint and bounded, so that nothing is tried twice. */
const ESCAPE_SEQUENCE =
  // eslint-disable-next-line no-control-regex
  /\u001b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]|\][^\u0007\u001b]{0,4096}(?:\u0007|\u001b\\)|[@-Z\\^_])/g;

/** The text without colours and the like. */
export function withoutEscapes(text: string): string {
  return text.includes('\u001b') ? text.replace(ESCAPE_SEQUENCE, '') : text;
}

/** A JSON value among the lines, and the line behind it. */
export interface JsonDocument {
  readonly value: unknown;
  readonly next: number;
}

/** Lines of one output. */
export class OutputLines {
  readonly #lines: string[];
  /** Lines asked for, so that a test can count the work. */
  reads = 0;
  #document: { readonly at: number; readonly found: JsonDocument | undefined } | undefined;
  /** Up to which line a document with this last line was sought in vain. */
  readonly #searched = new Map<string, number>();

  constructor(output: string) {
    const text = output.startsWith('\ufeff') ? output.slice(1) : output;
    this.#lines = withoutEscapes(text).split('\n').map(visiblePart);
    this.#dropTornLines();
  }

  get count(): number {
    return this.#lines.length;
  }

  /** The line, at most 4 096 characters of it; empty behind the end. */
  at(index: number): string {
    this.reads++;
    const line = this.#lines[index] ?? '';
    return line.length > MAX_LINE_LENGTH ? line.slice(0, MAX_LINE_LENGTH) : line;
  }

  /** The whole line. */
  wholeAt(index: number): string {
    this.reads++;
    return this.#lines[index] ?? '';
  }

  /** The JSON object or array that begins with this line: on one line, or printed over several with indentation. */
  jsonAt(at: number): JsonDocument | undefined {
    if (this.#document?.at !== at) this.#document = { at, found: this.#findJson(at) };
    return this.#document.found;
  }

  #findJson(at: number): JsonDocument | undefined {
    const line = this.wholeAt(at);
    const open = line.trimStart();
    if (!open.startsWith('{') && !open.startsWith('[')) return undefined;
    if (open.trimEnd().length > 2) {
      const value = parseJson(line) ?? (open.startsWith('[{') ? readElements(open) : undefined);
      return value === undefined ? undefined : { value, next: at + 1 };
    }
    const indent = line.slice(0, line.length - open.length);
    return this.#findPrinted(at, indent + (open.startsWith('{') ? '}' : ']'));
  }

  /** Printed JSON ends with the first bracket that stands as far right as the one it began with. */
  #findPrinted(at: number, last: string): JsonDocument | undefined {
    if (at <= (this.#searched.get(last) ?? -1)) return undefined;
    let end = at + 1;
    while (end < this.count && this.wholeAt(end).trimEnd() !== last) end++;
    this.#searched.set(last, end);
    const text = this.#lines.slice(at, end + 1).join('\n');
    const value = parseJson(text) ?? (last.endsWith(']') ? readElements(text) : undefined);
    return value === undefined ? undefined : { value, next: Math.min(end + 1, this.count) };
  }

  /** The text behind a marker began in the middle of a line, and a piece of a path is a path too. */
  #dropTornLines(): void {
    for (let index = 0; index < this.#lines.length; index++) {
      if (!TRUNCATION_MARKER.test(this.#lines[index] ?? '')) continue;
      this.#lines[index] = '';
      if (index + 1 < this.#lines.length) this.#lines[++index] = '';
    }
  }
}

function visiblePart(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  return text.slice(text.lastIndexOf('\r') + 1);
}

/** `undefined` if the text is no JSON, or says `null`. */
export function parseJson(text: string): unknown {
  try {
    return (JSON.parse(text) as unknown) ?? undefined;
  } catch {
    return undefined;
  }
}
