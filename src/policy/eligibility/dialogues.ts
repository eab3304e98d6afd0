/**
 * Commands whose use is a dialogue: editors, pagers, consoles, logins, and what asks when it is not told everything.
 */
import { hasFlag, operandsOf, type Args } from './command-name.js';
import { readsCommands, wrappedBy } from './wrappers.js';

const VERSION_FLAGS = ['--version', '--help', '-h', '-V', '-v'] as const;

/** Nothing but a dialogue. */
const ALWAYS = new Set(
  [
    'nano pico joe micro helix hx mcedit mg kak less most top htop btop atop nvtop iotop glances mc man info ranger nnn vifm lazygit tig',
    'telnet passwd visudo vipw vipe chsh chfn dialog whiptail zenity fzf gum screen tmux minicom picocom ipython bpython irb pry',
    'ghci iex utop sqlplus cfdisk fdisk parted gparted nmtui alsamixer aptitude mutt irssi weechat lynx links w3m edit',
  ]
    .join(' ')
    .split(' '),
);

/** Consoles that are one unless they are given something to do. */
const CONSOLES: Readonly<Record<string, readonly string[]>> = {
  mysql: ['-e', '--execute'],
  mariadb: ['-e', '--execute'],
  psql: ['-c', '--command', '-f', '--file', '-l', '--list'],
  mongo: ['--eval'],
  mongosh: ['--eval', '-f', '--file'],
  gdb: ['-batch', '--batch', '-x'],
  lldb: ['--batch', '-b'],
  ftp: [],
  sftp: ['-b'],
};

/** Editors that may also be told what to do. */
const EDITORS: Readonly<Record<string, readonly string[]>> = {
  vi: ['-es', '-Es', '-s', '-c'],
  vim: ['-es', '-Es', '-s', '-c'],
  nvim: ['--headless', '-es', '-l'],
  emacs: ['--batch', '-batch', '--script'],
  ed: ['-s'],
  ex: ['-s', '-c'],
};

/** Interpreters that are a console without a file and without code. */
const INTERPRETERS = new Set([
  'node',
  'nodejs',
  'python',
  'python2',
  'python3',
  'py',
  'ruby',
  'lua',
  'php',
  'deno',
  'r',
  'julia',
  'scala',
  'jshell',
  'ocaml',
  'erl',
  'sqlite3',
  'redis-cli',
]);

const GIT: Readonly<Record<string, (args: Args) => boolean>> = {
  commit: (args) =>
    !hasFlag(
      args,
      '-m',
      '-F',
      '-C',
      '--message',
      '--file',
      '--reuse-message',
      '--no-edit',
      '--fixup',
      '--dry-run',
      '--help',
    ) || hasFlag(args, '-p', '--patch', '--interactive', '--edit'),
  add: (args) => hasFlag(args, '-p', '-i', '-e', '--patch', '--interactive', '--edit'),
  rebase: (args) => hasFlag(args, '-i', '--interactive', '--edit-todo'),
  checkout: (args) => hasFlag(args, '-p', '--patch'),
  reset: (args) => hasFlag(args, '-p', '--patch'),
  restore: (args) => hasFlag(args, '-p', '--patch'),
  stash: (args) => hasFlag(args, '-p', '--patch'),
  clean: (args) => hasFlag(args, '-i', '--interactive'),
  mergetool: () => true,
  difftool: (args) => !hasFlag(args, '-y', '--no-prompt'),
  config: (args) => hasFlag(args, '-e', '--edit'),
};

