/**
 * Which shell a caller asked for: pure naming. Where a shell is and how it is given a line is decided in `runner/shells/`.
 */

/** The families of shells that are known; each has rules of its own for quoting. */
export type ShellName = 'sh' | 'bash' | 'cmd' | 'powershell';

/** A shell that was asked for. */
export interface ShellChoice {
  readonly name: ShellName;
  /** The executable that was named; `undefined`: where the family usually is. */
  readonly file: string | undefined;
  /** Flags that were named, to stand before the line; empty: those of the family. */
  readonly flags: readonly string[];
}

/** Longest description of a shell; a path cannot be longer on any system. */
const MAX_LENGTH = 4096;

/** Base names without `.exe`, in lower case. The POSIX ones that are not bash quote and take `-c` as `sh` does. */
const FAMILIES: ReadonlyMap<string, ShellName> = new Map<string, ShellName>([
  ...(['sh', 'dash', 'ash', 'ksh', 'mksh', 'zsh'] as const).map((name) => [name, 'sh'] as const),
  ['bash', 'bash'],
  ['cmd', 'cmd'],
  ['pwsh', 'powershell'],
  ['powershell', 'powershell'],
]);

/** What means a family as such, wherever it is. */
const FAMILY_NAMES: ReadonlySet<string> = new Set(['sh', 'bash', 'cmd', 'pwsh', 'powershell']);

/** `bash`, `/bin/zsh`, `C:\Windows\System32\cmd.exe`, `/bin/bash -c`; `undefined` for what is no shell that is known. */
export function shellChoiceOf(text: string): ShellChoice | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const { file, flags } = withoutFlags(text.trim());
  const base = file.split(/[\\/]/).at(-1) ?? '';
  const name = FAMILIES.get(base.toLowerCase().replace(/\.exe$/, ''));
  if (name === undefined || !takesLine(name, flags)) return undefined;
  return { name, file: FAMILY_NAMES.has(file.toLowerCase()) ? undefined : file, flags };
}

/** Words at the end that begin with `-`, or with `/` and a letter or two, are flags; the rest is the file, which may contain blanks. */
function withoutFlags(text: string): { file: string; flags: readonly string[] } {
  const words = text.split(/\s+/);
  let first = words.length;
  while (first > 1 && /^(-[\w-]+|\/[a-z:]{1,6})$/i.test(words[first - 1] ?? '')) first -= 1;
  const flags = words.slice(first);
  // Taken from the text, so that blanks within the file stay as they are.
  let file = text;
  for (let count = flags.length; count > 0; count -= 1) file = file.replace(/\s+\S+$/, '');
  return { file, flags };
}

/** Flags of the caller's replace those of the family, so the last one has to announce the line. */
function takesLine(name: ShellName, flags: readonly string[]): boolean {
  const last = flags.at(-1)?.toLowerCase();
  if (last === undefined) return true;
  if (name === 'cmd') return last === '/c';
  return name === 'powershell' ? last === '-command' || last === '-c' : /^-[a-z]*c$/.test(last);
}
