/**
 * What a script says of one command: which call it stands for and what that call gets to see. Plain data, apart from a
 * predicate for arguments.
 */
import type { StopCause } from '../core/outcome.js';

/** Text, bytes, or bytes in a form that survives JSON. */
export type ScriptedOutput = string | Uint8Array | { readonly base64: string };

/** How a scripted command ends. At most one property is given; none of them: exit code 0. */
export interface ScriptedEnding {
  /** @defaultValue `0` */
  readonly exitCode?: number | undefined;
  /** A signal that came from somewhere else, such as `'SIGSEGV'`. */
  readonly signal?: string | undefined;
  /** The runner stopped it, for this cause. */
  readonly stopped?: Exclude<StopCause, 'host-exit'> | undefined;
  /** It was not started: the executable, its permission or its working directory was missing. */
  readonly notStarted?: 'not-found' | 'not-permitted' | 'cwd-not-found' | undefined;
  /** It goes on until it is stopped by its caller. */
  readonly waits?: true | undefined;
}

/** One command of a script. */
export interface ScriptedCommand extends ScriptedEnding {
  /** The file as the caller names it. */
  readonly file: string;
  /** The exact arguments, or what they have to fulfil. Left out: any. */
  readonly args?: readonly string[] | ((args: readonly string[]) => boolean) | undefined;
  /** The working directory as the caller names it. Left out: any. */
  readonly cwd?: string | undefined;
  readonly stdout?: ScriptedOutput | undefined;
  readonly stderr?: ScriptedOutput | undefined;
  /**
   * How many calls it answers; `Infinity`: any number, none included.
   *
   * @defaultValue `1`
   */
  readonly times?: number | undefined;
}

const utf8 = new TextEncoder();

/** The bytes a scripted stream holds. */
export function bytesOf(output: ScriptedOutput | undefined): Uint8Array {
  if (output === undefined) return new Uint8Array(0);
  if (typeof output === 'string') return utf8.encode(output);
  return output instanceof Uint8Array ? output : Buffer.from(output.base64, 'base64');
}
