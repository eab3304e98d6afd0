/** Issues, pull requests and their checks, each a call of `gh`. */
import type { Runner } from '../runner/runner.js';
import { AuthCheck } from './auth-check.js';
import { fetchChecks } from './checks.js';
import { GitHubError } from './errors.js';
import {
  ISSUE_FIELDS,
  jsonFieldsOf,
  PULL_REQUEST_FIELDS,
  readFields,
  readList,
  type CheckStatus,
  type Fields,
  type Issue,
  type PullRequest,
} from './fields.js';
import { GhClient, type GhCommand } from './gh-client.js';
import {
  checkCall,
  readGitHubOptions,
  readListOptions,
  readNewPullRequest,
  type CallOptions,
  type GitHubOptions,
  type ListOptions,
  type NewPullRequest,
} from './options.js';

/**
 * GitHub as the `gh` program sees it. Every function rejects with {@link GitHubCLINotFoundError}, {@link GitHubAuthError},
 * {@link GitHubOutputError} or, for everything else that can happen to a command, {@link GitHubError}; with
 * `CommandValidationError` before anything is started. The functions need no `this`.
 */
export interface GitHub {
  /** One issue. */
  readonly getIssue: (number: number, options?: CallOptions) => Promise<Issue>;
  /** Issues, the newest first, as many pages of them as `limit` takes. */
  readonly listIssues: (options?: ListOptions) => Promise<readonly Issue[]>;
  /** One pull request. */
  readonly getPr: (number: number, options?: CallOptions) => Promise<PullRequest>;
  /** Pull requests, in the same way as issues. `closed` has those that were merged as well. */
  readonly listPrs: (options?: ListOptions) => Promise<readonly PullRequest[]>;
  /** Creates a pull request and returns it as GitHub knows it then. The branch must have been pushed. */
  readonly createPr: (request: NewPullRequest, options?: CallOptions) => Promise<PullRequest>;
  /** The checks of a pull request, failed and pending ones included; none is an empty list. */
  readonly getPrChecks: (number: number, options?: CallOptions) => Promise<readonly CheckStatus[]>;
}

/**
 * GitHub through `runner`. Nothing is started before the first call, which also asks whether somebody is logged in.
 *
 * @throws `CommandValidationError` naming every option that is wrong.
 */
export function createGitHub(runner: Runner, options: GitHubOptions = {}): GitHub {
  const client = new GhClient(runner, readGitHubOptions(options));
  const auth = new AuthCheck(client);
  const { repo } = client.plan;
  const repository = repo === undefined ? [] : [`--repo=${repo}`];
  const call = async <T>(callOptions: CallOptions, work: () => Promise<T>): Promise<T> => {
    await auth.passed(callOptions);
    return auth.watch(work());
  };
  const view = <T>(noun: string, subject: string, fields: Fields<T>, { signal, budget }: CallOptions): Promise<T> => {
    const args = [subject, ...repository, `--json=${jsonFieldsOf(fields)}`];
    return client.json({ name: [noun, 'view'], args, signal, budget }, (value, problems) =>
      readFields(fields, value, '', problems),
    );
  };
  const list = async <T>(noun: string, fields: Fields<T>, listOptions: ListOptions): Promise<readonly T[]> => {
    const { signal, budget } = listOptions;
    const args = [...readListOptions(listOptions), ...repository, `--json=${jsonFieldsOf(fields)}`];
    const command: GhCommand = { name: [noun, 'list'], args, signal, budget };
    return call(listOptions, () => client.json(command, (value, problems) => readList(fields, value, problems)));
  };
  return {
    getIssue: async (number, callOptions = {}) => {
      checkCall(number, callOptions);
      return call(callOptions, () => view('issue', String(number), ISSUE_FIELDS, callOptions));
    },
    listIssues: (listOptions = {}) => list('issue', ISSUE_FIELDS, listOptions),
    getPr: async (number, callOptions = {}) => {
      checkCall(number, callOptions);
      return call(callOptions, () => view('pr', String(number), PULL_REQUEST_FIELDS, callOptions));
    },
    listPrs: (listOptions = {}) => list('pr', PULL_REQUEST_FIELDS, listOptions),
    createPr: async (request, { signal, budget } = {}) => {
      const args = [...readNewPullRequest(request, { signal, budget }), '--body-file=-', ...repository];
      const command: GhCommand = { name: ['pr', 'create'], args, input: request.body, signal, budget };
      return call({ signal, budget }, async () => {
        const url = await createdUrl(client, command);
        return withUrl(url, () => view('pr', url, PULL_REQUEST_FIELDS, { signal, budget }));
      });
    },
    getPrChecks: async (number, callOptions = {}) => {
      checkCall(number, callOptions);
      const { signal, budget } = callOptions;
      const command: GhCommand = { name: ['pr', 'checks'], args: [String(number), ...repository], signal, budget };
      return call(callOptions, () => fetchChecks(client, command));
    },
  };
}

/** `gh pr create` prints the address of what it made as its last line, and nothing else of it. */
async function createdUrl(client: GhClient, command: GhCommand): Promise<string> {
  const result = await client.run(command);
  if (!result.success) throw client.errorOf(command, result);
  const url = /^https?:\/\/\S{1,2000}\/pull\/\d{1,12}$/.exec(
    result.stdout.trim().split('\n').at(-1)?.trim() ?? '',
  )?.[0];
  if (url === undefined)
    throw client.outputError(command, result, ['its last line is not the address of a pull request']);
  return url;
}

/** What goes wrong from here on carries the address: the pull request is there. */
async function withUrl<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    const { code, failure, operation, exitCode, rawOutput } = error;
    const message = `the pull request was created and could not be read back: ${error.message}`;
    throw new GitHubError(code, message, { failure, operation, exitCode, rawOutput, cause: error }, url);
  }
}
