/**
 * What `gh` writes, in the form of version 2.62: `--json` gives objects for labels and accounts, words in capitals, and may give
 * more than was asked for. Names and numbers are made up. Written by hand, because a recording needs a network and a token.
 */

/** What a later version might add. */
export const UNKNOWN_EXTRAS = {
  closedByPullRequestsReferences: [],
  isPinned: false,
  reactionGroups: [{ content: 'EYES' }],
};

export const GH_ISSUE = {
  assignees: [{ id: 'MDQ6VXNlcjU4MzIzMQ==', login: 'octocat', name: 'The Octocat', databaseId: 583231 }],
  body: 'Steps:\r\n1. `run`\n2. "wait" \u{1F422}\n',
  labels: [
    { id: 'LA_kwDOA', name: 'bug', description: 'Something is broken', color: 'd73a4a' },
    { id: 'LA_kwDOB', name: 'good first issue', description: '', color: '7057ff' },
  ],
  number: 7,
  state: 'OPEN',
  title: 'Commands -- with dashes & "quotes"',
  url: 'https://github.com/octo/tools/issues/7',
};

export const GH_PULL_REQUEST = {
  baseRefName: 'main',
  body: '',
  headRefName: 'fix/7',
  isDraft: false,
  mergeable: 'MERGEABLE',
  number: 12,
  state: 'OPEN',
  title: 'Fix #7',
  url: 'https://github.com/octo/tools/pull/12',
};

export const GH_CHECKS = [
  { bucket: 'pass', link: 'https://github.com/octo/tools/actions/runs/1/job/2', name: 'lint', state: 'SUCCESS' },
  { bucket: 'fail', link: 'https://github.com/octo/tools/actions/runs/1/job/3', name: 'test (20)', state: 'TIMED_OUT' },
  { bucket: 'pending', link: '', name: 'deploy', state: 'IN_PROGRESS' },
  { bucket: 'skipping', link: 'https://ci.example.com/4', name: 'docs', state: 'SKIPPED' },
  { bucket: 'cancel', link: 'https://ci.example.com/5', name: 'nightly', state: 'CANCELLED' },
];

/** The same as versions before 2.50 write it when nobody watches. */
export const GH_CHECKS_TABLE = [
  'lint\tpass\t12s\thttps://github.com/octo/tools/actions/runs/1/job/2\t',
  'test (20)\tfail\t1m2s\thttps://github.com/octo/tools/actions/runs/1/job/3\t',
  'deploy\tpending\t0\t\t',
  'docs\tskipping\t0\thttps://ci.example.com/4\t',
  'nightly\tcancel\t0\thttps://ci.example.com/5\t',
  '',
].join('\n');

/** What `gh auth status` writes. */
export const GH_AUTH = {
  good: 'github.com\n  ✓ Logged in to github.com account octocat (GH_TOKEN)\n  - Active account: true\n',
  nobody: 'You are not logged into any GitHub hosts. To log in, run: gh auth login\n',
  badToken:
    'github.com\n  X Failed to log in to github.com using token (GH_TOKEN)\n  - The token in GH_TOKEN is invalid.\n',
  timeout: 'github.com\n  X Timeout trying to log in to github.com account octocat (keyring)\n',
};
