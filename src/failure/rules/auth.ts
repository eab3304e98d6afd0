/** Tokens and logins. Words such as `token` and `permission` alone say nothing: compilers use them every day. */
import type { TextPatterns } from '../rule.js';

export const TOKEN_PATTERNS: readonly TextPatterns[] = [
  {
    subcode: 'token_expired',
    any: [
      /\b(?:access |auth(?:entication|orization)? |security |refresh |session |id |bearer |personal access )?token (?:has |is |was )?(?:been )?expired\b/i,
      /\bExpiredToken(?:Exception)?\b/,
      /\btoken expired\b/i,
      /\bTokenExpiredError\b/,
    ],
    isGeneric: true,
  },
  {
    subcode: 'token_scope',
    any: [
      /\btoken (?:has not been granted|does not have|is missing|lacks) (?:the )?(?:required )?(?:scopes?|permissions?)\b/i,
      /\bRefusing to allow (?:a|an) (?:Personal Access Token|OAuth App|GitHub App|integration) to\b/i,
      /\bResource not accessible by (?:integration|personal access token)\b/i,
      /\binsufficient_scope\b/,
    ],
  },
  {
    subcode: 'token_missing',
    any: [
      /\bSupport for password authentication was removed\b/,
      /\bno token (?:found|provided)\b/i,
      /\btoken is required\b/i,
      /\b(?:GH_TOKEN|GITHUB_TOKEN|NPM_TOKEN|CARGO_REGISTRY_TOKEN)\b.{0,60}\b(?:not set|required|missing|environment variable)\b/,
      /^error: no token found\b/,
    ],
    isGeneric: true,
  },
  {
    subcode: 'token_invalid',
    any: [
      /\b(?:invalid|revoked|malformed|bad) (?:access|auth(?:entication|orization)?|api|bearer|personal access|oauth|session|registry) token\b/i,
      /\btoken (?:in \S{1,60} )?is (?:no longer valid|invalid|not valid|revoked)\b/i,
      /\bBad credentials\b/,
      /\bInvalidToken(?:Exception)?\b|\bUnrecognizedClientException\b|\bInvalidClientTokenId\b/,
      /\bJsonWebTokenError\b/,
    ],
    isGeneric: true,
  },
];

export const AUTH_PATTERNS: readonly TextPatterns[] = [
  {
    subcode: 'key_rejected',
    any: [
      /\bPermission denied \((?:publickey|gssapi|hostbased)/,
      /\bToo many authentication failures\b/,
      /\bno supported authentication methods available\b/i,
    ],
  },
  {
    subcode: 'host_key',
    any: [
      /\bHost key verification failed\b/,
      /\bREMOTE HOST IDENTIFICATION HAS CHANGED\b/,
      /\bNo (?:\w{1,20} )?host key is known for\b/,
    ],
    readsWarnings: true,
  },
  {
    subcode: 'login_required',
    any: [
      /\bcould not read (?:Username|Password) for\b/,
      /\bterminal prompts disabled\b/,
      /\bENEEDAUTH\b/,
      /\bnot logged in(?:to| to)?\b/i,
      /\bTo get started with GitHub CLI, please run:\s+gh auth login\b/,
      /\bYou are not logged into any GitHub hosts\b/,
      /\bno basic auth credentials\b/,
      /\bsudo: a (?:password|terminal) is required\b/,
      /\bfe_sendauth: no password supplied\b/,
      /\bUnable to locate credentials\b/,
      /\bERR_PNPM_FETCH_401\b/,
      /\bcould not find default credentials\b/i,
      /\bpull access denied for\b/,
      /\bUser cannot be authenticated with the token provided\b/,
    ],
  },
  {
    subcode: 'credentials_rejected',
    any: [
      /\bAuthentication failed\b/i,
      /\bPermission denied, please try again\b/,
      /\bPermission denied \((?:password|keyboard-interactive)/,
      /^npm (?:error|ERR!) code E401\b/,
      /\bIncorrect (?:or missing password|username or password)\b/i,
      /\bincorrect username or password\b/i,
      /\b401 Error, Credentials not correct\b/,
      /\breturned error: 401\b/,
      /\b401 Client Error\b/,
      /\bHTTP(?:\/[\d.]{1,3})? ?(?:error )?401\b|\bstatus code:? 401\b|\b401 Unauthorized\b|\bUnauthorized \(401\)/i,
      /\bUsername\/Password Authentication Failed\b/i,
      /\bpassword authentication failed for user\b/,
      /\bInvalid username or (?:password|token)\b/i,
      /\bLogin failed\b/i,
      /\bgot 401\b/,
    ],
    readsWarnings: true,
    isGeneric: true,
  },
  {
    subcode: 'access_denied',
    any: [
      /^remote: Permission to \S{1,300} denied to\b/,
      /^remote: (?:Write access to repository not granted|You are not allowed to (?:push|upload|download))/,
      /\breturned error: 403\b/,
      /^npm (?:error|ERR!) code E403\b/,
      /\bERR_PNPM_FETCH_403\b/,
      /\bdenied: requested access to the resource is denied\b/,
      /\b403 Client Error\b|\bHTTP(?:\/[\d.]{1,3})? ?(?:error )?403\b|\bstatus code:? 403\b|\b403 Forbidden\b|\bgot 403\b/i,
      /\bAccessDenied\b.{0,200}\bwhen calling the\b/,
      /\bprotected branch hook declined\b/,
      /\bis not authorized to perform\b/,
    ],
    // GitHub's limit of requests is answered with 403 as well.
    unless: [/\brate limit exceeded\b/i],
    isGeneric: true,
  },
  {
    subcode: 'no_such_repository',
    any: [
      /^fatal: repository 'https?:\/\/.{1,500}' not found$/,
      /^remote: Repository not found\.?$/,
      /^ERROR: Repository not found\.?$/,
    ],
  },
];
