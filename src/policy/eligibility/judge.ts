/**
 * From a command to its verdict: looks into what it wraps, and keeps the worst that it finds.
 *
 * Shell lines, argument arrays, here-documents, substitutions and package scripts all come down to words, which are judged in one
 * place. Depth is bounded, and a script is judged once, so the time is linear in the length of everything that is given.
 */
import { commandNameOf, isComputed, baseNameOf, type Args } from './command-name.js';
import { isDialogue } from './dialogues.js';
import { longRunningRule } from './long-running.js';
import { devTaskOf, isDevFile, isDevScriptName, packageRunOf, type PackageRun } from './project-scripts.js';
import { COMPUTED, parseShellLine, type Dialect, type SimpleCommand } from './shell-line.js';
import { ELIGIBILITIES, ELIGIBILITY_RULES, type EligibilityRule, type EligibilityVerdict } from './verdict.js';
import { isShellName, wrappedBy } from './wrappers.js';

/** Wrappers in wrappers that are looked into. More are hardly meant to be read by anybody. */
const MAX_DEPTH = 12;
/** How often each character may be read, wrappers in wrappers included: more than depth needs, unless text is given to several. */
const MAX_READINGS = 4 * MAX_DEPTH;
const MAX_NAME_LENGTH = 64;

/** Lists to judge by: names in lower case, without extension. */
export interface Lists {
  readonly denied: ReadonlySet<string>;
  readonly allowed: readonly ReadonlySet<string>[];
  readonly scripts: Readonly<Record<string, string>>;
  /** Characters of all scripts. */
  readonly scriptsLength: number;
}

/** Words of sh that stand before a command and are none. */
const POSIX_WORDS = new Set([
  'if',
  'then',
  'elif',
  'else',
  'while',
  'until',
  'do',
  'fi',
  'done',
  'esac',
  '{',
  '}',
  '!',
  'time',
  'coproc',
]);
/** What begins a list of words that are no command. */
const POSIX_LISTS = new Set(['for', 'case', 'select', 'function', '[[', '[', 'in']);
const BUILTINS = new Set(
  'cd echo true false : test [ set unset export readonly local declare typeset shift return exit break continue trap umask wait kill printf pwd type hash alias unalias let source . rem setlocal endlocal pushd popd if else elseif foreach while try catch finally function'.split(
    ' ',
  ),
);
const INTERPRETERS = new Set([
  'node',
  'nodejs',
  'python',
  'python2',
  'python3',
  'py',
  'ruby',
  'perl',
  'php',
  'deno',
  'bun',
  'tsx',
  'ts-node',
  'sh',
  'bash',
  'zsh',
  'dash',
  'powershell',
  'pwsh',
]);

const ALLOWED: EligibilityVerdict = Object.freeze({
  verdict: 'allowed',
  rule: null,
  reason: null,
  subject: null,
  via: [],
});

export class Judge {
  readonly #lists: Lists;
  readonly #scriptsSeen = new Set<string>();
  #worst = ALLOWED;
  /** Characters of lines that may still be read. */
  #readable: number;

  /** `lengthGiven`: characters of everything that is to be judged. */
  constructor(lists: Lists, lengthGiven: number) {
    this.#lists = lists;
    this.#readable = MAX_READINGS * (lengthGiven + lists.scriptsLength);
  }

  get verdict(): EligibilityVerdict {
    return this.#worst;
  }

  /** A line of a shell, with words that are put after it. */
  line(text: string, dialect: Dialect, via: Args, more: Args = []): void {
    this.#readable -= text.length;
    if (this.#isTooDeep(via)) return;
    const { commands, inner, isBroken } = parseShellLine(text, dialect);
    if (isBroken) this.#found('unreadable', via.at(-1) ?? 'a line', via);
    for (const [index, command] of commands.entries()) {
      const words = index === commands.length - 1 ? [...command.words, ...more] : command.words;
      this.#simple({ ...command, words }, dialect, via);
    }
    for (const text of inner) this.line(text, dialect, [...via, '$()']);
  }

  /** An executable with its arguments. */
  words(words: Args, via: Args, dialect?: Dialect, input?: string): void {
    const [file = '', ...args] = words;
    if (file === '' || this.#isTooDeep(via)) return;
    if (isComputed(file)) {
      this.#found('unreadable', 'a name that is computed', via);
      return;
    }
    const name = nameOf(file);
    if (dialect === undefined || !BUILTINS.has(name)) this.#checkLists(file, via);
    const rule = longRunningRule(name, args);
    if (rule !== undefined) this.#found(rule, name, via);
    if (input !== undefined && isShellName(file)) this.line(input, 'posix', [...via, name]);
    else if (isDialogue(name, args)) this.#found('interactive', name, via);
    this.#checkFiles(file, name, args, via);
    this.#lookInto(name, args, [...via, name]);
  }

  #simple({ words, isBackground, input }: SimpleCommand, dialect: Dialect, via: Args): void {
    const command = dialect === 'posix' ? posixCommand(words) : windowsCommand(words, dialect);
    if (isBackground) this.#found('background', nameOf(command[0] ?? '') || 'a command', via);
    this.words(command, via, dialect, input);
  }

  #lookInto(name: string, args: Args, via: Args): void {
    const inner = wrappedBy(name, args);
    if (inner?.kind === 'words') this.words(inner.words, via);
    else if (inner?.kind === 'line') this.line(inner.line, inner.dialect, via);
    else if (inner?.kind === 'unreadable') this.#found('unreadable', name, via.slice(0, -1));
    const run = packageRunOf(name, args);
    if (run?.kind === 'words') this.words(run.words, via);
    else if (run?.kind === 'line') this.line(run.line, 'posix', via);
    else if (run?.kind === 'script') this.#script(run, via);
    const task = devTaskOf(name, args);
    if (task !== undefined) this.#found('dev-script', task, via);
  }

