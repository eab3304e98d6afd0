// Promised    : issues, pull requests and checks come out of what a real program of the name gh writes, on both backends;
//               what it is given (arguments, standard input, environment), and which error stands for what it does.
// Not promised: that GitHub answers; a real `gh` is asked only where one is in the PATH.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRunner, timeBudget, type CustodyRunner } from '../../../src/index.js';
import {
  createGitHub,
  GitHubAuthError,
  GitHubCLINotFoundError,
  GitHubError,
  GitHubOutputError,
  type GitHub,
  type GitHubOptions,
} from '../../../src/github/index.js';
import { FakeTool } from '../../programs/fake-tool.js';
import {
  GH_AUTH,
  GH_CHECKS,
  GH_CHECKS_TABLE,
  GH_ISSUE,
  GH_PULL_REQUEST,
  UNKNOWN_EXTRAS,
} from '../../programs/gh-replies.js';

const TOKEN = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz';
/** A token in a form that nobody recognises. */
const PLAIN_TOKEN = 'correct-horse-battery';

async function errorOf(work: Promise<unknown>): Promise<GitHubError> {
  const error: unknown = await work.then(
    (value) => new Error(`it resolved with ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof GitHubError)) throw error;
  return error;
}

describe.each(['require', 'off'] as const)('native: %s', (native) => {
  let gh: FakeTool;
  let runner: CustodyRunner;
  const github = (options: GitHubOptions = {}): GitHub => createGitHub(runner, { executable: gh.file, ...options });

  beforeEach(() => {
    gh = new FakeTool('gh');
    gh.reply('auth-status', { stdout: GH_AUTH.good });
    runner = createRunner({ native });
  });

  afterEach(async () => {
    delete process.env['GITHUB_TOKEN'];
    await runner.close();
    gh.remove();
  });

  describe('issues', () => {
    it.each([
      ['what it was asked for', {}],
      ['fields that nobody knows', UNKNOWN_EXTRAS],
    ])('GH-01, GH-08: getIssue reads an issue from %s', async (_name, extras) => {
      gh.reply('issue-view', { stdout: `${JSON.stringify({ ...extras, ...GH_ISSUE })}\n` });
      expect(await github({ repo: 'octo/tools' }).getIssue(7)).toEqual({
        number: 7,
        title: 'Commands -- with dashes & "quotes"',
        body: 'Steps:\r\n1. `run`\n2. "wait" \u{1F422}\n',
        labels: ['bug', 'good first issue'],
        state: 'open',
        assignees: ['octocat'],
        url: 'https://github.com/octo/tools/issues/7',
      });
      expect(gh.calls('issue-view').map(({ args }) => args)).toEqual([
        ['issue', 'view', '7', '--repo=octo/tools', '--json=number,title,body,labels,state,assignees,url'],
      ]);
    });

    it('GH-02: listIssues takes all pages that gh fetches and passes its filters on', async () => {
      const many = Array.from({ length: 250 }, (_, index) => ({ ...GH_ISSUE, number: index + 1, state: 'CLOSED' }));
      gh.reply('issue-list', { stdout: JSON.stringify(many) });
      const issues = await github().listIssues({ label: ['bug', '-odd'], state: 'closed', limit: 250 });
      expect(issues.map(({ number }) => number)).toEqual(many.map(({ number }) => number));
      expect(issues[0]?.state).toBe('closed');
      const [call] = gh.calls('issue-list');
      expect(call?.args.slice(2, -1)).toEqual(['--label=bug', '--label=-odd', '--state=closed', '--limit=250']);
    });
  });

  describe('pull requests', () => {
    it('GH-03: createPr passes the body by standard input and fetches what it made', async () => {
      const body = `# Because\n${'long '.repeat(60_000)}`;
      gh.reply('pr-create', {
        stderr: '\nCreating pull request for fix/7 into main in octo/tools\n\n',
        stdout: 'https://github.com/octo/tools/pull/12\n',
      });
      gh.reply('pr-view', { stdout: JSON.stringify({ ...GH_PULL_REQUEST, isDraft: true }) });
      const created = await github().createPr({ title: '--dash', body, base: 'main', head: 'fix/7', draft: true });
      expect(created).toMatchObject({ number: 12, url: 'https://github.com/octo/tools/pull/12', isDraft: true });
      const [create] = gh.calls('pr-create');
      expect(create?.args).toEqual([
        ...['pr', 'create', '--title=--dash', '--base=main', '--head=fix/7', '--draft', '--body-file=-'],
      ]);
      expect(create?.stdin).toBe(body);
      expect(gh.calls('pr-view')[0]?.args[2]).toBe('https://github.com/octo/tools/pull/12');
    });

    it('GH-03: an error after the pull request was made says that it is there', async () => {
      gh.reply('pr-create', { stdout: 'https://github.com/octo/tools/pull/12\n' });
      gh.reply('pr-view', { stderr: 'HTTP 502: Bad Gateway (https://api.github.com/graphql)\n', exitCode: 1 });
      const error = await errorOf(github().createPr({ title: 'a', body: '' }));
      expect(error).toMatchObject({ createdUrl: 'https://github.com/octo/tools/pull/12' });
      expect(error.failure?.subcode).toBe('server_error');
    });

    it('GH-04: getPr reads a pull request', async () => {
      gh.reply('pr-view', { stdout: JSON.stringify({ ...GH_PULL_REQUEST, ...UNKNOWN_EXTRAS }) });
      expect(await github().getPr(12)).toEqual({
        ...{ number: 12, title: 'Fix #7', body: '', state: 'open', url: 'https://github.com/octo/tools/pull/12' },
        ...{ headBranch: 'fix/7', baseBranch: 'main', mergeable: 'mergeable', isDraft: false },
      });
    });
  });

  describe('checks', () => {
    const CHECKS = [
      { name: 'lint', status: 'success', conclusion: 'success', url: GH_CHECKS[0]?.link },
      { name: 'test (20)', status: 'failure', conclusion: 'timed_out', url: GH_CHECKS[1]?.link },
      { name: 'deploy', status: 'pending', conclusion: null, url: null },
      { name: 'docs', status: 'success', conclusion: 'skipped', url: 'https://ci.example.com/4' },
      { name: 'nightly', status: 'failure', conclusion: 'cancelled', url: 'https://ci.example.com/5' },
    ];

    it.each([0, 1, 8])('GH-05: getPrChecks reads checks whether gh ends with %i or not', async (exitCode) => {
      gh.reply('pr-checks', { stdout: JSON.stringify(GH_CHECKS), exitCode });
      expect(await github().getPrChecks(12)).toEqual(CHECKS);
    });

    it('GH-05: reads the table of versions that know no JSON here', async () => {
      gh.reply('pr-checks.json', { stderr: 'unknown flag: --json\n\nUsage:  gh pr checks [flags]\n', exitCode: 1 });
      gh.reply('pr-checks', { stdout: GH_CHECKS_TABLE, exitCode: 8 });
      const checks = await github().getPrChecks(12);
      // The table has no more than the bucket.
      expect(checks).toEqual(
        CHECKS.map((check) => (check.conclusion === 'timed_out' ? { ...check, conclusion: 'failure' } : check)),
      );
    });

    it('GH-05: no checks are an empty list', async () => {
      gh.reply('pr-checks', { stderr: "no checks reported on the 'fix/7' branch\n", exitCode: 1 });
      expect(await github().getPrChecks(12)).toEqual([]);
    });

    it('GH-05: a pull request that is not there is an error', async () => {
      const stderr = 'GraphQL: Could not resolve to a PullRequest with the number of 99. (repository.pullRequest)\n';
      gh.reply('pr-checks', { stderr, exitCode: 1 });
      const error = await errorOf(github().getPrChecks(99));
      expect(error.failure).toMatchObject({ category: 'command_failed', subcode: 'not_found' });
      expect(error).toMatchObject({ code: 'NON_ZERO_EXIT', exitCode: 1, operation: 'pr checks' });
    });
  });

  it('GH-06: a gh that is not there is told with help for every platform', async () => {
    const error = await errorOf(github({ executable: 'custody-no-such-gh' }).getIssue(1));
    expect(error).toBeInstanceOf(GitHubCLINotFoundError);
    expect(error).toMatchObject({
      code: 'COMMAND_NOT_FOUND',
      installHelp: { darwin: 'brew install gh', win32: 'winget install --id GitHub.cli' },
    });
    expect(error.message).toContain('https://cli.github.com');
  });

  it('GH-06: gh is looked up in the PATH of the command', async () => {
    gh.reply('issue-view', { stdout: JSON.stringify(GH_ISSUE) });
    const PATH = `${gh.folder}${delimiter}${process.env['PATH'] ?? ''}`;
    await using custom = createRunner({ native, defaults: { env: { PATH } } });
    expect((await createGitHub(custom).getIssue(7)).number).toBe(7);
  });

  describe('the login', () => {
    it('GH-07: is asked for once, whoever calls first', async () => {
      gh.reply('issue-view', { stdout: JSON.stringify(GH_ISSUE) });
      const { getIssue } = github();
      await Promise.all([1, 2, 3, 4, 5].map((number) => getIssue(number)));
      await getIssue(6);
      expect(gh.calls('auth-status')).toHaveLength(1);
      expect(gh.calls('issue-view')).toHaveLength(6);
    });

    it.each([
      ['nobody is logged in', GH_AUTH.nobody],
      ['the token is not accepted', GH_AUTH.badToken],
    ])('GH-07: %s: one error for all first calls, and no command', async (_name, stderr) => {
      gh.reply('auth-status', { stderr, exitCode: 1 });
      const { getIssue, listPrs } = github();
      const errors = await Promise.all([errorOf(getIssue(1)), errorOf(getIssue(2)), errorOf(listPrs())]);
      expect(errors[0]).toBeInstanceOf(GitHubAuthError);
      expect(new Set(errors).size).toBe(1);
      expect(gh.calls('auth-status')).toHaveLength(1);
      expect([...gh.calls('issue-view'), ...gh.calls('pr-list')]).toEqual([]);
    });

    it('GH-07: is asked for again after a refusal, so that a login in between counts', async () => {
      gh.reply('auth-status', { stderr: GH_AUTH.nobody, exitCode: 1 });
      gh.reply('issue-view', { stdout: JSON.stringify(GH_ISSUE) });
      const { getIssue } = github();
      expect(await errorOf(getIssue(1))).toBeInstanceOf(GitHubAuthError);
      gh.reply('auth-status', { stdout: GH_AUTH.good });
      expect((await getIssue(7)).number).toBe(7);
      gh.reply('issue-view', { stderr: 'To get started with GitHub CLI, please run:  gh auth login\n', exitCode: 4 });
      expect(await errorOf(getIssue(7))).toBeInstanceOf(GitHubAuthError);
      gh.reply('issue-view', { stdout: JSON.stringify(GH_ISSUE) });
      await getIssue(7);
      expect(gh.calls('auth-status')).toHaveLength(3);
    });

    it('GH-07: counts where one host of several works', async () => {
      gh.reply('auth-status', { stdout: `${GH_AUTH.badToken}${GH_AUTH.good}`, exitCode: 1 });
      gh.reply('issue-view', { stdout: JSON.stringify(GH_ISSUE) });
      expect((await github().getIssue(7)).number).toBe(7);
    });

    it('GH-07: a server that does not answer is no matter of the login', async () => {
      gh.reply('auth-status', { stderr: GH_AUTH.timeout, exitCode: 1 });
      const error = await errorOf(github().getIssue(1));
      expect(error).not.toBeInstanceOf(GitHubAuthError);
      expect(error.failure).toMatchObject({ category: 'network', subcode: 'network_timeout' });
    });

    it('GH-07: is asked of the host that is meant', async () => {
      gh.reply('issue-view', { stdout: JSON.stringify(GH_ISSUE) });
      await github({ repo: 'git.example.com/octo/tools', token: PLAIN_TOKEN }).getIssue(7);
      expect(gh.calls('auth-status')[0]?.args).toEqual(['auth', 'status', '--hostname=git.example.com']);
      expect(gh.calls('issue-view')[0]?.env).toMatchObject({
        GH_HOST: 'git.example.com',
        GH_ENTERPRISE_TOKEN: PLAIN_TOKEN,
      });
    });
  });

  it('GH-08: what is no JSON is an error with what was written, within bounds', async () => {
    gh.reply('issue-view', { stdout: `begin${'x'.repeat(100_000)}end` });
    const error = await errorOf(github().getIssue(7));
    expect(error).toBeInstanceOf(GitHubOutputError);
    expect(error.rawOutput.length).toBeLessThan(8_300);
    expect(error.rawOutput.replaceAll(/x+/gu, 'x')).toBe('beginx\n[... 91816 characters left out ...]\nxend');
  });

  describe('the environment', () => {
    it('GH-09: has nobody asked, nothing paged and no news told', async () => {
      gh.reply('issue-view', { stdout: JSON.stringify(GH_ISSUE) });
      await using custom = createRunner({ native, defaults: { env: { GH_FORCE_TTY: '80', DEBUG: 'api' } } });
      await createGitHub(custom, { executable: gh.file }).getIssue(7);
      for (const { env, stdin } of [...gh.calls('auth-status'), ...gh.calls('issue-view')]) {
        expect(env).toMatchObject({
          ...{ GH_PROMPT_DISABLED: '1', GIT_TERMINAL_PROMPT: '0', GH_PAGER: 'cat', PAGER: 'cat', NO_COLOR: '1' },
          ...{ GH_NO_UPDATE_NOTIFIER: '1', GH_NO_EXTENSION_UPDATE_NOTIFIER: '1', LC_ALL: 'C' },
        });
        expect(Object.keys(env).filter((name) => ['GH_FORCE_TTY', 'DEBUG'].includes(name))).toEqual([]);
        expect(stdin).toBe('');
      }
    });

    it.each([
      ['a filter of names', { defaults: { envExclude: ['*_TOKEN'] } }],
      ['the preset agent', { preset: 'agent', defaults: { elevated: 'allow' } }],
    ] as const)('GH-09: tokens of the host pass %s, and other secrets do not', async (_name, options) => {
      process.env['GITHUB_TOKEN'] = TOKEN;
      process.env['CUSTODY_OTHER_TOKEN'] = 'stays here';
      try {
        gh.reply('issue-view', { stdout: JSON.stringify(GH_ISSUE) });
        await using custom = createRunner({ native, ...options });
        await createGitHub(custom, { executable: gh.file }).getIssue(7);
        const { env } = gh.calls('issue-view')[0] ?? { env: {} };
        expect(env).toHaveProperty('GITHUB_TOKEN', TOKEN);
        expect(env).not.toHaveProperty('CUSTODY_OTHER_TOKEN');
      } finally {
        delete process.env['CUSTODY_OTHER_TOKEN'];
      }
    });

    it('GH-09: a token shows in no error, wherever gh writes it', async () => {
      const stderr = `HTTP 401: Bad credentials, token ${TOKEN} and ${PLAIN_TOKEN} in ${PLAIN_TOKEN}.json\n`;
      gh.reply('issue-view', { stderr, stdout: PLAIN_TOKEN, exitCode: 1 });
      const error = await errorOf(github({ token: PLAIN_TOKEN }).getIssue(7));
      expect(gh.calls('issue-view')[0]?.env).toHaveProperty('GH_TOKEN', PLAIN_TOKEN);
      expect(error.rawOutput).toContain('[REDACTED]');
      const shown = [error.message, error.stack, error.rawOutput, JSON.stringify(error), JSON.stringify(error.failure)];
      expect(shown.join('\n')).not.toMatch(new RegExp(`${TOKEN}|${PLAIN_TOKEN}`, 'u'));
    });

    it('GH-09: a token shows in no text that is read, which otherwise stays as it is', async () => {
      const body = `password=hunter22 and ${PLAIN_TOKEN}`;
      gh.reply('issue-view', { stdout: JSON.stringify({ ...GH_ISSUE, body }) });
      expect((await github({ token: PLAIN_TOKEN }).getIssue(7)).body).toBe('password=hunter22 and [REDACTED]');
    });
  });

  it('an aborted call ends, and the others go on', async () => {
    gh.reply('issue-view', { stdout: JSON.stringify(GH_ISSUE) });
    const { getIssue } = github();
    const abort = new AbortController();
    const work = [errorOf(getIssue(1, { signal: abort.signal })), getIssue(7)] as const;
    abort.abort(new Error('enough'));
    expect(await work[0]).toMatchObject({ code: 'CANCELLED' });
    expect((await work[1]).number).toBe(7);
    expect(await errorOf(getIssue(2, { signal: abort.signal }))).toMatchObject({ code: 'CANCELLED' });
    expect(gh.calls('auth-status')).toHaveLength(1);
  });

  it('a budget that is spent starts nothing', async () => {
    const budget = timeBudget(1);
    while (!budget.isSpent) await new Promise((resolve) => setImmediate(resolve));
    expect(await errorOf(github().getIssue(1, { budget }))).toMatchObject({ code: 'TIMEOUT' });
    expect(gh.calls('auth-status')).toEqual([]);
  });
});

const realGh = (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
  try {
    accessSync(join(folder, 'gh'), constants.X_OK);
    return true;
  } catch {
    return false;
  }
});

describe('a real gh', () => {
  it('GH-06, GH-07: says that nobody is logged in where nobody is', async (context) => {
    if (!realGh) {
      console.warn('NOT TESTED: a real gh: there is none in the PATH');
      context.skip('there is no gh in the PATH');
    }
    const empty = new FakeTool('unused');
    const tokens = { GH_TOKEN: undefined, GITHUB_TOKEN: undefined };
    await using runner = createRunner({ defaults: { env: { ...tokens, GH_CONFIG_DIR: empty.folder } } });
    try {
      expect(await errorOf(createGitHub(runner, { repo: 'cli/cli' }).getIssue(1))).toBeInstanceOf(GitHubAuthError);
    } finally {
      empty.remove();
    }
  });
});
