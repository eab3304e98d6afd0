/**
 * Commands that run another one: where in their arguments that stands. A table, and a few with a grammar of their own.
 *
 * Flags that take a value are listed, because the word after them is no command. An option that is not known is taken for one
 * without a value.
 */
import { fromBase64 } from '../../core/base64.js';
import { commandNameOf, hasFlag, type Args } from './command-name.js';
import type { Dialect } from './shell-line.js';

/** What a wrapper runs. */
export type Wrapped =
  | { readonly kind: 'words'; readonly words: Args }
  | { readonly kind: 'line'; readonly line: string; readonly dialect: Dialect }
  /** It would run something, and what cannot be told. */
  | { readonly kind: 'unreadable' };

/** How the options of a wrapper are passed over. */
interface Grammar {
  /** Options whose value is the next word. */
  readonly valued: string;
  /** Words before the command that are no options. */
  readonly operands?: number;
  /** `NAME=value` may stand before the command. */
  readonly assigns?: boolean;
  /** A first word that is one of these is passed over; with any other nothing is run. */
  readonly verb?: string;
}

const GRAMMARS: Readonly<Record<string, Grammar>> = {
  env: { valued: '-u --unset -C --chdir -S --split-string', assigns: true },
  timeout: { valued: '-s --signal -k --kill-after', operands: 1 },
  gtimeout: { valued: '-s --signal -k --kill-after', operands: 1 },
  nice: { valued: '-n --adjustment' },
  ionice: { valued: '-c --class -n --classdata' },
  chrt: { valued: '-T -P -D', operands: 1 },
  taskset: { valued: '', operands: 1 },
  numactl: { valued: '-m -N -C -i' },
  stdbuf: { valued: '-i -o -e' },
  unbuffer: { valued: '' },
  time: { valued: '-f --format -o --output' },
  sudo: {
    valued: '-u --user -g --group -h --host -p --prompt -C --close-from -r --role -t --type -T -D --chdir',
    assigns: true,
  },
  doas: { valued: '-u -C' },
  runuser: { valued: '-u -g -G' },
  gosu: { valued: '', operands: 1 },
  'su-exec': { valued: '', operands: 1 },
  chroot: { valued: '', operands: 1 },
  unshare: { valued: '-S -G -R -w' },
  nsenter: { valued: '-t --target -S -G' },
  setpriv: { valued: '--reuid --regid --ruid --euid --rgid --egid --groups --inh-caps --bounding-set --securebits' },
  prlimit: { valued: '' },
  'systemd-run': {
    valued: '-u --unit -p --property -E --setenv -M --machine -H --host --uid --gid --slice --description',
  },
  chronic: { valued: '' },
  fakeroot: { valued: '-l -s -i -b' },
  proxychains: { valued: '-f' },
  proxychains4: { valued: '-f' },
  firejail: { valued: '' },
  caffeinate: { valued: '-t -w' },
  arch: { valued: '-e -d' },
  setarch: { valued: '', operands: 1 },
  linux32: { valued: '' },
  linux64: { valued: '' },
  strace: { valued: '-e -o -p -s -u -E -a -P' },
  ltrace: { valued: '-e -o -p -s -u -a' },
  valgrind: { valued: '' },
  catchsegv: { valued: '' },
  exec: { valued: '-a' },
  command: { valued: '' },
  builtin: { valued: '' },
  busybox: { valued: '' },
  toybox: { valued: '' },
  xargs: { valued: '-I -n -P -L -s -d -a -E --max-args --max-procs --delimiter --arg-file --max-lines --replace' },
  parallel: { valued: '-j --jobs -a --arg-file -I -n -N' },
  winpty: { valued: '' },
  'xvfb-run': { valued: '-s --server-args -n --server-num -e -f -w' },
  'dbus-run-session': { valued: '' },
  'cross-env': { valued: '', assigns: true },
  dotenv: { valued: '-e -c' },
  'env-cmd': { valued: '-f -e -r' },
  poetry: { valued: '-C --directory', verb: 'run' },
  pipenv: { valued: '', verb: 'run' },
  uv: { valued: '--with -p --python --directory --project --package --extra --group --env-file', verb: 'run tool' },
  uvx: { valued: '--from --with -p --python' },
  pipx: { valued: '--spec --python', verb: 'run' },
  hatch: { valued: '-e', verb: 'run' },
  pdm: { valued: '-p', verb: 'run' },
  rye: { valued: '', verb: 'run' },
  conda: { valued: '-n --name -p --prefix --cwd', verb: 'run' },
  mamba: { valued: '-n --name -p --prefix', verb: 'run' },
  bundle: { valued: '', verb: 'exec' },
  rbenv: { valued: '', verb: 'exec' },
  pyenv: { valued: '', verb: 'exec' },
  asdf: { valued: '', verb: 'exec' },
  mise: { valued: '', verb: 'exec x' },
  direnv: { valued: '', operands: 1, verb: 'exec' },
  volta: { valued: '--node --npm --yarn', verb: 'run' },
  fnm: { valued: '--using', verb: 'exec' },
  custody: { valued: '--timeout --cwd --env --secret --shell --root --memory --grace --input', verb: 'exec' },
  wsl: { valued: '-d --distribution -u --user --cd' },
};

