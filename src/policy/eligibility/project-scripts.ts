/**
 * Package managers and task runners: which script of the project, or which package, a command runs. And what scripts and files are
 * commonly called that run during development.
 */
import { commandNameOf, operandsOf, type Args } from './command-name.js';

/** What a package manager runs. */
export type PackageRun =
  /** `mayBeProgram`: without a script of that name, it is a program of the project. */
  | { readonly kind: 'script'; readonly name: string; readonly args: Args; readonly mayBeProgram?: true }
  | { readonly kind: 'words'; readonly words: Args }
  | { readonly kind: 'line'; readonly line: string };

/** Names of scripts that serve or watch: `dev`, `start:web`, `test:watch`. Whole words, so that `develop-docs` is none. */
const DEV_WORDS = new Set([
  'dev',
  'develop',
  'start',
  'serve',
  'server',
  'watch',
  'preview',
  'storybook',
  'devserver',
  'dev-server',
  'live',
  'hot',
  'runserver',
]);

/** The same of files and of targets of make: what is called `start` may also end. */
const DEV_FILES = new Set([
  'dev',
  'serve',
  'server',
  'watch',
  'devserver',
  'dev-server',
  'watcher',
  'start-dev',
  'run-dev',
  'dev-start',
]);

/** Options of package managers whose value is the next word. */
const VALUED = new Set([
  '--prefix',
  '-C',
  '--cwd',
  '--dir',
  '-w',
  '--workspace',
  '--filter',
  '-F',
  '-p',
  '--package',
  '--loglevel',
  '--registry',
  '--userconfig',
  '--cache',
]);

/** Commands of yarn, pnpm and bun that are no scripts. What else stands there is a script or a program of the project. */
const OWN_COMMANDS = new Set(
  [
    'install i ci add remove rm uninstall un update up upgrade outdated audit publish pack link unlink list ls why info view show init create login logout',
    'whoami config cache store prune dedupe rebuild patch patch-commit fetch import root bin version versions workspaces workspace set plugin node licenses',
    'approve-builds deploy env server setup self-update pm build test help doctor search owner tag team access',
  ]
    .join(' ')
    .split(' '),
);

const TASK_RUNNERS = new Set([
  'make',
  'gmake',
  'just',
  'task',
  'rake',
  'invoke',
  'nox',
  'tox',
  'gulp',
  'grunt',
  'jake',
  'moon',
  'mage',
  'earthly',
]);
const MONOREPO_RUNNERS = new Set([
  'turbo',
  'nx',
  'lerna',
  'wsrun',
  'rush',
  'lage',
  'run-s',
  'run-p',
  'npm-run-all',
  'npm-run-all2',
  'wireit',
  'composer',
  'mix',
  'poe',
]);

/** Whether a script of this name runs during development. */
export function isDevScriptName(name: string): boolean {
  return name
    .toLowerCase()
    .split(/[:/]/)
    .some((word) => DEV_WORDS.has(word));
}

/** What a package manager runs of the project, or of a registry; `undefined`: nothing of either. */
export function packageRunOf(name: string, args: Args): PackageRun | undefined {
  switch (name) {
    case 'npx':
    case 'pnpx':
    case 'bunx':
      return program(args);
    case 'npm':
      return npm(args);
    case 'yarn':
    case 'pnpm':
    case 'bun':
      return otherManager(name, args);
    default:
      return undefined;
  }
}

/** The task of make, turbo and the like that runs during development by its name. */
export function devTaskOf(name: string, args: Args): string | undefined {
  if (TASK_RUNNERS.has(name))
    return operandsOf(args).find(
      (task) => DEV_FILES.has(task.toLowerCase()) || DEV_FILES.has(task.split(/[:-]/)[0] ?? ''),
    );
  return MONOREPO_RUNNERS.has(name)
    ? operandsOf(args).find((task) => task !== 'run' && isDevScriptName(task))
    : undefined;
}

/** The file of an interpreter, or of the project, that serves or watches by its name; bare names are programs of the system. */
export function isDevFile(word: string): boolean {
  return DEV_FILES.has(commandNameOf(word));
}

function npm(args: Args): PackageRun | undefined {
  const { verb, rest } = verbOf(args);
  switch (verb) {
    case 'run':
    case 'run-script':
    case 'rum':
    case 'urn':
      return script(rest);
    case 'start':
    case 'test':
    case 't':
    case 'tst':
    case 'stop':
    case 'restart':
      return { kind: 'script', name: verb.startsWith('t') ? 'test' : verb, args: rest };
    case 'exec':
    case 'x':
      return program(rest);
    default:
      return undefined;
  }
}

function otherManager(name: string, args: Args): PackageRun | undefined {
  const { verb, rest } = verbOf(args);
  if (verb === undefined) return undefined;
  if (verb === 'run' || verb === 'run-script') return script(rest);
  if (verb === 'dlx' || verb === 'exec' || verb === 'x') return program(rest);
  if (verb === 'start' || (verb === 'test' && name !== 'bun') || verb === 't')
    return { kind: 'script', name: verb === 't' ? 'test' : verb, args: rest };
  if (verb === 'workspace' && name === 'yarn') return otherManager(name, rest.slice(1));
  if (verb === 'build' && name === 'yarn') return { kind: 'script', name: verb, args: rest };
  return OWN_COMMANDS.has(verb) ? undefined : { kind: 'script', name: verb, args: rest, mayBeProgram: true };
}

/** `npx [options] package[@version] args`, `npx -c line`. */
function program(args: Args): PackageRun | undefined {
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (arg === '-c' || arg === '--call') return { kind: 'line', line: args[at + 1] ?? '' };
    if (arg === '--') return { kind: 'words', words: args.slice(at + 1) };
    if (!arg.startsWith('-')) return { kind: 'words', words: [withoutVersion(arg), ...args.slice(at + 1)] };
    if (VALUED.has(arg)) at += 1;
  }
  return undefined;
}

/** `vite@5` is `vite`, `@scope/tool@1` is `tool`. */
function withoutVersion(name: string): string {
  const version = name.indexOf('@', 1);
  return version === -1 ? name : name.slice(0, version);
}

function script(rest: Args): PackageRun | undefined {
  const { verb, rest: args } = verbOf(rest);
  return verb === undefined ? undefined : { kind: 'script', name: verb, args };
}

/** The first word that is no option, and what follows it. */
function verbOf(args: Args): { verb: string | undefined; rest: Args } {
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (!arg.startsWith('-')) return { verb: arg, rest: args.slice(at + 1) };
    if (VALUED.has(arg)) at += 1;
  }
  return { verb: undefined, rest: [] };
}
