/**
 * What runs at the far end of ssh. A daemon for ssh ends nothing when its client goes away, so the command is watched there: it is
 * a process group of its own, which is ended when the connection is gone, when the command has ended, and when somebody asks for it.
 *
 * A request to end may come before the command does. So each leaves its mark before it looks for the other's: the command does not
 * start where it is not wanted any more, or is found. The token is seen by others there, so no mark follows a link (`set -C`).
 *
 * Plain POSIX sh, with `setsid` where there is one; where there is none, `set -m` gives the command a group of its own. Descriptor 3
 * keeps the standard input for it, which a command in the background would not get. `$1` is the mark, because a variable of ours
 * might be one of the command's.
 */
import { quoteWord, quoteWords } from './posix-words.js';

/** A command to run, as words. */
export interface RemoteCommand {
  readonly words: readonly string[];
  readonly cwd: string | undefined;
  readonly variables: readonly (readonly [name: string, value: string])[];
  readonly graceMs: number;
  /** Names the marks: letters, digits and dashes. */
  readonly token: string;
}

/** The exit code of a directory that cannot be entered; ssh itself uses 255. */
export const NO_DIRECTORY = 254;

/** What is said where no mark can be left, and so nothing is started. */
export const NO_MARK = 'custody: no file can be made at the far end';

/** The file that holds the group of a command; with `.ended` behind it, the one that says that it is not wanted any more. */
const markOf = (token: string): string => `"\${TMPDIR:-/tmp}/custody-${token}"`;

/** Becomes the command that stands behind the mark, unless it is not wanted any more. */
const START = [
  `( umask 077; set -C; echo $$ >"$1.new" && mv "$1.new" "$1" ) 2>/dev/null || { echo ${quoteWord(NO_MARK)} >&2; exit 255; }`,
  'if [ -e "$1.ended" ]; then rm -f "$1" "$1.ended"; exit 255; fi',
  'shift',
  'exec "$@"',
].join('\n');

/** The line for the far end, which runs it in `sh` whatever the shell of the login is. */
export function remoteLine({ words, cwd, variables, graceMs, token }: RemoteCommand): string {
  const exports = variables.map(([name, value]) => `export ${name}=${quoteWord(value)}`);
  const enter = cwd === undefined ? [] : [`cd ${quoteWord(cwd)} || exit ${NO_DIRECTORY}`];
  const command = `sh -c ${quoteWord(START)} sh "$1" ${quoteWords(words)} <&3 3<&- &`;
  const script = [
    // Before the variables of the command: TMPDIR may be one of them.
    `set -- ${markOf(token)}`,
    // The parent is the end of the connection here; the kernel gives its children another one, the first process, when it goes.
    'if [ $PPID -le 1 ]; then exit 255; fi',
    ...exports,
    ...enter,
    'exec 3<&0',
    `if command -v setsid >/dev/null 2>&1; then setsid ${command} else set -m; ${command} fi`,
    'c=$!',
    'exec 3<&- </dev/null',
    'p=$PPID',
    `( trap '' HUP; while kill -0 $p && kill -0 $c; do sleep 1; done; kill -TERM -$c; sleep ${Math.ceil(graceMs / 1000)}; kill -KILL -$c; rm -f "$1" ) </dev/null >/dev/null 2>&1 &`,
    'w=$!',
    // What the shell says of jobs that were ended is no output of the command.
    'exec 2>/dev/null',
    'wait $c',
    's=$?',
    'kill -KILL $w',
    'kill -KILL -$c',
    'rm -f "$1"',
    'exit $s',
  ].join('\n');
  return `exec sh -c ${quoteWord(script)}`;
}

/** The line that ends the group of a command, and succeeds when nothing of it is left, nor will come. */
export function endingLine(token: string): string {
  const script = [
    `set -- ${markOf(token)}`,
    // Nobody takes the mark away for a command that never came, so those of yesterday go.
    `find "\${TMPDIR:-/tmp}/." ! -name . -prune -name 'custody-*.ended' -mtime +0 -exec rm -f {} + 2>/dev/null`,
    '( umask 077; set -C; : >"$1.ended" ) 2>/dev/null || [ -e "$1.ended" ] || [ -e "$1" ] || exit 1',
    '[ -e "$1" ] || exit 0',
    'c=$(cat "$1" 2>/dev/null)',
    'n=0',
    'while kill -KILL -"$c" 2>/dev/null; do n=$((n + 1)); [ $n -gt 50 ] && exit 1; sleep 0.1 2>/dev/null || sleep 1; done',
    'rm -f "$1" "$1.ended"',
  ].join('\n');
  return `exec sh -c ${quoteWord(script)}`;
}
