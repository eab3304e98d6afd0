/**
 * The environment in which `gh` runs: nobody is asked, nothing is paged, coloured or advertised, and the names that it needs of
 * the host's environment pass whatever the runner keeps back.
 */
import type { EnvVariables } from '../core/run-options.js';
import { C_LOCALE } from '../failure/c-locale.js';
import type { GitHubPlan } from './options.js';

/** Variables that hold tokens for `gh`. */
export const GH_TOKEN_NAMES: readonly string[] = Object.freeze([
  'GH_TOKEN',
  'GITHUB_TOKEN',
  'GH_ENTERPRISE_TOKEN',
  'GITHUB_ENTERPRISE_TOKEN',
]);

/** Beside tokens: what every program needs, whom to talk to, how to get there, where its login is kept, and git's keys. */
const PASSED_NAMES: readonly string[] = [
  ...['PATH', 'HOME', 'TEMP', 'TMP'],
  ...['GH_HOST', 'GH_REPO', 'GH_CONFIG_DIR', 'XDG_*', 'DBUS_SESSION_BUS_ADDRESS'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'SSH_AUTH_SOCK'],
];

const QUIET: EnvVariables = {
  ...C_LOCALE,
  GH_PROMPT_DISABLED: '1',
  GIT_TERMINAL_PROMPT: '0',
  GH_PAGER: 'cat',
  PAGER: 'cat',
  GH_NO_UPDATE_NOTIFIER: '1',
  GH_NO_EXTENSION_UPDATE_NOTIFIER: '1',
  GH_SPINNER_DISABLED: '1',
  NO_COLOR: '1',
  // Each of these would bring back what the others turn off, or write requests with their headers.
  CLICOLOR_FORCE: undefined,
  GH_FORCE_TTY: undefined,
  GH_DEBUG: undefined,
  DEBUG: undefined,
};

/** What a run is given of environment. */
export interface GhEnvironment {
  readonly env: EnvVariables;
  readonly envInclude: readonly string[];
  readonly secrets?: Readonly<Record<string, string>>;
}

/** The environment for this plan. */
export function ghEnvironment(plan: GitHubPlan): GhEnvironment {
  const { token, envInclude } = plan;
  const host = hostOf(plan);
  const env = host === undefined ? QUIET : { ...QUIET, GH_HOST: host };
  const include = [...PASSED_NAMES, ...GH_TOKEN_NAMES, ...envInclude];
  return { env, envInclude: include, ...(token === undefined ? {} : { secrets: { [tokenName(host)]: token } }) };
}

/** The host that was asked for; `undefined`: whatever `gh` takes. */
export function hostOf({ host, repo }: GitHubPlan): string | undefined {
  if (host !== undefined || repo === undefined) return host;
  const parts = repo.split('/');
  return parts.length === 3 ? parts[0] : undefined;
}

/** `gh` uses one name for its own hosts and another for servers of companies. */
function tokenName(host: string | undefined): string {
  return host === undefined || host === 'github.com' || host.endsWith('.ghe.com') ? 'GH_TOKEN' : 'GH_ENTERPRISE_TOKEN';
}
