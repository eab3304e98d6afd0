/** Names and flags as the tables of this room compare them. Pure. */
import { COMPUTED } from './shell-line.js';

/** Words with flags and the like told apart. */
export type Args = readonly string[];

/** The last part of a path, in lower case: `C:\Tools\Vite.CMD` is `vite.cmd`. */
export function baseNameOf(word: string): string {
  return word.slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1).toLowerCase();
}

/** The base name without its extension: `mkfs.ext4` is `mkfs`. A dot in front begins no extension. */
export function commandNameOf(word: string): string {
  const base = baseNameOf(word);
  const dot = base.indexOf('.', 1);
  return dot === -1 ? base : base.slice(0, dot);
}

/** Whether what the word names is known only when it runs. */
export function isComputed(word: string): boolean {
  return baseNameOf(word).includes(COMPUTED);
}

/** The words that are no flags; what stands after `--` is none either. */
export function operandsOf(args: Args): Args {
  const end = args.indexOf('--');
  const flagged = end === -1 ? args : args.slice(0, end);
  return [...flagged.filter((arg) => !arg.startsWith('-')), ...(end === -1 ? [] : args.slice(end + 1))];
}

/** Whether one of the flags is given, as `--flag`, `--flag=value` or, for one of a single letter, within `-abc`. */
export function hasFlag(args: Args, ...flags: readonly string[]): boolean {
  return args.some((arg) => flags.some((flag) => isFlag(arg, flag)));
}

function isFlag(arg: string, flag: string): boolean {
  if (arg === flag) return true;
  if (flag.startsWith('--')) return arg.startsWith(`${flag}=`) && !/=(false|0|no)$/.test(arg);
  return /^-[A-Za-z]$/.test(flag) && /^-[A-Za-z]+$/.test(arg) && arg.includes(flag.charAt(1));
}
