/**
 * `custody/github`: issues, pull requests and checks over the GitHub CLI, on any `Runner`.
 *
 * @module custody/github
 */
export {
  GH_INSTALL_HELP,
  GitHubAuthError,
  GitHubCLINotFoundError,
  GitHubError,
  GitHubOutputError,
  type GitHubErrorDetails,
} from './errors.js';
export type { CheckStatus, Issue, PullRequest } from './fields.js';
export { GH_TOKEN_NAMES } from './gh-environment.js';
export { createGitHub, type GitHub } from './github.js';
export type { CallOptions, GitHubOptions, ListOptions, NewPullRequest } from './options.js';
