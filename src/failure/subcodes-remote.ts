/** Subcodes of what comes from elsewhere: dependencies, tokens, authentication, network. */
import type { SubcodeEntry } from './subcode-entry.js';

const SERVERS_RECOVER = 'servers and connections recover';

export const REMOTE_SUBCODES = {
  missing_module: {
    category: 'dependency',
    hint: 'A module is not installed: install the dependencies of the project first.',
    prerequisites: ['install_packages'],
  },
  missing_header: { category: 'dependency', hint: 'A header is missing.', prerequisites: ['install_packages'] },
  missing_library: { category: 'dependency', hint: 'A library is missing.', prerequisites: ['install_packages'] },
  missing_toolchain: {
    category: 'dependency',
    hint: 'A compiler, linker or runtime that the tool needs is missing.',
    prerequisites: ['install_program'],
  },
  package_not_found: {
    category: 'dependency',
    hint: 'The registry has no such package or version: check name and range.',
  },
  version_conflict: { category: 'dependency', hint: 'The wanted versions exclude each other.' },
  lockfile_mismatch: {
    category: 'dependency',
    hint: 'Lock file and manifest do not fit together: write the lock file anew.',
  },
  unsupported_engine: { category: 'dependency', hint: 'The package does not support this version of the runtime.' },
  managed_environment: {
    category: 'dependency',
    hint: 'The packages here are managed by the system.',
    prerequisites: ['virtual_environment'],
  },
  integrity_mismatch: {
    category: 'dependency',
    hint: 'What was downloaded is not what was expected: clear the cache.',
  },
  docker_not_running: {
    category: 'dependency',
    hint: 'The Docker engine is not running, or not for this user.',
    prerequisites: ['docker_running'],
  },
  service_not_running: { category: 'dependency', hint: 'The local service that the command talks to is not running.' },
  native_addon: { category: 'dependency', hint: 'Build the addon of custody, or allow the fallback.' },

  token_expired: { category: 'token', hint: 'The token has expired: renew it.', prerequisites: ['sign_in'] },
  token_invalid: { category: 'token', hint: 'The token is not accepted: replace it.', prerequisites: ['sign_in'] },
  token_missing: { category: 'token', hint: 'A token is required and none was given.', prerequisites: ['sign_in'] },
  token_scope: { category: 'token', hint: 'The token lacks a scope that this needs.', prerequisites: ['sign_in'] },

  login_required: {
    category: 'auth',
    hint: 'Credentials are required and nobody can be asked: sign in beforehand.',
    prerequisites: ['sign_in'],
  },
  credentials_rejected: { category: 'auth', hint: 'The credentials were not accepted.', prerequisites: ['sign_in'] },
  access_denied: { category: 'auth', hint: 'The account may not do this.', prerequisites: ['sign_in'] },
  key_rejected: {
    category: 'auth',
    hint: 'The server accepted no key: check the agent and the account.',
    prerequisites: ['sign_in'],
  },
  host_key: {
    category: 'auth',
    hint: 'The key of the server is unknown or has changed: check it before you trust it.',
    prerequisites: ['trusted_host_key'],
  },
  no_such_repository: {
    category: 'auth',
    hint: 'The repository does not exist, or the account may not see it.',
    prerequisites: ['sign_in'],
  },

  dns: { category: 'network', hint: 'The name of the server cannot be resolved.', transient: SERVERS_RECOVER },
  connection_refused: { category: 'network', hint: 'Nobody listens at that address.', transient: SERVERS_RECOVER },
  connection_lost: { category: 'network', hint: 'The connection broke off.', transient: SERVERS_RECOVER },
  unreachable: { category: 'network', hint: 'The server cannot be reached from here.', transient: SERVERS_RECOVER },
  network_timeout: { category: 'network', hint: 'The server did not answer in time.', transient: SERVERS_RECOVER },
  server_error: { category: 'network', hint: 'The server failed.', transient: SERVERS_RECOVER },
  rate_limited: {
    category: 'network',
    hint: 'Too many requests: wait.',
    transient: 'the limit is lifted after a while',
  },
  http_error: { category: 'network', hint: 'The server answered that it has no such thing: check the address.' },
  tls: {
    category: 'network',
    hint: 'The certificate of the server is not trusted, or the secure connection failed.',
    prerequisites: ['trusted_certificate'],
  },
  proxy: { category: 'network', hint: 'The proxy refused or could not be reached: check its settings.' },
} as const satisfies Record<string, SubcodeEntry>;