/** The first words of what asks, or opens an editor. */
const ASKING: Readonly<Record<string, (args: Args) => boolean>> = {
  npm: (args) =>
    starts(args, 'login', 'adduser', 'edit', 'explore') ||
    (starts(args, 'init', 'create', 'innit') && !hasFlag(args, '-y', '--yes') && operandsOf(args).length < 2),
  yarn: (args) => starts(args, 'login') || (starts(args, 'init') && !hasFlag(args, '-y', '--yes', '-2')),
  pnpm: (args) => starts(args, 'login', 'adduser'),
  gh: (args) =>
    ['auth login', 'auth refresh'].includes(operandsOf(args).slice(0, 2).join(' ')) && !hasFlag(args, '--with-token'),
  docker: (args) =>
    asksContainer(args) || (starts(args, 'login') && !hasFlag(args, '--password-stdin', '-p', '--password')),
  podman: (args) =>
    asksContainer(args) || (starts(args, 'login') && !hasFlag(args, '--password-stdin', '-p', '--password')),
  kubectl: (args) => starts(args, 'edit') || (starts(args, 'exec', 'run', 'debug') && isTerminal(args)),
  aws: (args) => starts(args, 'configure') && operandsOf(args).length < 2,
  az: (args) => starts(args, 'login') && !hasFlag(args, '--service-principal', '--identity'),
  gcloud: (args) => ['auth login', 'init'].includes(operandsOf(args).slice(0, 2).join(' ')),
  heroku: (args) => starts(args, 'login'),
  crontab: (args) => hasFlag(args, '-e'),
  sudo: (args) => wrappedBy('sudo', args) === null && hasFlag(args, '-i', '-s', '--login', '--shell'),
  su: (args) => !hasFlag(args, '-c', '--command', '--session-command'),
  ssh: (args) => hasFlag(args, '-N', '-t') || isBareLogin(args),
  openssl: (args) => starts(args, 's_client') || args.length === 0,
  gpg: (args) => hasFlag(args, '--edit-key', '--full-generate-key', '--gen-key', '--generate-key'),
  node: (args) => starts(args, 'inspect') || hasFlag(args, '-i', '--interactive'),
  php: (args) => hasFlag(args, '-a'),
  'ssh-keygen': (args) => !hasFlag(args, '-N', '-l', '-y', '-R', '-F', '-A', '-p'),
  wsl: (args) => operandsOf(args).length === 0 && !args.some((arg) => arg.startsWith('--')),
  read: () => true,
  pause: () => true,
  choice: () => true,
  'read-host': () => true,
  'out-gridview': () => true,
};

/** Whether the command is a dialogue with somebody at a terminal. */
export function isDialogue(name: string, args: Args): boolean {
  if (readsCommands(name, args)) return true;
  if (Object.hasOwn(ASKING, name) && ASKING[name]?.(args) === true) return true;
  if (hasFlag(args, ...VERSION_FLAGS)) return false;
  if (ALWAYS.has(name)) return true;
  if (name === 'git') return asksOfGit(args);
  if (Object.hasOwn(CONSOLES, name)) return !hasFlag(args, ...(CONSOLES[name] ?? []));
  if (Object.hasOwn(EDITORS, name)) return !hasFlag(args, ...(EDITORS[name] ?? []));
  if (name === 'python' || name === 'python3') {
    if (args.some((arg, at) => arg === '-m' && args[at + 1] === 'pdb') || hasFlag(args, '-i')) return true;
    if (args.includes('shell') || args.includes('dbshell')) return true;
  }
  return INTERPRETERS.has(name) && isBareConsole(name, args);
}

function asksOfGit(args: Args): boolean {
  // `git -C folder -c name=value commit`
  let at = 0;
  while (at < args.length && (args[at] ?? '').startsWith('-')) at += /^-[Cc]$/.test(args[at] ?? '') ? 2 : 1;
  const verb = args[at] ?? '';
  return Object.hasOwn(GIT, verb) && GIT[verb]?.(args.slice(at + 1)) === true;
}

/** A database is a console as well, without a statement behind its name. */
function isBareConsole(name: string, args: Args): boolean {
  if (name === 'sqlite3') return operandsOf(args).length < 2 && !hasFlag(args, '-init', '-cmd');
  if (name === 'redis-cli') return operandsOf(args).length === 0 && !hasFlag(args, '--eval', '--scan', '--pipe');
  return (
    args.every((arg) => /^--?[a-z-]+$/i.test(arg)) &&
    !hasFlag(args, '-e', '-c', '-p', '-r', '--eval', '--print', '-m', '--test', '--run')
  );
}

function starts(args: Args, ...verbs: readonly string[]): boolean {
  return verbs.includes(operandsOf(args)[0] ?? '');
}

function asksContainer(args: Args): boolean {
  return starts(args, 'attach') || (starts(args, 'run', 'exec') && isTerminal(beforeImage(args)));
}

/** `-it`, and `-t`, before the command that runs inside. */
function isTerminal(args: Args): boolean {
  return hasFlag(args, '--tty') || args.some((arg) => /^-[a-z]+$/.test(arg) && arg.includes('t'));
}

/** The flags of `run`; what stands behind the image are those of its command. An option may have a value, which ends the search early. */
function beforeImage(args: Args): Args {
  const at = args.findIndex(
    (arg, index) => index > 1 && !arg.startsWith('-') && !(args[index - 1] ?? '').startsWith('-'),
  );
  return at === -1 ? args : args.slice(0, at);
}

/** No command behind the host. */
function isBareLogin(args: Args): boolean {
  const valued = new Set('-b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w'.split(' '));
  let operands = 0;
  for (let at = 0; at < args.length; at += 1) {
    if (operands === 0 && (args[at] ?? '').startsWith('-')) at += valued.has(args[at] ?? '') ? 1 : 0;
    else operands += 1;
  }
  return operands === 1;
}
