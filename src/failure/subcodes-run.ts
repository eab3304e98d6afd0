/** Subcodes of what the runner observed, of how a process ended, and of what a command reported about its own work. */
import type { SubcodeEntry } from './subcode-entry.js';

export const RUN_SUBCODES = {
  run_timeout: { category: 'timeout', hint: 'Raise `timeoutMs`, or find out what the command waits for.' },
  idle_timeout: {
    category: 'timeout',
    hint: 'The command was silent: raise `idleTimeoutMs`, or find out what it waits for.',
  },
  output_limit: { category: 'output_overflow', hint: "Raise `maxOutputBytes`, or use `onOverflow: 'truncate'`." },
  limit_exceeded: { category: 'resource_limit', hint: 'Look at `breach` of the result: raise that limit.' },
  memory_limit: { category: 'resource_limit', hint: 'Raise `limits.memoryBytes`, or do less at once.' },
  cpu_time_limit: { category: 'resource_limit', hint: 'Raise `limits.cpuTimeMs`.' },
  processes_limit: { category: 'resource_limit', hint: 'Raise `limits.maxProcesses`.' },
  open_files_limit: { category: 'resource_limit', hint: 'Raise `limits.maxOpenFiles`.' },
  file_size_limit: {
    category: 'resource_limit',
    hint: 'Raise `limits.maxFileSizeBytes`, or the file size limit of the host.',
  },
  cancelled_by_caller: { category: 'cancelled', hint: 'None: this was asked for.' },
  host_exit: { category: 'cancelled', hint: 'The host ended while the command ran.' },
  invalid_arguments: { category: 'validation', hint: 'Correct every property listed in `issues`.' },
  not_available_here: {
    category: 'validation',
    hint: 'What was asked for by name cannot be had here: read `capabilities()`, or leave the option out.',
  },
  target_unavailable: {
    category: 'validation',
    hint: 'The client, daemon, image, host or login that the command was to run with cannot be had: read the message.',
  },
  not_eligible: {
    category: 'validation',
    hint: 'Read the reason: run a form of the command that ends by itself, or give a reason in `eligibility.override`.',
  },
  queue_timeout: {
    category: 'concurrency_limit',
    hint: 'Start fewer commands at once or raise the limit.',
    transient: 'other commands end and make room',
  },
  missing_directory: {
    category: 'working_directory',
    hint: 'The working directory does not exist: create it or correct `cwd`.',
  },
  directory_denied: { category: 'working_directory', hint: 'The working directory may not be entered.' },

  fatal_signal: {
    category: 'process_crash',
    hint: 'The program crashed: report it with its output to those who make it.',
  },
  killed_by_signal: { category: 'process_crash', hint: 'Somebody else ended the process by a signal.' },
  native_exception: {
    category: 'process_crash',
    hint: 'The program crashed; the exit code is the NTSTATUS of the exception.',
  },
  panic: { category: 'process_crash', hint: 'The program gave up on an internal error: report it with its output.' },

  malformed_output: {
    category: 'command_failed',
    hint: 'A tool wrote something other than what was asked of it: bring it up to date.',
  },
  test_failures: { category: 'command_failed', hint: 'Tests failed: read their report.' },
  compile_errors: { category: 'command_failed', hint: 'The sources do not compile: read the diagnostics.' },
  lint_findings: { category: 'command_failed', hint: 'The checks found something: read the report.' },
  merge_conflict: {
    category: 'command_failed',
    hint: 'Resolve the conflicts and commit.',
    prerequisites: ['commit_or_stash'],
  },
  local_changes: {
    category: 'command_failed',
    hint: 'Local changes stand in the way.',
    prerequisites: ['commit_or_stash'],
  },
  push_rejected: { category: 'command_failed', hint: 'The remote has moved on: fetch and integrate before you push.' },
  no_identity: { category: 'command_failed', hint: 'git does not know who commits.', prerequisites: ['git_identity'] },
  usage: { category: 'command_failed', hint: 'The command was called with arguments it does not know: read its help.' },
  non_zero_exit: { category: 'command_failed', hint: 'The command ran and reported failure: read its output.' },

  cleanup_unconfirmed: {
    category: 'unknown',
    hint: 'Processes of the run may still be alive: look at `survivors`.',
  },
  status_lost: { category: 'unknown', hint: 'The exit status could not be read.' },
  unexplained: { category: 'unknown', hint: 'Look at `errno` and `operation` of the error, and at the output.' },
} as const satisfies Record<string, SubcodeEntry>;
