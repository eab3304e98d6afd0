/** What is weak evidence, because it often goes along with a better one: paths that are missing, and calls with wrong arguments. */
import type { TextPatterns } from '../rule.js';

export const MISSING_PATH_PATTERNS: readonly TextPatterns[] = [
  {
    subcode: 'wrong_kind',
    any: [
      /\bENOTDIR\b|\bEISDIR\b/,
      /\b(?:Not|Is) a directory(?:$|: )/,
      /\bis not a directory$/,
      /\bomitting directory '/,
    ],
    isGeneric: true,
  },
  {
    subcode: 'no_such_path',
    any: [
      /\bENOENT\b/,
      /\bNo such file or directory\b/i,
      /\bcannot find (?:or open |the (?:file|path|folder|directory) )\S/i,
      /\bCannot find module '(?:\/|[A-Za-z]:\\)/,
      /\bThe system cannot find the (?:file|path) specified\b/i,
      /\bCould not find file '|\bCould not find a part of the path\b/,
      /\b(?:FileNotFound|DirectoryNotFound|NoSuchFile)(?:Error|Exception)\b/,
      /^error: could not find `Cargo\.toml` in\b/,
      /\bERR_PNPM_NO_IMPORTER_MANIFEST_FOUND\b/,
      /\bdoes not appear to contain CMakeLists\.txt\b/,
      /\bthere is no POM in this directory\b/,
      /^(?:error: |javac: )file not found: /,
      /\bFile '[^']{1,500}' not found\.|\bUnable to access jarfile\b|\bgo: (?:cannot find main module|go\.mod file not found)\b|\bdirectory prefix \S{1,200} does not contain main module\b/,
      /\bCould not open requirements file\b/,
      /^ERROR: Invalid requirement: '\.{0,2}\//,
    ],
    isGeneric: true,
  },
  {
    subcode: 'usage',
    any: [
      /^npm (?:error|ERR!) Missing script: /,
      /\bERR_PNPM_NO_SCRIPT\b/,
      /^error Command "[^"]{1,200}" not found\.$/,
      /\b(?:unknown|unrecognized|invalid|illegal) (?:option|argument|flag|command|subcommand)\b/i,
      /^error: (?:no such command|unexpected argument|unrecognized subcommand)\b/,
      /\bNo rule to make target\b/,
      /^usage: /i,
      /^node: (?:bad option|either )/,
    ],
    isGeneric: true,
  },
  { subcode: 'panic', any: [/^panic: /, /^Fatal Python error: /, /^fatal error: all goroutines are asleep/] },
];
