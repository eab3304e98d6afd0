/** How `gh` words its failures, asked before the general rules of `custody/failure`. */
import { textRule, type FailureRule } from '../failure/rule.js';

/** Documented: "If a command requires authentication, the exit code will be 4". */
const EXIT_AUTH = 4;

const NOT_FOUND =
  /\bCould not resolve to an? (?:issue or pull request|PullRequest|Issue)\b|\bno pull requests found\b/i;

export const GH_FAILURE_RULES: readonly FailureRule[] = [
  // First of all: GitHub answers 403 and 429 to those who ask too often, which is no question of who they are.
  textRule({
    subcode: 'rate_limited',
    any: [/\brate limit\b/i, /\bHTTP 429\b/, /\bwas submitted too quickly\b/i, /\babuse detection mechanism\b/i],
  }),
  {
    name: 'gh:exit-code-4',
    examine: ({ evidence }) =>
      evidence.exitCode === EXIT_AUTH ? { subcode: 'login_required', certainty: 'certain' } : undefined,
  },
  // "The token in GH_TOKEN is invalid", where the name stands between.
  textRule({ subcode: 'token_invalid', any: [/\btoken in \S{1,300} is (?:invalid|no longer valid)\b/i] }),
  textRule({ subcode: 'network_timeout', any: [/\bTimeout trying to log in to\b/] }),
  textRule({ subcode: 'unreachable', any: [/^error connecting to \S{1,300}$/] }),
  textRule({ subcode: 'server_error', any: [/\bHTTP 5\d\d\b/] }),
  textRule({ subcode: 'no_such_repository', any: [/\bCould not resolve to a Repository\b/] }),
  {
    name: 'gh:not-found',
    examine: ({ stderr }) =>
      stderr.all.some((line) => NOT_FOUND.test(line))
        ? { subcode: 'not_found', category: 'command_failed', hint: 'There is no such issue or pull request.' }
        : undefined,
  },
];

/** Subcodes that a login or another token would remedy. */
const LOGIN_SUBCODES: ReadonlySet<string> = new Set([
  'login_required',
  'credentials_rejected',
  'token_expired',
  'token_invalid',
  'token_missing',
  'token_scope',
]);

/** Whether a failure is a matter of who is logged in. */
export function isLoginFailure(subcode: string): boolean {
  return LOGIN_SUBCODES.has(subcode);
}
