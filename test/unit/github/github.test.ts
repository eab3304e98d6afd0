import { describe, expect, it } from 'vitest';
import { CommandValidationError } from '../../../src/core/errors.js';
import { createGitHub, GitHubError, GitHubOutputError, type GitHub } from '../../../src/github/index.js';
import { scriptedRunner, type ScriptedCommand } from '../../../src/testing/index.js';
import { GH_ISSUE, GH_PULL_REQUEST } from '../../programs/gh-replies.js';

const LOGIN: ScriptedCommand = { file: 'gh', args: ['auth', 'status'], times: Infinity };

function githubThat(answers: Omit<ScriptedCommand, 'file'>): GitHub {
  return createGitHub(scriptedRunner([LOGIN, { file: 'gh', ...answers, times: Infinity }]));
}

async function errorOf(work: Promise<unknown>): Promise<GitHubError> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  if (!(error instanceof GitHubError)) throw new Error('it did not fail, or with something else', { cause: error });
  return error;
}

describe('createGitHub', () => {
  it('refuses options that are wrong, all at once', () => {
    const wrong = { cwd: '', repo: 'tools', host: 'a b', token: 7, executable: '', timeoutMs: 0, envInclude: [''] };
    const runner = scriptedRunner([]);
    const refused = (): unknown => createGitHub(runner, wrong as never);
    expect(refused).toThrow(CommandValidationError);
    try {
      refused();
    } catch (error) {
      const { issues } = error as CommandValidationError;
      expect(issues.map(({ property }) => property)).toEqual(
        ['cwd', 'token', 'executable', 'repo', 'host', 'timeoutMs', 'envInclude[0]'].map((name) => `github.${name}`),
      );
    }
  });

  it.each([
    ['getIssue', (github: GitHub) => github.getIssue(0), ['number']],
    ['getPr', (github: GitHub) => github.getPr(1.5), ['number']],
    ['getPrChecks', (github: GitHub) => github.getPrChecks(-1, { budget: {} } as never), ['number', 'budget']],
    [
      'listIssues',
      (github: GitHub) => github.listIssues({ label: [''], state: 'merged', limit: 2.5, signal: 1 } as never),
      ['label[0]', 'state', 'limit', 'signal'],
    ],
    ['listPrs', (github: GitHub) => github.listPrs({ label: 1, limit: 100_001 } as never), ['label', 'limit']],
    [
      'createPr',
      (github: GitHub) => github.createPr({ title: 'a\0', base: '', draft: 1 } as never),
      ['title', 'body', 'base', 'draft'],
    ],
  ])('%s starts nothing for arguments that are wrong', async (_name, call, properties) => {
    const runner = scriptedRunner([]);
    const error: unknown = await call(createGitHub(runner)).catch((reason: unknown) => reason);
    expect((error as CommandValidationError).issues.map(({ property }) => property)).toEqual(properties);
    runner.verify();
  });
});

describe('what gh writes', () => {
  it.each([
    ['no JSON', 'Hello', 'it is no JSON'],
    ['half of it', JSON.stringify(GH_ISSUE).slice(0, 60), 'it is no JSON'],
    ['nothing', '', 'it is no JSON'],
    ['another form', '[]', 'the document must be an object'],
    ['wrong fields', JSON.stringify({ ...GH_ISSUE, number: '7' }), 'number must be a number'],
    ['wrong entries', JSON.stringify({ ...GH_ISSUE, labels: [{}] }), 'labels[0].name must be a text'],
    ['an unknown state', JSON.stringify({ ...GH_ISSUE, state: 'ODD' }), "state must be 'OPEN' or 'CLOSED'"],
  ])('GH-08: is an error with what was written if it is %s', async (_name, stdout, problem) => {
    const error = await errorOf(githubThat({ stdout }).getIssue(7));
    expect(error).toBeInstanceOf(GitHubOutputError);
    expect(error).toMatchObject({ code: 'MALFORMED_OUTPUT', operation: 'issue view', exitCode: 0, failure: null });
    expect(error).toHaveProperty('problems', [problem]);
    expect(error.rawOutput).toBe(stdout);
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ name: 'GitHubOutputError', category: null });
  });

  it('GH-08: has its place named where a list is wrong', async () => {
    const stdout = JSON.stringify([GH_PULL_REQUEST, { ...GH_PULL_REQUEST, isDraft: 'no' }, 3]);
    const error = await errorOf(githubThat({ stdout }).listPrs());
    expect(error).toHaveProperty('problems', ['[1].isDraft must be true or false', '[2] must be an object']);
  });

  it('GH-03: is an error if no address follows the creation', async () => {
    const error = await errorOf(githubThat({ stdout: 'Opening in your browser\n' }).createPr({ title: 'a', body: '' }));
    expect(error).toMatchObject({ code: 'MALFORMED_OUTPUT', operation: 'pr create', createdUrl: null });
  });

  it.each([
    ['HTTP 403: API rate limit exceeded for user ID 1. (https://api.github.com/graphql)', 'rate_limited', true],
    ['HTTP 403: You have exceeded a secondary rate limit. Please wait a few minutes', 'rate_limited', true],
    ['GraphQL: was submitted too quickly (createPullRequest)', 'rate_limited', true],
    [
      'error connecting to api.github.com\ncheck your internet connection or https://githubstatus.com',
      'unreachable',
      true,
    ],
    ['Post "https://api.github.com/graphql": dial tcp: lookup api.github.com: no such host', 'dns', true],
    ['Get "https://api.github.com/user": net/http: TLS handshake timeout', 'network_timeout', true],
    [
      'Get "https://api.github.com/user": dial tcp 127.0.0.1:9: connect: connection refused',
      'connection_refused',
      true,
    ],
    ['HTTP 503: Service Unavailable (https://api.github.com/graphql)', 'server_error', true],
    ["GraphQL: Could not resolve to a Repository with the name 'a/b'. (repository)", 'no_such_repository', false],
    [
      'GraphQL: Could not resolve to an issue or pull request with the number of 9. (repository.issue)',
      'not_found',
      false,
    ],
  ])('GH-05, FAIL-02: is classified where it is %s', async (stderr, subcode, retryable) => {
    const error = await errorOf(githubThat({ stderr: `${stderr}\n`, exitCode: 1 }).getIssue(7));
    expect(error.failure).toMatchObject({ subcode, retry: { retryable } });
    expect(error.message).toContain(`gh issue view: gh exited with code 1 (${subcode}: `);
    expect(error.toJSON()).toMatchObject({ name: 'GitHubError', code: 'NON_ZERO_EXIT', subcode });
  });

  it('is nothing for a run that was stopped, which is an error all the same', async () => {
    const error = await errorOf(githubThat({ stopped: 'timeout' }).getIssue(7));
    expect(error).toMatchObject({ code: 'TIMEOUT', failure: { category: 'timeout' } });
  });
});
