/** Names and paths that the system does not take. A path that is merely missing is looked for last: see `missing-path.ts`. */
import type { TextPatterns } from '../rule.js';

export const FILESYSTEM_PATTERNS: readonly TextPatterns[] = [
  {
    subcode: 'path_too_long',
    any: [
      /\bENAMETOOLONG\b/,
      /\bFile ?name too long\b/i,
      /\bfilename or extension is too long\b/i,
      /\bpath(?: name)? is too long\b/i,
      /\bPathTooLongException\b/,
      /\bspecified path, file ?name, or both,? (?:are|is) too long\b/i,
    ],
    isGeneric: true,
  },
  {
    subcode: 'reserved_name',
    any: [
      /\binvalid path '(?:[^']{0,500}\/)?(?:con|prn|aux|nul|com\d|lpt\d)(?:\.[^'/]{0,100})?'/i,
      /\b(?:reserved (?:file|device) name|is a reserved name)\b/i,
    ],
  },
  {
    subcode: 'invalid_path',
    any: [
      /^(?:error|fatal): invalid path '/i,
      /\bfilename, directory name, or volume label syntax is incorrect\b/i,
      /\bIllegal characters? in path\b/i,
      /\bERROR_INVALID_NAME\b/,
      /: Invalid or incomplete multibyte or wide character$/,
      /\bEILSEQ\b/,
    ],
    isGeneric: true,
  },
  { subcode: 'symlink_loop', any: [/\bELOOP\b/, /\bToo many levels of symbolic links\b/i], isGeneric: true },
  { subcode: 'cross_device', any: [/\bEXDEV\b/, /\bInvalid cross-device link\b/i], isGeneric: true },
  {
    subcode: 'directory_not_empty',
    any: [/\bENOTEMPTY\b/, /\bDirectory not empty$/i, /\bThe directory is not empty\b/i],
    isGeneric: true,
  },
  {
    subcode: 'path_exists',
    any: [
      /^fatal: destination path '.{1,500}' already exists\b/,
      /^fatal: '[^']{1,500}' already exists$/,
      /\bEEXIST\b/,
      /: File exists$/,
      /\bfile already exists\b/i,
      /\bdestination .{0,300} already exists\b/i,
    ],
    // A lock that exists is a lock.
    unless: [/\.lock\b/, /\bcould not create temporary directory lock\b/],
    isGeneric: true,
  },
];