  /** A script of the project: by its name, and by its lines if they are known. Before and after it run `pre` and `post`. */
  #script({ name, args, mayBeProgram }: Extract<PackageRun, { kind: 'script' }>, via: Args): void {
    const { scripts } = this.#lists;
    const line = scripts[name];
    if (isDevScriptName(name)) this.#found('dev-script', name, via);
    // `yarn vite`: no script of that name, so a program of the project.
    if (line === undefined && mayBeProgram === true) this.words([name, ...args], via, 'posix');
    for (const each of [`pre${name}`, name, `post${name}`]) {
      const text = scripts[each];
      if (text === undefined || this.#scriptsSeen.has(each)) continue;
      this.#scriptsSeen.add(each);
      this.line(text, 'posix', [...via, each], each === name ? args.filter((arg) => arg !== '--') : []);
    }
  }

  /** `./scripts/dev.sh`, `node server.js`: by the name of the file. */
  #checkFiles(file: string, name: string, args: Args, via: Args): void {
    if (/[\\/]/.test(file) && isDevFile(file)) this.#found('dev-script', baseNameOf(file), via);
    if (!INTERPRETERS.has(name)) return;
    const script = args.find((arg) => !arg.startsWith('-'));
    const runsCode = args.some((arg) => /^-[a-z]*[cerp]$/i.test(arg) || arg === '-m');
    if (script !== undefined && !runsCode && isDevFile(script)) this.#found('dev-script', baseNameOf(script), via);
  }

  #checkLists(file: string, via: Args): void {
    const { denied, allowed } = this.#lists;
    const names = [commandNameOf(file), baseNameOf(file)];
    if (names.some((name) => denied.has(name))) this.#found('denied', names[0] ?? '', via);
    if (allowed.some((list) => !names.some((name) => list.has(name)))) this.#found('not-allowed', names[0] ?? '', via);
  }

  #isTooDeep(via: Args): boolean {
    if (via.length <= MAX_DEPTH && this.#readable >= 0) return false;
    this.#found('too-deep', via[0] ?? '', via.slice(0, 1));
    return true;
  }

  /** The first of the worst stays. */
  #found(rule: EligibilityRule, subject: string, via: Args): void {
    const { verdict, reason } = ELIGIBILITY_RULES[rule];
    if (ELIGIBILITIES.indexOf(verdict) <= ELIGIBILITIES.indexOf(this.#worst.verdict)) return;
    const shown = subject.length > MAX_NAME_LENGTH ? `${subject.slice(0, MAX_NAME_LENGTH)}...` : subject;
    this.#worst = Object.freeze({
      verdict,
      rule,
      reason: `${shown} ${reason}`,
      subject: shown,
      via: Object.freeze([...via]),
    });
  }
}

/** `python3.11` is `python3`; a minor version would make a name of its own. */
function nameOf(file: string): string {
  return commandNameOf(file);
}

/** Without the words of the shell, assignments and lists before it. */
function posixCommand(words: Args): Args {
  let at = 0;
  while (at < words.length) {
    const word = words[at] ?? '';
    if (POSIX_LISTS.has(word)) return [];
    const isOfTime = word === '-p' && words[at - 1] === 'time';
    if (!isOfTime && !POSIX_WORDS.has(word) && !/^[A-Za-z_]\w*(\[[^\]]*\])?\+?=/.test(word)) break;
    at += 1;
  }
  return words.slice(at);
}

/** Without `@`, `if ...` and `for ... do` of cmd.exe; `del/q` is `del` with a switch. */
function windowsCommand(words: Args, dialect: Dialect): Args {
  if (dialect === 'powershell') return powershellCommand(words);
  const [head = '', ...rest] = words;
  const first = head.replace(/^@+/, '').toLowerCase();
  if (first === '' && rest.length > 0) return windowsCommand(rest, dialect);
  if (first === 'if') return windowsCommand(afterCondition(rest), dialect);
  if (first === 'for' || first === 'else' || first === 'do') {
    const at = first === 'for' ? rest.findIndex((word) => word.toLowerCase() === 'do') : -1;
    return first === 'for' && at === -1 ? [] : windowsCommand(rest.slice(at + 1), dialect);
  }
  const glued = /^([a-z]+)(\/.*)$/i.exec(first);
  return glued === null ? [first, ...rest] : [glued[1] ?? '', glued[2] ?? '', ...rest];
}

/** Behind `&` a value is called; without it, it is an expression. */
function powershellCommand(words: Args): Args {
  if (words[0] === '&') return words.slice(1);
  if (words[1] === '=') return words.slice(2);
  return words[0]?.startsWith(COMPUTED) === true ? [] : words;
}

function afterCondition(words: Args): Args {
  let at = 0;
  while (/^(not|\/i)$/i.test(words[at] ?? '')) at += 1;
  if (/^(exist|defined|errorlevel|cmdextversion)$/i.test(words[at] ?? '')) return words.slice(at + 2);
  if ((words[at] ?? '').includes('==')) return words.slice(at + 1);
  return words.slice(at + 3);
}
