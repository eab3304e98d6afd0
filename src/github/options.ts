/** What callers of `custody/github` may say, checked: everything that is wrong at once, before `gh` is started. */
import { TimeBudget } from '../core/budget.js';
import { isAbortSignal, isInRange, isOneOf, isText, Issues, type Range } from '../core/validate.js';

/** How to reach GitHub. */
export interface GitHubOptions {
  /** Directory of the repository that `gh` is to look at. @defaultValue the host's */
  readonly cwd?: string | undefined;
  /** Repository as `OWNER/NAME` or `HOST/OWNER/NAME`. @defaultValue that of `cwd` */
  readonly repo?: string | undefined;
  /** Host of a GitHub Enterprise Server. @defaultValue what `gh` takes, which is `github.com` */
  readonly host?: string | undefined;
  /**
   * Token to use. It reaches `gh` through its environment and nothing else, and is redacted by its value.
   *
   * @defaultValue those in the environment of the host, else the login of `gh`
   */
  readonly token?: string | undefined;
  /** Name or path of the program. @defaultValue `'gh'` */
  readonly executable?: string | undefined;
  /** Milliseconds each command of `gh` may take, 1 to 3 600 000. @defaultValue `60_000` */
  readonly timeoutMs?: number | undefined;
  /**
   * Globs of further names of the host's environment that `gh` gets whatever the runner keeps back. Those of tokens, proxies,
   * certificates and of its configuration always pass.
   *
   * @defaultValue none
   */
  readonly envInclude?: readonly string[] | undefined;
}

/** Options of one call. */
export interface CallOptions {
  /** Ends the command of `gh`. The check of the login, which calls share, goes on for the others. */
  readonly signal?: AbortSignal | undefined;
  /** Time that this call shares with others, see `timeBudget()`. */
  readonly budget?: TimeBudget | undefined;
}

/** Which issues or pull requests to list. */
export interface ListOptions extends CallOptions {
  /** Only those with this label, or with all of these. */
  readonly label?: string | readonly string[] | undefined;
  /** @defaultValue `'open'` */
  readonly state?: 'open' | 'closed' | 'all' | undefined;
  /** The most to return, 1 to 100 000; `gh` fetches page after page. @defaultValue `30` */
  readonly limit?: number | undefined;
}

/** A pull request to create. */
export interface NewPullRequest {
  readonly title: string;
  /** Markdown. It reaches `gh` through its standard input, so it may be long. */
  readonly body: string;
  /** Branch to merge into. @defaultValue the default branch of the repository */
  readonly base?: string | undefined;
  /** Branch with the changes, pushed already; `USER:BRANCH` for one of a fork. @defaultValue the current branch */
  readonly head?: string | undefined;
  /** @defaultValue `false` */
  readonly draft?: boolean | undefined;
}

/** Options with defaults in place. */
export interface GitHubPlan extends Omit<GitHubOptions, 'executable' | 'timeoutMs' | 'envInclude'> {
  readonly executable: string;
  readonly timeoutMs: number;
  readonly envInclude: readonly string[];
}

const TIMEOUT_MS: Range = { min: 1, max: 3_600_000, standard: 60_000 };
const LIMIT: Range = { min: 1, max: 100_000, standard: 30 };
const REPOSITORY = /^(?:[\w.-]+\/)?[\w.-]+\/[\w.-]+$/;
const HOST = /^[\w.-]+(?::\d+)?$/;
const STATES = ['open', 'closed', 'all'] as const;

/** @throws `CommandValidationError` naming every option that is wrong. */
export function readGitHubOptions(options: GitHubOptions): GitHubPlan {
  const issues = new Issues('github.');
  const { cwd, repo, host, token, executable = 'gh', timeoutMs = TIMEOUT_MS.standard, envInclude = [] } = options;
  for (const [name, value] of Object.entries({ cwd, token, executable })) {
    if (value !== undefined) isText(value, name, issues);
  }
  if (repo !== undefined && isText(repo, 'repo', issues) && !REPOSITORY.test(repo)) {
    issues.add('repo', 'must be OWNER/NAME or HOST/OWNER/NAME');
  }
  if (host !== undefined && isText(host, 'host', issues) && !HOST.test(host)) issues.add('host', 'must be a host name');
  isInRange(timeoutMs, TIMEOUT_MS, 'timeoutMs', issues);
  if (Array.isArray(envInclude)) envInclude.forEach((glob, index) => isText(glob, `envInclude[${index}]`, issues));
  else issues.add('envInclude', 'must be a list');
  issues.throwIfAny();
  return { cwd, repo, host, token, executable, timeoutMs, envInclude: [...envInclude] };
}

/** @throws `CommandValidationError` for what is no number of an issue or a pull request, and for options of the call. */
export function checkCall(number: number | undefined, options: CallOptions): void {
  const issues = new Issues('');
  if (number !== undefined && !(Number.isSafeInteger(number) && number > 0)) {
    issues.add('number', 'must be a whole number above 0');
  }
  readCall(options, issues);
  issues.throwIfAny();
}

/** @throws `CommandValidationError` naming every option that is wrong. */
export function readListOptions(options: ListOptions): readonly string[] {
  const issues = new Issues('');
  const { label = [], state = 'open', limit = LIMIT.standard } = options;
  const labels = typeof label === 'string' ? [label] : label;
  if (Array.isArray(labels)) labels.forEach((name, index) => isText(name, `label[${index}]`, issues));
  else issues.add('label', 'must be a text or a list of texts');
  isOneOf(state, STATES, 'state', issues);
  if (isInRange(limit, LIMIT, 'limit', issues) && !Number.isInteger(limit))
    issues.add('limit', 'must be a whole number');
  readCall(options, issues);
  issues.throwIfAny();
  return [...labels.map((name) => `--label=${name}`), `--state=${state}`, `--limit=${limit}`];
}

/** @throws `CommandValidationError` naming every property that is wrong. */
export function readNewPullRequest(request: NewPullRequest, options: CallOptions): readonly string[] {
  const issues = new Issues('');
  const { title, body, base, head, draft = false } = request;
  isText(title, 'title', issues);
  if (typeof body !== 'string') issues.add('body', 'must be a string');
  if (base !== undefined) isText(base, 'base', issues);
  if (head !== undefined) isText(head, 'head', issues);
  if (typeof draft !== 'boolean') issues.add('draft', 'must be true or false');
  readCall(options, issues);
  issues.throwIfAny();
  // Names and values in one word: a title may begin with a dash.
  return [
    `--title=${title}`,
    ...(base === undefined ? [] : [`--base=${base}`]),
    ...(head === undefined ? [] : [`--head=${head}`]),
    ...(draft ? ['--draft'] : []),
  ];
}

function readCall({ signal, budget }: CallOptions, issues: Issues): void {
  if (signal !== undefined) isAbortSignal(signal, 'signal', issues);
  if (budget !== undefined && !TimeBudget.is(budget)) issues.add('budget', 'must come from timeBudget()');
}
