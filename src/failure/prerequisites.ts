/**
 * Changes to a host that would remove the cause of a failure.
 *
 * They are reported and never made: somebody else's registry, global configuration, kernel settings and shell profiles are not
 * repaired behind their owner's back. A program that is meant to set up a machine reads `id` and acts on its own account.
 */

/** What would have to be changed. */
export type PrerequisiteKind =
  | 'registry'
  | 'global_git_config'
  | 'developer_mode'
  | 'wsl'
  | 'sysctl'
  | 'docker'
  | 'antivirus'
  | 'shell_profile'
  | 'execution_policy'
  | 'working_tree'
  | 'login'
  | 'installation'
  | 'host_limit'
  | 'storage';

/** One change. */
export interface Prerequisite {
  /** Stable name. */
  readonly id: string;
  readonly kind: PrerequisiteKind;
  /** What somebody with the right to do so would do. */
  readonly action: string;
}

/** Every known prerequisite, by name. */
export const PREREQUISITES = {
  windows_long_paths: entry(
    'registry',
    'Enable long paths of Windows (LongPathsEnabled), or use a shorter root folder.',
  ),
  git_long_paths: entry('global_git_config', 'Set core.longpaths of git to true, for this clone or globally.'),
  git_safe_directory: entry(
    'global_git_config',
    'Make the repository belong to the user, or list it under safe.directory.',
  ),
  git_identity: entry('global_git_config', 'Set user.name and user.email of git.'),
  commit_or_stash: entry('working_tree', 'Commit, stash or discard the local changes.'),
  windows_symlinks: entry(
    'developer_mode',
    'Turn on developer mode of Windows, or give the user the right to make symbolic links.',
  ),
  wsl_running: entry('wsl', 'Start or restart the WSL distribution; look at its mounts.'),
  inotify_watches: entry('sysctl', 'Raise fs.inotify.max_user_watches (or max_user_instances) of the kernel.'),
  docker_running: entry('docker', 'Start the Docker engine, and give the user access to its socket.'),
  antivirus_exclusion: entry('antivirus', 'Exclude the folder from on-access scanning, which keeps files open.'),
  path_variable: entry('shell_profile', 'Put the folder of the program on PATH where the host is started.'),
  execution_policy: entry('execution_policy', 'Allow scripts by the execution policy of PowerShell.'),
  sign_in: entry('login', 'Sign in, or renew the credentials that the command uses.'),
  trusted_host_key: entry('login', 'Check the key of the server and put it into known_hosts.'),
  trusted_certificate: entry(
    'installation',
    'Install the certificate authority that signed the server, or correct the clock.',
  ),
  install_program: entry('installation', 'Install the program.'),
  install_packages: entry('installation', 'Install the missing packages, headers or libraries.'),
  virtual_environment: entry('installation', 'Make a virtual environment and install there.'),
  open_files_limit: entry('host_limit', 'Raise the limit of open files (ulimit -n) of the host.'),
  process_limit: entry('host_limit', 'Raise the limit of processes (ulimit -u, or pids of the cgroup) of the host.'),
  memory: entry('host_limit', 'Give the host, or its cgroup, more memory.'),
  free_space: entry('storage', 'Free space or inodes on the device, or raise the quota.'),
} as const satisfies Record<string, Omit<Prerequisite, 'id'>>;

/**
 * Name of a known prerequisite.
 *
 * @useDeclaredType
 */
export type PrerequisiteId = keyof typeof PREREQUISITES;

/** The prerequisites of that name. */
export function prerequisitesOf(ids: readonly PrerequisiteId[]): readonly Prerequisite[] {
  return ids.map((id) => ({ id, ...PREREQUISITES[id] }));
}

function entry(kind: PrerequisiteKind, action: string): Omit<Prerequisite, 'id'> {
  return { kind, action };
}
