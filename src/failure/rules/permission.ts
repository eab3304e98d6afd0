/** Permissions and locks. `Permission denied (publickey)` is no permission of the file system: see `auth.ts`. */
import type { TextPatterns } from '../rule.js';

export const PERMISSION_PATTERNS: readonly TextPatterns[] = [
  {
    subcode: 'file_locked',
    any: [
      /\bUnable to create '.{1,800}\.lock': File exists/,
      /\bcannot lock ref\b/i,
      /\bcould not lock config file\b/i,
      /\bAnother git process seems to be running\b/,
      /\bThe process cannot access the file because (?:it is being used by another process|another process has locked)/i,
      /\bbeing used by another process\b/i,
      /\bEBUSY\b/,
      /\bETXTBSY\b/,
      /: Text file busy$/,
      /: Device or resource busy$/,
      /\bresource busy or locked\b/i,
      /\bCould not get lock \S/,
      /\bunable to (?:acquire|lock) the (?:dpkg|administration|frontend)/i,
      /\bdatabase is locked\b/i,
      /\bsharing violation\b/i,
      /\bERROR_SHARING_VIOLATION\b/,
    ],
    // Without the right to open it, a lock file says nothing of who holds it.
    unless: [/\block file .{0,300}\(13: Permission denied\)/, /\.lock': Permission denied/],
    isGeneric: true,
  },
  {
    subcode: 'missing_exec_bit',
    any: [
      /^(?:\/\S{0,200}\/)?(?:ba|da|z|k)?sh: (?:line )?(?:\d+: )?\.{0,2}\/\S{1,500}: Permission denied$/,
      /^make(?:\[\d+\])?: \.{0,2}\/\S{1,500}: Permission denied$/,
      /\bhook was ignored because it's not set as executable\b/,
      /\bspawn \S{1,500} EACCES\b/,
      /^zsh:\d+: permission denied: \.{0,2}\//,
    ],
  },
  {
    subcode: 'unsafe_ownership',
    any: [/^fatal: (?:detected dubious ownership in repository|unsafe repository)/],
  },
  {
    subcode: 'symlink_privilege',
    any: [
      /\bA required privilege is not held by the client\b/i,
      /\bEPERM\b.{0,80}\bsymlink\b/,
      /\bunable to create symlink .{1,500}: (?:Function not implemented|Permission denied|Operation not permitted)/,
    ],
  },
  { subcode: 'read_only', any: [/\bEROFS\b/, /\bRead-only file system\b/i], isGeneric: true },
  {
    subcode: 'permission_denied',
    any: [
      /\bEACCES\b/,
      /\bEPERM\b/,
      /\bPermission denied(?:$|[)'":]| \((?:13|os error 13)\))/i,
      /\bPermission denied at \S{1,300} line \d/,
      /: Operation not permitted(?:$| \(1\))/,
      /\bPermissionError: /,
      /\binsufficient permission for adding an object\b/i,
      /\bAccess is denied\b\.?/i,
      /\bAccess to the path '.{1,500}' is denied\b/i,
      /\bUnauthorizedAccessException\b/,
      /\bAccessDeniedException\b/,
      /\brequested operation requires (?:elevation|superuser privilege)\b/i,
      /\bare you root\?/,
      /\bmust be (?:superuser|root|run as root)\b|\bOnly root can\b/i,
      /\bkind: PermissionDenied\b/,
    ],
    isGeneric: true,
  },
];
