/** Argument lists and command lines that are too long. Two categories: the remedies differ. */
import type { TextPatterns } from '../rule.js';

export const LENGTH_PATTERNS: readonly TextPatterns[] = [
  {
    subcode: 'shell_line_too_long',
    any: [
      /^The command line is too long\.?$/i,
      /^The input line is too long\.?$/i,
      /\bcommand line is too long\b/i,
      /\bline is longer than \d+ characters\b/i,
    ],
    isGeneric: true,
  },
  {
    subcode: 'arguments_too_long',
    any: [/\bE2BIG\b/, /\bArgument list too long\b/i, /\bThe filename or extension is too long\b.*CreateProcess/i],
    isGeneric: true,
  },
  {
    subcode: 'arguments_too_long',
    any: [/\bCreateProcess\b.*(?:error[ =]|\()206\b/i, /\bCreateProcess: .*filename or extension is too long/i],
  },
];
