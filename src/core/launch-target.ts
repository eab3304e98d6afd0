import type { ShellName } from './shell-choice.js';

/** What a command becomes when a shell runs it, or when its directory has been confined. */
export interface LaunchTarget {
  /** The shell, or the command's own file. */
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string | undefined;
  /** `null`: no shell. */
  readonly shell: ShellName | null;
  /** `true`: on Windows the arguments are joined by blanks as they are, because the shell takes a line and no arguments. */
  readonly isVerbatim: boolean;
}
