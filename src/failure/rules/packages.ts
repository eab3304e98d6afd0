/**
 * Package managers: npm, pnpm, yarn, pip, cargo, Maven, Go, NuGet, apt. That a package was not found is often only the last
 * word of one that could not ask: signs of network and login are looked for first.
 */
import type { TextPatterns } from '../rule.js';

/** Signs, in any of their lines, that the registry could not be asked. */
const COULD_NOT_ASK: readonly RegExp[] = [
  /\bNewConnectionError\b|\bFailed to establish a new connection\b|\bConnection refused\b/,
  /\bTemporary failure in name resolution\b|\bName or service not known\b|\bCould not resolve host/i,
  /\bECONNREFUSED\b|\bENOTFOUND\b|\bECONNRESET\b|\bETIMEDOUT\b/,
  /\bSSLError\b|\bCERTIFICATE_VERIFY_FAILED\b|\bcertificate verify failed\b/,
  /\b401 Error, Credentials not correct\b|\bstatus code: 40[13]\b|\bUnauthorized - 401\b|\bForbidden - 403\b/,
  /\bResponseError\b.{0,80}\btoo many 5\d\d\b|\bReadTimeoutError\b|\bConnectTimeoutError\b/,
  /\bConnect to \S{1,300} failed\b|\bUnknown host\b|\bNU1301\b|\bCouldn't resolve host\b|\bCould not connect to server\b/,
];

export const PACKAGE_PATTERNS: readonly TextPatterns[] = [
  {
    subcode: 'version_conflict',
    any: [
      /\bERESOLVE\b/,
      /\bERR_PNPM_PEER_DEP_ISSUES\b/,
      /\bResolutionImpossible\b/,
      /\bcannot install .{1,500} because these package versions have conflicting dependencies\b/i,
      /^error: failed to select a version for /,
      /\bNU1107\b|\bNU1605\b|\bNU1608\b/,
      /\bunmet dependencies\b/i,
    ],
  },
  {
    subcode: 'lockfile_mismatch',
    any: [
      /\bERR_PNPM_(?:NO_LOCKFILE|OUTDATED_LOCKFILE|FROZEN_LOCKFILE\w{0,40}|BROKEN_LOCKFILE)\b/,
      /\bcommand can only install with an existing package-lock\.json\b/,
      /\bcan only install packages when your package\.json and package-lock\.json\b/,
      /\byour lockfile needs to be updated\b/i,
      /\bthe lock file .{1,300} needs to be updated but --locked was passed\b/i,
      /\bmissing go\.sum entry\b/,
      /\bNU1004\b|\bNU1403\b/,
    ],
  },
  {
    subcode: 'unsupported_engine',
    any: [
      /^npm (?:error|ERR!) (?:code )?(?:EBADENGINE|EBADPLATFORM)\b/,
      /\bERR_PNPM_UNSUPPORTED_ENGINE\b/,
      /\bThe engine "[^"]{1,60}" is incompatible with this module\b/,
      /\brequires a different Python\b/i,
      /\brequires rustc \d/,
      /\bNETSDK1045\b/,
    ],
  },
  { subcode: 'managed_environment', any: [/^error: externally-managed-environment$/] },
  {
    subcode: 'integrity_mismatch',
    any: [
      /\bEINTEGRITY\b/,
      /\bERR_PNPM_TARBALL_INTEGRITY\b/,
      /\bTHESE PACKAGES DO NOT MATCH THE HASHES\b/,
      /\bchecksum (?:for .{1,200} changed|mismatch|verification failed)\b/i,
      /\bSECURITY ERROR\b.{0,80}\bchecksum mismatch\b/,
    ],
  },
  {
    subcode: 'package_not_found',
    any: [
      /^npm (?:error|ERR!) code (?:E404|ETARGET|ENOVERSIONS|ENOTCACHED)\b/,
      /\bERR_PNPM_(?:FETCH_404|NO_MATCHING_VERSION\w{0,40}|NO_VERSIONS)\b/,
      /^error Couldn't find (?:package|any versions for) "/,
      /\bNo matching distribution found for\b/,
      /\bCould not find a version that satisfies the requirement\b/,
      /^error: no matching package named `/,
      /^error: no matching package found\b/,
      /\bCould not find artifact \S{1,300} in\b/,
      /\bE: Unable to locate package\b/,
      /\bmodule lookup disabled by GOPROXY=off\b/,
      /\bNU1101\b|\bNU1102\b|\bNU1103\b/,
      /\bconfig\.json not found in registry\b/,
    ],
    unless: COULD_NOT_ASK,
  },
];