/** Shells that take a line after `-c`. */
const POSIX_SHELLS = new Set(['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh', 'mksh', 'fish']);

/** What the command runs, if it is one that runs others. `null`: it is none, or runs nothing here. */
export function wrappedBy(name: string, args: Args): Wrapped | null {
  if (POSIX_SHELLS.has(name)) return posixShell(args);
  if (name === 'cmd') return cmdShell(args);
  if (name === 'powershell' || name === 'pwsh') return powerShell(args);
  const special = SPECIAL.get(name)?.(args);
  if (special !== undefined) return special;
  const grammar = Object.hasOwn(GRAMMARS, name) ? GRAMMARS[name] : undefined;
  return grammar === undefined ? null : words(rest(grammar, args));
}

/** What is asked of a command with a grammar of its own; `undefined`: the table decides. */
type Special = (args: Args) => Wrapped | null | undefined;

const SPECIAL: ReadonlyMap<string, Special> = new Map<string, Special>([
  ['eval', (args: Args) => line(args.join(' '))],
  ['invoke-expression', (args: Args) => line(args.join(' '), 'powershell')],
  ['iex', (args: Args) => line(args.join(' '), 'powershell')],
  ['call', (args: Args) => words(args)],
  ['env', splitString],
  ['command', (args: Args) => (/^-[vV]/.test(args[0] ?? '') ? null : undefined)],
  ['su', lineAfter('-c', '--command', '--session-command')],
  ['script', lineAfter('-c', '--command')],
  ['sg', lineAfter('-c')],
  ['trap', ([action = '']: Args) => (/^(-.*|\d*)$/.test(action) ? null : line(action))],
  ['bwrap', bubble],
  ['cross-env-shell', (args: Args) => line(args.join(' '))],
  ['watch', (args: Args) => line(rest({ valued: '' }, args).join(' '))],
  ['flock', flock],
  ['find', find],
  ['ssh', remoteLine],
  ['concurrently', eachLine],
  ['start-process', () => null],
]);

/** The words after the options of the wrapper; empty if there is no command. */
function rest({ valued, operands = 0, assigns = false, verb }: Grammar, args: Args): Args {
  const takeValues = valued.split(' ');
  let at = 0;
  let wanted = operands;
  let verbs = verb?.split(' ');
  for (; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (arg === '--') return args.slice(at + 1 + wanted);
    // `FOR /F`-like switches of Windows are no options of these programs.
    if (arg.startsWith('-') && arg !== '-') {
      if (takeValues.includes(arg)) at += 1;
    } else if (verbs !== undefined) {
      if (!verbs.includes(arg)) return [];
      // `uv tool run`
      verbs = arg === 'tool' ? ['run'] : undefined;
    } else if (assigns && /^[A-Za-z_]\w*=/.test(arg)) continue;
    else if (wanted > 0) wanted -= 1;
    else break;
  }
  return args.slice(at);
}

function words(inner: Args): Wrapped | null {
  return inner.length === 0 ? null : { kind: 'words', words: inner };
}

function line(text: string, dialect: Dialect = 'posix'): Wrapped {
  return { kind: 'line', line: text, dialect };
}

/** `-c`, also as `-lc` or `-ec`; without it the script is a file, which nobody looks into. */
function posixShell(args: Args): Wrapped | null {
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if ((/^-[A-Za-z]+$/.test(arg) && arg.includes('c')) || arg === '--command') {
      // Options may stand between `-c` and the line.
      const found = args.slice(at + 1).find((word) => !/^[-+][A-Za-z]/.test(word));
      return found === undefined ? null : line(found);
    }
    if (/^[-+][A-Za-z]*o$/.test(arg) || arg === '-O' || arg === '--rcfile' || arg === '--init-file') at += 1;
    else if (!/^[-+]/.test(arg)) return null;
  }
  return null;
}

/** `/c line` and `/k line`; everything after it is the line. */
function cmdShell(args: Args): Wrapped | null {
  const at = args.findIndex((arg) => /^\/[ckr]/i.test(arg));
  if (at === -1) return null;
  const glued = (args[at] ?? '').slice(2);
  const text = [...(glued === '' ? [] : [glued]), ...args.slice(at + 1)].join(' ').trim();
  // With quotes around everything, cmd.exe takes them off.
  return line(/^"[^]*"$/.test(text) ? text.slice(1, -1) : text, 'cmd');
}

