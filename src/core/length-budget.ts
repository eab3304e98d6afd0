/**
 * What a system passes to a new process, in numbers, and whether a command keeps to it. Pure: what the limits are here is found out
 * by `runner/system-limits.ts`.
 *
 * Sources: Linux execve(2), "Limits on size of arguments and environment"; `getconf ARG_MAX` of macOS; `CreateProcessW`; `cmd.exe`.
 */
import { windowsCommandLineLength } from './windows-command-line.js';

/** How long arguments and environment may be. */
export type LengthLimits =
  | {
      readonly kind: 'posix';
      /** Bytes of one argument or variable, its terminator included. */
      readonly stringBytes: number;
      /** Bytes of all of them together, with a pointer for each. */
      readonly totalBytes: number;
    }
  | {
      readonly kind: 'windows';
      /** UTF-16 units of the command line, its terminator included. */
      readonly lineUnits: number;
      /** UTF-16 units of the environment block. */
      readonly environmentUnits: number;
    };

/** What is to be passed. */
export interface LengthSubject {
  readonly file: string;
  readonly args: readonly string[];
  readonly variables: readonly (readonly [name: string, value: string])[];
  /** As in `LaunchTarget`. */
  readonly isVerbatim: boolean;
}

/** What is too long, and in words. */
export interface LengthExcess {
  readonly subject: 'argument' | 'variable' | 'line' | 'environment' | 'total';
  readonly detail: string;
}

/** UTF-16 units that no limit of any system is below, even if each has to be quoted, which makes four of it. */
const SURELY_SHORT_UNITS = 2000;
/** What an argument costs beside its text: a blank, quotes, a pointer. */
const UNITS_PER_ARG = 10;
const POINTER_BYTES = 8;

/** Whether the texts are so short that nothing has to be counted; `layers` are sets of variables. */
export function isSurelyShort(
  file: string,
  args: readonly string[],
  layers: readonly { readonly set: readonly (readonly [string, string])[] }[],
): boolean {
  let units = file.length;
  for (const arg of args) units += arg.length + UNITS_PER_ARG;
  for (const { set } of layers) for (const [name, value] of set) units += name.length + value.length + UNITS_PER_ARG;
  return units <= SURELY_SHORT_UNITS;
}

/** What of the command is too long; `undefined` if the system takes it. */
export function lengthExcess(subject: LengthSubject, limits: LengthLimits): LengthExcess | undefined {
  return limits.kind === 'posix' ? posixExcess(subject, limits) : windowsExcess(subject, limits);
}

function posixExcess(
  { file, args, variables }: LengthSubject,
  { stringBytes, totalBytes }: LengthLimits & { kind: 'posix' },
): LengthExcess | undefined {
  // The file counts twice: as argument 0, and as the name that is executed.
  let total = 2 * cStringBytes(file) + POINTER_BYTES;
  for (const [index, arg] of args.entries()) {
    const bytes = cStringBytes(arg);
    if (bytes > stringBytes) return excess('argument', `args[${index}] has ${bytes} bytes`, stringBytes);
    total += bytes + POINTER_BYTES;
  }
  for (const [name, value] of variables) {
    const bytes = utf8Length(name) + 1 + cStringBytes(value);
    if (bytes > stringBytes) return excess('variable', `the variable ${name} has ${bytes} bytes`, stringBytes);
    total += bytes + POINTER_BYTES;
  }
  if (total <= totalBytes) return undefined;
  return excess('total', `arguments and environment have ${total} bytes`, totalBytes);
}

function windowsExcess(
  subject: LengthSubject,
  { lineUnits, environmentUnits }: LengthLimits & { kind: 'windows' },
): LengthExcess | undefined {
  const line = windowsCommandLineLength(subject.file, subject.args, subject.isVerbatim) + 1;
  if (line > lineUnits) return excess('line', `the command line has ${line} characters`, lineUnits);
  let block = 1;
  for (const [name, value] of subject.variables) block += name.length + value.length + 2;
  if (block <= environmentUnits) return undefined;
  return excess('environment', `the environment has ${block} characters`, environmentUnits);
}

function excess(subject: LengthExcess['subject'], what: string, limit: number): LengthExcess {
  return { subject, detail: `${what}; the system takes ${limit}` };
}

function cStringBytes(text: string): number {
  return utf8Length(text) + 1;
}

/** Bytes of the text in UTF-8; a surrogate on its own becomes U+FFFD. */
function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    bytes += 1;
    if (unit < 0x800) continue;
    const isPair = unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
    // A pair has four bytes for its two units; everything else here has three for one.
    bytes += 1;
    if (isPair) at += 1;
  }
  return bytes;
}
