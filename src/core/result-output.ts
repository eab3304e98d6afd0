/**
 * The output part of a result: text or bytes of both streams, made once when the run settles, and what can be said of them.
 *
 * This is the one place where captured output leaves for the caller. Bytes are kept beside the text only where the text does
 * not give them back, or where both streams wrote and their order may be asked for.
 */
import {
  combinedBytes,
  combinedSegments,
  combinedText,
  type CapturedOutput,
  type TaggedText,
} from './combined-output.js';
import type { ProcessName } from './cleanup.js';
import type { HandlerReport } from './output-handlers.js';
import { cutForText, maskedSlice, textOf, type OutputSlice, type TextForm } from './output-slice.js';
import type { Redactor } from './redactor.js';
import type { Encoding } from './run-options.js';
import { isCutOff, type SettledFacts, type StreamFacts } from './settled-facts.js';
import type { TeeReport } from './tee.js';
import { decodeWhole } from './text-encoding.js';

/** Bytes of one output stream. */
export interface StreamSummary {
  /** Bytes the command wrote. */
  readonly totalBytes: number;
  /** Bytes of the stream that are in the result. */
  readonly keptBytes: number;
  readonly droppedBytes: number;
  /** Whether anything was dropped. */
  readonly truncated: boolean;
  /** `false`: reading was cut off while others still held the stream, see `heldBy`. */
  readonly complete: boolean;
  /** Processes that still held the stream when the drain limit passed. */
  readonly heldBy: readonly ProcessName[];
  /** What text was made with: what `'auto'` has found, otherwise what was asked for. */
  readonly encoding: Encoding;
  /** Places where bytes meant nothing in that encoding and became U+FFFD. */
  readonly replacements: number;
  /** There is a NUL near the beginning: probably no text. */
  readonly binary: boolean;
}

/** What can be said of the output of a run. */
export interface OutputSummary {
  readonly stdout: StreamSummary;
  readonly stderr: StreamSummary;
  /** `null` if the run had none. Handlers that are still being waited for may go on: `onEnd` is told the final figures. */
  readonly handlers: HandlerReport | null;
  /** `null` if there was no `tee`. */
  readonly tee: TeeReport | null;
}

/** How output is shown. */
export interface OutputForm extends TextForm {
  readonly redact: { readonly inBytes: boolean } | undefined;
}

const SAMPLE_LENGTH = 1024;
const REPLACEMENT = '\uFFFD';
const REPLACEMENT_BYTES = [0xef, 0xbf, 0xbd] as const;

const utf8 = new TextEncoder();

export class ResultOutput {
  readonly stdout: string | Uint8Array;
  readonly stderr: string | Uint8Array;
  readonly stdoutSummary: StreamSummary;
  readonly stderrSummary: StreamSummary;
  readonly #form: OutputForm;
  /** Of text; `undefined` where it is shown as it is. */
  readonly #redactor: Redactor | undefined;
  /** As the command wrote it; `undefined` where the text, or the one stream that wrote anything, is the whole of it. */
  readonly #captured: CapturedOutput | undefined;

  constructor(captured: CapturedOutput, facts: SettledFacts, form: OutputForm, redactor: Redactor | undefined) {
    const { stdout, stderr } = captured;
    this.#form = form;
    this.#redactor = redactor;
    this.stdout = this.#shown(stdout, isCutOff(facts, facts.stdout));
    this.stderr = this.#shown(stderr, isCutOff(facts, facts.stderr));
    this.stdoutSummary = summaryOf(facts.stdout, stdout, this.stdout, form);
    this.stderrSummary = summaryOf(facts.stderr, stderr, this.stderr, form);
    const isNeeded = (stdout.bytes.length > 0 && stderr.bytes.length > 0) || !this.#isRecoverable();
    this.#captured = isNeeded ? captured : undefined;
  }

