/** Shells, interpreters and file formats. */
import type { TextPatterns } from '../rule.js';

export const SHELL_PATTERNS: readonly TextPatterns[] = [
  {
    subcode: 'bad_interpreter',
    any: [
      /\bbad interpreter\b/i,
      /\bcannot execute: required file not found\b/,
      /^env: use -\[v\]S to pass options in shebang lines/,
      /\bcannot run \.git\/hooks\/\S{1,200}: No such file or directory\b/,
    ],
  },
  {
    subcode: 'bad_interpreter',
    any: [/^(?:\/usr\/bin\/)?env: (?:can't execute )?['‘"]?[^'’":]{1,300}['’"]?: No such file or directory/],
    exceptTool: 'env',
  },
  {
    subcode: 'exec_format',
    any: [
      /\bExec format error\b/i,
      /\bcannot execute binary file\b/i,
      /\bis not a valid Win32 application\b/i,
      /\bBad CPU type in executable\b/,
    ],
    isGeneric: true,
  },
  {
    subcode: 'execution_policy',
    any: [/\brunning scripts is disabled on this system\b/i, /\bPSSecurityException\b/, /\bis not digitally signed\b/i],
  },
  {
    subcode: 'wsl_unavailable',
    any: [
      /\bWsl\/(?:Service|Install\w{0,40})\//,
      /\bWindows Subsystem for Linux has no installed distributions\b/i,
      /\bWSL2? .{0,100}\bnot (?:installed|supported|enabled)\b/i,
    ],
  },
  {
    subcode: 'shell_syntax',
    any: [
      /^(?:\/\S{0,200}\/)?(?:ba|da|z|k)?sh: .{0,200}\b(?:syntax error|unexpected (?:EOF|end of file)|Unterminated quoted string)\b/i,
      /^zsh:\d+: (?:parse error|unmatched)\b/,
      /^The syntax of the command is incorrect\.?$/i,
      /^The string is missing the terminator: /,
    ],
  },
  {
    subcode: 'shell_variable',
    any: [/^(?:\/\S{0,200}\/)?(?:ba|da|z|k)?sh: .{0,200}: (?:unbound variable|parameter not set)$/],
  },
];
