import type { RunOptions } from './run-options.js';

/**
 * For a command whose output a program reads: what that depends on and a runner may have other defaults for. Nothing is added,
 * left out or redacted, and whatever comes of the command is a result.
 */
export const READ_BY_PROGRAM = {
  shell: false,
  argvMetachars: 'off',
  stdio: 'separate',
  stdout: 'capture',
  stderr: 'capture',
  captureOutput: true,
  onOverflow: 'truncate',
  truncationMarker: false,
  encoding: 'utf8',
  redact: false,
  reject: false,
  throwOnCancel: false,
} as const satisfies RunOptions;