  combined(): string | Uint8Array {
    const { stdout, stderr } = this;
    if (this.#captured === undefined || stdout.length === 0 || stderr.length === 0)
      return stdout.length > 0 ? stdout : stderr;
    const { encoding } = this.#form;
    if (encoding === 'buffer') return combinedBytes(this.#captured, this.#byteRedactor);
    return encoding === 'base64'
      ? toBase64(combinedBytes(this.#captured, this.#byteRedactor))
      : combinedText(this.#captured, this.#form, this.#redactor);
  }

  segments(): readonly TaggedText[] {
    if (this.#captured !== undefined) return combinedSegments(this.#captured, this.#form, this.#redactor);
    const stdout = sliceOf(this.bytes('stdout'));
    const stderr = sliceOf(this.bytes('stderr'));
    return combinedSegments({ stdout, stderr, segments: [] }, this.#form);
  }

  bytes(stream: 'stdout' | 'stderr'): Uint8Array {
    if (this.#captured !== undefined) {
      const slice = this.#captured[stream];
      // Whether the stream ended or broke off is not kept: its end is judged as a cut.
      const { bytes } = this.#byteRedactor === undefined ? slice : maskedSlice(slice, this.#byteRedactor, true);
      return bytes.slice();
    }
    const output = this[stream];
    return typeof output === 'string' ? utf8.encode(output) : output;
  }

  /** Whether the bytes can be made of the text. */
  #isRecoverable(): boolean {
    const { encoding, newlines } = this.#form;
    const { stdoutSummary: stdout, stderrSummary: stderr } = this;
    if (stdout.keptBytes === 0 && stderr.keptBytes === 0) return true;
    if (this.#redactor !== undefined) return false;
    if (encoding === 'buffer') return true;
    const isWhole = !stdout.truncated && !stderr.truncated && stdout.replacements + stderr.replacements === 0;
    return encoding === 'utf8' && newlines === 'keep' && isWhole;
  }

  /** Of bytes, which stay as they are unless somebody asked for it. */
  get #byteRedactor(): Redactor | undefined {
    return this.#form.redact?.inBytes === true ? this.#redactor : undefined;
  }

  #shown(slice: OutputSlice, endsCut: boolean): string | Uint8Array {
    const { encoding } = this.#form;
    if (encoding !== 'buffer' && encoding !== 'base64') return textOf(slice, this.#form, this.#redactor, endsCut);
    const { bytes } = this.#byteRedactor === undefined ? slice : maskedSlice(slice, this.#byteRedactor, endsCut);
    return encoding === 'buffer' ? bytes : toBase64(bytes);
  }
}

function sliceOf(bytes: Uint8Array): OutputSlice {
  return { bytes, seam: bytes.length, droppedBytes: 0 };
}

function toBase64(bytes: Uint8Array): string {
  return btoa(decodeWhole(bytes, 'latin1'));
}

function summaryOf(
  { totalBytes, complete, heldBy }: StreamFacts,
  slice: OutputSlice,
  output: string | Uint8Array,
  { encoding: wanted }: TextForm,
): StreamSummary {
  const keptBytes = slice.bytes.length;
  const droppedBytes = totalBytes - keptBytes;
  const encoding = wanted === 'auto' ? cutForText(slice, 'auto').encoding : wanted;
  return {
    totalBytes,
    keptBytes,
    droppedBytes,
    truncated: droppedBytes > 0,
    complete,
    heldBy,
    encoding,
    replacements: keptBytes === 0 ? 0 : replacementsIn(output, slice.bytes, encoding),
    binary: keptBytes > 0 && isBinary(output, slice.bytes, encoding),
  };
}

function isBinary(output: string | Uint8Array, bytes: Uint8Array, encoding: Encoding): boolean {
  if (typeof output === 'string' && encoding !== 'base64') return output.slice(0, SAMPLE_LENGTH).includes('\0');
  return bytes.subarray(0, SAMPLE_LENGTH).includes(0);
}

/** U+FFFD that the command wrote itself is no replacement; only in UTF-8 the two can be told apart by the bytes. */
function replacementsIn(output: string | Uint8Array, bytes: Uint8Array, encoding: Encoding): number {
  if (typeof output !== 'string' || !output.includes(REPLACEMENT)) return 0;
  const shown = output.split(REPLACEMENT).length - 1;
  return encoding === 'utf8' ? Math.max(0, shown - writtenReplacements(bytes)) : shown;
}

function writtenReplacements(bytes: Uint8Array): number {
  const [first, second, third] = REPLACEMENT_BYTES;
  let count = 0;
  for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (bytes[at + 1] === second && bytes[at + 2] === third) count += 1;
  }
  return count;
}