/** `-Command`, `-EncodedCommand` and their abbreviations; words without an option are a line as well. */
function powerShell(args: Args): Wrapped | null {
  for (let at = 0; at < args.length; at += 1) {
    const arg = (args[at] ?? '').toLowerCase().replace(/^[/–—]/, '-');
    if (!arg.startsWith('-')) return line(args.slice(at).join(' '), 'powershell');
    const option = arg.slice(1);
    if (option !== '' && 'command'.startsWith(option)) return line(args.slice(at + 1).join(' '), 'powershell');
    if (option === 'ec' || (option !== '' && option !== 'ex' && 'encodedcommand'.startsWith(option)))
      return decoded(args[at + 1] ?? '');
    if (option !== '' && 'file'.startsWith(option)) return words(args.slice(at + 1));
    if (
      /^(ex|ep|exec|executionpolicy|w|windowstyle|version|v|outputformat|o|of|inputformat|if|wd|workingdirectory|configurationname)/.test(
        option,
      )
    )
      at += 1;
  }
  return null;
}

/** Base64 of UTF-16. */
function decoded(text: string): Wrapped {
  const bytes = fromBase64(text);
  if (bytes === undefined || bytes.length % 2 !== 0) return { kind: 'unreadable' };
  return line(new TextDecoder('utf-16le').decode(bytes), 'powershell');
}

/** `env -S 'line'` splits its value into words; no shell reads it, which makes no difference for what is looked for. */
function splitString(args: Args): Wrapped | undefined {
  const at = args.findIndex((arg) => /^-[a-zA-Z]*S/.test(arg) || arg.startsWith('--split-string'));
  if (at === -1 || args.slice(0, at).some((arg) => !/^-|=/.test(arg))) return undefined;
  const glued = (args[at] ?? '').replace(/^(-[a-zA-Z]*S|--split-string=?)/, '');
  return line([glued, ...args.slice(at + 1)].join(' '));
}

function lineAfter(...options: readonly string[]): (args: Args) => Wrapped | null {
  return (args) => {
    const at = args.findIndex((arg) => options.includes(arg));
    const found = at === -1 ? undefined : args[at + 1];
    return found === undefined ? null : line(found);
  };
}

/** How many words each option of bwrap takes is not known here: without `--` the command cannot be told from them. */
function bubble(args: Args): Wrapped | null {
  const at = args.indexOf('--');
  if (at !== -1) return words(args.slice(at + 1));
  return args.length === 0 || /^--(help|version)$/.test(args[0] ?? '') ? null : { kind: 'unreadable' };
}

/** `flock file command`, `flock file -c line`. */
function flock(args: Args): Wrapped | null {
  const inner = rest({ valued: '-w -E', operands: 1 }, args);
  const at = args.findIndex((arg) => arg === '-c' || arg === '--command');
  return at === -1 ? words(inner) : line(args[at + 1] ?? '');
}

/** `find . -exec command ;`: every one of them. */
function find(args: Args): Wrapped | null {
  const lines = args.flatMap((arg, at) => {
    if (!/^-(exec|execdir|ok|okdir)$/.test(arg)) return [];
    const inner = args.slice(at + 1);
    const end = inner.findIndex((word) => word === ';' || word === '+');
    return [inner.slice(0, end === -1 ? inner.length : end)];
  });
  if (lines.length === 0) return null;
  return lines.length === 1 ? words(lines[0] ?? []) : line(lines.map(quoted).join('; '));
}

/** `ssh host line`: it runs elsewhere, by the same rules. */
function remoteLine(args: Args): Wrapped | null {
  const valued = new Set('-b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w'.split(' '));
  let at = 0;
  while (at < args.length && (args[at] ?? '').startsWith('-')) at += valued.has(args[at] ?? '') ? 2 : 1;
  const inner = args.slice(at + 1);
  return inner.length === 0 ? null : line(inner.join(' '));
}

/** `concurrently "a" "b"`: each word is a line. */
function eachLine(args: Args): Wrapped | null {
  const lines = args.filter((arg) => !arg.startsWith('-'));
  return lines.length === 0 ? null : line(lines.join('\n'));
}

function quoted(inner: Args): string {
  return inner.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
}

/** Whether a shell or an interpreter would read its commands from its input or from a person. */
export function readsCommands(name: string, args: Args): boolean {
  if (POSIX_SHELLS.has(name))
    return (
      !hasFlag(args, '--version', '--help') && wrappedBy(name, args) === null && args.every((arg) => /^[-+]/.test(arg))
    );
  if (name === 'cmd') return !args.some((arg) => /^\/[cr?]/i.test(arg));
  return (
    (name === 'powershell' || name === 'pwsh') &&
    wrappedBy(name, args) === null &&
    !hasFlag(args, '--version', '-version', '-help')
  );
}

/** The name under which the file of a command is known: `python3.11` is `python3`. */
export function isShellName(word: string): boolean {
  return POSIX_SHELLS.has(commandNameOf(word));
}
