/** Subcodes of what the host refuses: length, paths, permissions, locks, resources, shells, programs. */
import type { SubcodeEntry } from './subcode-entry.js';

const MAY_BE_LET_GO = 'another process holds it and may let go';
const MAY_BE_FREE = 'what others use now may be free in a moment';

export const HOST_SUBCODES = {
  arguments_too_long: {
    category: 'argv_too_long',
    hint: 'Pass large values through `input` or a file, or split the arguments over several runs.',
  },
  shell_line_too_long: {
    category: 'shell_command_too_long',
    hint: 'Run the program without a shell, or put the command into a script file.',
  },

  path_too_long: {
    category: 'filesystem_path',
    hint: 'Shorten the name, or work in a folder nearer to the root.',
    prerequisites: ['windows_long_paths', 'git_long_paths'],
  },
  invalid_path: { category: 'filesystem_path', hint: 'The name holds characters that this system does not allow.' },
  reserved_name: {
    category: 'filesystem_path',
    hint: 'The name is reserved by the system (CON, NUL, AUX, ...): rename it.',
  },
  no_such_path: {
    category: 'filesystem_path',
    hint: 'A file or folder is missing: check the path and the working directory.',
  },
  path_exists: { category: 'filesystem_path', hint: 'The target exists already: choose another name, or remove it.' },
  wrong_kind: { category: 'filesystem_path', hint: 'A folder stands where a file is expected, or the reverse.' },
  symlink_loop: { category: 'filesystem_path', hint: 'Symbolic links lead in a circle.' },
  cross_device: { category: 'filesystem_path', hint: 'The path leads to another device: copy instead of moving.' },
  directory_not_empty: {
    category: 'filesystem_path',
    hint: 'Something was written into the folder while it was removed.',
    transient: 'the folder can be removed once nobody writes into it',
  },
  not_a_repository: {
    category: 'filesystem_path',
    hint: 'This is not a repository: check the path or the name of the remote.',
  },

  permission_denied: {
    category: 'permission_lock',
    hint: 'The user of the host may not do this: check owner and mode.',
  },
  missing_exec_bit: {
    category: 'permission_lock',
    hint: 'The file may not be executed: `chmod +x` it, run it through its interpreter, or check mounts with noexec.',
  },
  file_locked: {
    category: 'permission_lock',
    hint: 'Another process uses the file or holds the lock; if none does, a lock file was left behind.',
    transient: MAY_BE_LET_GO,
    prerequisites: ['antivirus_exclusion'],
  },
  read_only: { category: 'permission_lock', hint: 'The file system is read-only.' },
  unsafe_ownership: {
    category: 'permission_lock',
    hint: 'The repository belongs to another user.',
    prerequisites: ['git_safe_directory'],
  },
  symlink_privilege: {
    category: 'permission_lock',
    hint: 'The user may not make symbolic links.',
    prerequisites: ['windows_symlinks'],
  },

  disk_full: {
    category: 'resource_exhausted',
    hint: 'The device or the quota is full.',
    prerequisites: ['free_space'],
  },
  too_many_open_files: {
    category: 'resource_exhausted',
    hint: 'No descriptors are left: close some, or start fewer commands at once.',
    transient: MAY_BE_FREE,
    prerequisites: ['open_files_limit'],
  },
  watcher_limit: {
    category: 'resource_exhausted',
    hint: 'The system allows no further file watchers: watch fewer files.',
    prerequisites: ['inotify_watches'],
  },
  out_of_memory: {
    category: 'resource_exhausted',
    hint: 'Memory ran out: do less at once, or raise the limit of the tool.',
    prerequisites: ['memory'],
  },
  process_limit: {
    category: 'resource_exhausted',
    hint: 'The system allows no further processes or threads.',
    transient: MAY_BE_FREE,
    prerequisites: ['process_limit'],
  },
  address_in_use: {
    category: 'resource_exhausted',
    hint: 'Another process listens at that address: choose another port.',
    transient: MAY_BE_FREE,
  },
  resource_refused: {
    category: 'resource_exhausted',
    hint: 'The system is short of a resource.',
    transient: MAY_BE_FREE,
  },

  bad_interpreter: {
    category: 'shell_environment',
    hint: 'The interpreter named in the first line of the script does not exist; also check for Windows line ends there.',
  },
  exec_format: { category: 'shell_environment', hint: 'The file is not a program for this system or processor.' },
  shell_syntax: { category: 'shell_environment', hint: 'The shell could not read the command: check its quoting.' },
  shell_variable: {
    category: 'shell_environment',
    hint: 'The shell needs a variable that is not set: pass it in `env`.',
  },
  execution_policy: {
    category: 'shell_environment',
    hint: 'PowerShell does not run scripts here.',
    prerequisites: ['execution_policy'],
  },
  wsl_unavailable: { category: 'shell_environment', hint: 'WSL does not answer.', prerequisites: ['wsl_running'] },

  executable_not_found: {
    category: 'missing_executable',
    hint: "The program was not found: install it, correct its name, or correct PATH in the command's environment.",
    prerequisites: ['install_program', 'path_variable'],
  },
} as const satisfies Record<string, SubcodeEntry>;
