import type { ShellName } from '../../core/shell-choice.js';

/** How one family of shells is found, given a line, and kept from acting on an argument. Pure: no lookups, no environment. */
export interface ShellProvider {
  readonly name: ShellName;
  /** Executables to try, best first: names to look up, or absolute paths. */
  readonly candidates: readonly string[];
  /** What stands before the line unless the caller named flags of his own. */
  readonly flags: readonly string[];
  /** Longest line in UTF-16 units that the shell takes; `undefined`: as long as an argument may be. */
  readonly maxLineLength: number | undefined;
  /** The arguments of the shell for a line. */
  argsFor(line: string, flags: readonly string[]): readonly string[];
  /** `true`: see `LaunchTarget.isVerbatim`. */
  readonly isVerbatim: boolean;
  /** The text that the shell turns back into `arg`; `file` is the executable that will read it. */
  quote(arg: string, file: string): QuotedArg;
}

/** A quoted argument, or why there is no safe way to write it. */
export type QuotedArg = { readonly text: string } | { readonly problem: string };
