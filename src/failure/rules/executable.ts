/** Programs that were looked for and not found, by a shell, a tool or a runtime. */
import type { TextPatterns } from '../rule.js';

export const EXECUTABLE_PATTERNS: readonly TextPatterns[] = [
  {
    subcode: 'executable_not_found',
    any: [
      /^(?:\/\S{0,200}\/)?(?:ba|da|z|k|a)?sh: .{0,300}: (?:command )?not found$/,
      /^.{1,300}: line \d+: .{1,300}: command not found$/,
      /^(?:\/\S{0,200}\/)?(?:ba|da)?sh: (?:line )?\d+: \S{1,500}: No such file or directory$/,
      /^zsh:\d+: (?:command not found|no such file or directory): /,
      /\bis not recognized as an internal or external command\b/i,
      /\bis not recognized as (?:the|a) name of a cmdlet\b/i,
      /\bCommandNotFoundException\b/,
      /\bspawn(?:Sync)? \S{1,500} ENOENT\b/,
      /^make(?:\[\d+\])?: [^*\s][^:]{0,300}: No such file or directory$/,
      /^tar \(child\): .{1,300}: Cannot exec: No such file or directory$/,
      /\bexec(?:utable file)?: "[^"]{1,300}": executable file not found in \$PATH\b/,
      /\bThe system cannot find the file specified\b.{0,100}CreateProcess|\bCreateProcess\b.{0,200}\berror=2\b/i,
      /^error: cannot run [^:]{1,300}: No such file or directory$/,
      /^sudo: .{1,300}: command not found$/,
      /^(?:\/\S{0,200}\/)?(?:env|nice|nohup|xargs|timeout|stdbuf|setsid|chroot|ionice|setpriv): (?:cannot run command |failed to (?:run command|execute) )?['‘"]?[^'’":]{1,300}['’"]?: No such file or directory$/,
    ],
    // The shell names a folder that `cd` did not find in the same words.
    unless: [/: cd: /],
  },
];
