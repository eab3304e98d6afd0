/**
 * What runs at the far end of ssh. A daemon for ssh ends nothing when its client goes away, so the command is watched there: it is
 * a process group of its own, which is ended when the connection is gone, when the command has ended, and when somebody asks for it.
 *
 * Plain POSIX sh, with `setsid` where there is one; where there is none, `set -m` gives the command a group of its own. Descriptor 3
 * keeps the standard input for it, which a command in the background would not get.
 */
import { quoteWord, quoteWords } from './posix-words.js';

/** A command to run, as words. */
export interface RemoteCommand {
  readonly words: readonly string[];
  readonly cwd: string | undefined;
  readonly variables: readonly (readonly [name: string, value: string])[];
  readonly graceMs: number;
  /** Names the file that holds the group: letters, digits and dashes. */
  readonly token: string;
}

/** The exit code of a directory that cannot be entered; ssh itself uses 255. */
export const NO_DIRECTORY = 254;

const groupFile = (token: string): string => `"\${TMPDIR:-/tmp}/custody-${token}"`;

/** The line for the far end, which runs it in `sh` whatever the shell of the login is. */
export function remoteLine({ words, cwd, variables, graceMs, token }: RemoteCommand): string {
  const exports = variables.map(([name, value]) => `export ${name}=${quoteWord(value)}`);
  const enter = cwd === undefined ? [] : [`cd ${quoteWord(cwd)} || exit ${NO_DIRECTORY}`];
  const quoted = quoteWords(words);
  const script = [
    ...exports,
    ...enter,
    'umask 077',
    `f=${groupFile(token)}`,
    'exec 3<&0',
    `if command -v setsid >/dev/null 2>&1; then setsid ${quoted} <&3 3<&- & else set -m; ${quoted} <&3 3<&- & fi`,
    'c=$!',
    'exec 3<&- </dev/null',
    'echo $c >"$f"',
    // The parent is the end of the connection here; the kernel gives its children another one when it goes.
    'p=$PPID',
    `( trap '' HUP; while kill -0 $p && kill -0 $c; do sleep 1; done; kill -TERM -$c; sleep ${Math.ceil(graceMs / 1000)}; kill -KILL -$c; rm -f "$f" ) </dev/null >/dev/null 2>&1 &`,
    'w=$!',
    // What the shell says of jobs that were ended is no output of the command.
    'exec 2>/dev/null',
    'wait $c',
    's=$?',
    'kill -KILL $w',
    'kill -KILL -$c',
    'rm -f "$f"',
    'exit $s',
  ].join('\n');
  return `exec sh -c ${quoteWord(script)}`;
}

/** The line that ends the group of a command, and succeeds when nothing of it is left. */
export function endingLine(token: string): string {
  const script = [
    `f=${groupFile(token)}`,
    '[ -e "$f" ] || exit 0',
    'c=$(cat "$f")',
    'n=0',
    'while kill -KILL -"$c" 2>/dev/null; do n=$((n + 1)); [ $n -gt 50 ] && exit 1; sleep 0.1 2>/dev/null || sleep 1; done',
    'rm -f "$f"',
  ].join('\n');
  return `exec sh -c ${quoteWord(script)}`;
}
