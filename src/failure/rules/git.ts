/**
 * git's own words. That a command is a clone or a fetch says nothing: what it printed decides, and what the file system refused
 * stands before the network because rules are asked in the order of categories.
 */
import type { TextPatterns } from '../rule.js';

export const GIT_PATTERNS: readonly TextPatterns[] = [
  {
    subcode: 'not_a_repository',
    any: [
      /^fatal: not a git repository\b/,
      /^fatal: repository '(?!https?:|ssh:|git:)[^']{1,800}' does not exist$/,
      /^fatal: '[^']{1,800}' does not appear to be a git repository$/,
      /^fatal: no such remote\b/i,
      /^error: No such remote '/,
    ],
  },
  { subcode: 'missing_directory', any: [/^fatal: cannot change to '[^']{1,800}': No such file or directory$/] },
  {
    subcode: 'merge_conflict',
    any: [
      /^CONFLICT \(/,
      /\bAutomatic merge failed; fix conflicts\b/,
      /^error: could not apply [0-9a-f]{7,40}\b/,
      /^error: Merging is not possible because you have unmerged files/,
    ],
  },
  {
    subcode: 'local_changes',
    any: [
      /^error: Your local changes to the following files would be overwritten\b/,
      /^error: The following untracked working tree files would be overwritten\b/,
      /^error: cannot (?:pull with rebase|rebase): You have unstaged changes\b/,
      /^fatal: '[^']{1,500}' contains modified or untracked files, use --force to delete it$/,
    ],
  },
  {
    subcode: 'push_rejected',
    any: [
      /^ ! \[(?:rejected|remote rejected)\] .{0,300}\((?:non-fast-forward|fetch first|stale info|pre-receive hook declined)\)/,
    ],
  },
  {
    subcode: 'no_identity',
    any: [
      /^\*\*\* Please tell me who you are\b/,
      /^fatal: (?:no email was given and auto-detection is disabled|unable to auto-detect email address|empty ident name)\b/,
    ],
  },
  {
    subcode: 'usage',
    any: [/^error: pathspec '[^']{1,500}' did not match any file/, /^git: '[^']{1,100}' is not a git command\b/],
  },
];
