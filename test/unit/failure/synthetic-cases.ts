/**
 * Failures that cannot be had where the recordings are made, written after documented messages of the tools. SYNTHETIC: what a
 * tool really prints may differ in detail.
 */
import type { FailureEvidence } from '../../../src/failure/evidence.js';

export interface LabelledCase {
  readonly name: string;
  readonly evidence: FailureEvidence;
  /** `category/subcode`. */
  readonly label: string;
}

const fails = (name: string, label: string, stderr: string, more: FailureEvidence = {}): LabelledCase => ({
  name,
  label,
  evidence: { exitCode: 1, stderr, ...more },
});
const git = (name: string, label: string, stderr: string): LabelledCase =>
  fails(`git-${name}`, label, stderr, { file: 'git', exitCode: 128 });

export const SYNTHETIC_CASES: readonly LabelledCase[] = [
  // git and its servers.
  git(
    'publickey',
    'auth/key_rejected',
    'git@git.example: Permission denied (publickey).\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.\n',
  ),
  git('publickey-password', 'auth/key_rejected', 'user@host.example: Permission denied (publickey,password).\n'),
  git(
    'password-again',
    'auth/credentials_rejected',
    'Permission denied, please try again.\nuser@host.example: Permission denied (password).\n',
  ),
  git(
    'missing-identity-file',
    'auth/key_rejected',
    'Warning: Identity file /home/u/.ssh/id not accessible: No such file or directory.\ngit@git.example: Permission denied (publickey).\n',
  ),
  git(
    'key-unreadable',
    'permission_lock/permission_denied',
    'Load key "/home/u/.ssh/id": Permission denied\ngit@git.example: Permission denied (publickey).\n',
  ),
  git(
    'host-key',
    'auth/host_key',
    '@@@@@@@@@@@@@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n@@@@@@@@@@@@@@@\nHost key verification failed.\nfatal: Could not read from remote repository.\n',
  ),
  git(
    'password-removed',
    'token/token_missing',
    "remote: Support for password authentication was removed on August 13, 2021.\nfatal: Authentication failed for 'https://git.example/o/r.git/'\n",
  ),
  git(
    'push-403',
    'auth/access_denied',
    "remote: Permission to o/r.git denied to user.\nfatal: unable to access 'https://git.example/o/r.git/': The requested URL returned error: 403\n",
  ),
  git(
    'oauth-scope',
    'token/token_scope',
    'remote: refusing\n ! [remote rejected] main -> main (refusing to allow an OAuth App to create or update workflow without `workflow` scope)\nerror: Refusing to allow an OAuth App to create or update workflow\n',
  ),
  git(
    'timeout',
    'network/network_timeout',
    "fatal: unable to access 'https://git.example/o/r.git/': Failed to connect to git.example port 443 after 130000 ms: Connection timed out\n",
  ),
  git(
    'hung-up',
    'network/connection_lost',
    'error: RPC failed; curl 56 GnuTLS recv error (-9): Error decoding the received TLS packet.\nerror: 4567 bytes of body are still expected\nfetch-pack: unexpected disconnect while reading sideband packet\nfatal: early EOF\n',
  ),
  git(
    'trap-repository-name',
    'filesystem_path/not_a_repository',
    "fatal: '/srv/network-timeout' does not appear to be a git repository\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.\n",
  ),
  git(
    'trap-token-folder',
    'filesystem_path/path_exists',
    "fatal: destination path 'expired-token' already exists and is not an empty directory.\n",
  ),
  git(
    'clone-disk-full',
    'resource_exhausted/disk_full',
    "Cloning into 'r'...\nfatal: write error: No space left on device\nfatal: fetch-pack: invalid index-pack output\n",
  ),
  git(
    'clone-disk-full-hung-up',
    'resource_exhausted/disk_full',
    'error: unable to write file objects/pack/x: No space left on device\nfatal: the remote end hung up unexpectedly\nfatal: early EOF\n',
  ),
  git(
    'windows-too-long',
    'filesystem_path/path_too_long',
    'error: unable to create file a/b/c: Filename too long\nfatal: unable to checkout working tree\nwarning: Clone succeeded, but checkout failed.\n',
  ),
  git(
    'windows-reserved',
    'filesystem_path/reserved_name',
    "error: invalid path 'src/aux.c'\nfatal: unable to checkout working tree\n",
  ),
  git('windows-colon', 'filesystem_path/invalid_path', "error: invalid path 'logs/12:30.txt'\n"),
  git(
    'windows-locked',
    'permission_lock/file_locked',
    "error: unable to unlink old 'a.dll': The process cannot access the file because it is being used by another process.\n",
  ),
  git(
    'windows-symlink',
    'permission_lock/symlink_privilege',
    'error: unable to create symlink link: Permission denied\n',
  ),
  git(
    'overwritten',
    'command_failed/local_changes',
    'error: Your local changes to the following files would be overwritten by checkout:\n\tpermission.c\nPlease commit your changes or stash them before you switch branches.\nAborting\n',
  ),
  git(
    'fetch-first',
    'command_failed/push_rejected',
    "To git.example:o/r.git\n ! [rejected]        main -> main (fetch first)\nerror: failed to push some refs to 'git.example:o/r.git'\n",
  ),
  git(
    'not-found',
    'auth/no_such_repository',
    'ERROR: Repository not found.\nfatal: Could not read from remote repository.\n',
  ),

  // Containers.
  fails(
    'docker-denied-pull',
    'auth/access_denied',
    'Error response from daemon: pull access for o/i: denied: requested access to the resource is denied\n',
    { file: 'docker' },
  ),
  fails(
    'docker-login',
    'auth/credentials_rejected',
    'Error response from daemon: Get "https://docker.example/v2/": unauthorized: incorrect username or password\n',
    { file: 'docker' },
  ),
  fails('docker-basic-auth', 'auth/login_required', 'no basic auth credentials\n', { file: 'docker' }),
  fails('docker-rate', 'network/rate_limited', 'toomanyrequests: You have reached your pull rate limit.\n', {
    file: 'docker',
  }),
  fails(
    'docker-no-space',
    'resource_exhausted/disk_full',
    'failed to register layer: write /usr/lib/x: no space left on device\n',
    { file: 'docker' },
  ),
  fails(
    'docker-port',
    'resource_exhausted/address_in_use',
    'docker: Error response from daemon: Bind for 0.0.0.0:80 failed: port is already allocated.\n',
    { file: 'docker', exitCode: 125 },
  ),
  fails(
    'docker-no-executable',
    'missing_executable/executable_not_found',
    'docker: Error response from daemon: failed to create task: exec: "no-such": executable file not found in $PATH: unknown.\n',
    { file: 'docker', exitCode: 127 },
  ),
  fails(
    'docker-windows-engine',
    'dependency/docker_not_running',
    'error during connect: in the default daemon configuration on Windows, the docker client must be run with elevated privileges: open //./pipe/docker_engine: The system cannot find the file specified.\n',
    { file: 'docker.exe' },
  ),
  fails('docker-exec-format', 'shell_environment/exec_format', 'exec /usr/bin/app: exec format error\n', {
    file: 'docker',
  }),
  fails(
    'docker-timeout',
    'network/network_timeout',
    'Error response from daemon: Get "https://docker.example/v2/": net/http: request canceled (Client.Timeout exceeded while awaiting headers)\n',
    { file: 'docker' },
  ),

  // .NET and Windows.
  fails('dotnet-compile', 'command_failed/compile_errors', '', {
    file: 'dotnet',
    stdout:
      "/src/Token.cs(3,9): error CS0103: The name 'permission' does not exist in the current context [/src/p.csproj]\nBuild FAILED.\n",
  }),
  fails('dotnet-test', 'command_failed/test_failures', '', {
    file: 'dotnet',
    stdout: 'Failed!  - Failed:     2, Passed:    40, Skipped:     0, Total:    42\n',
  }),
  fails('dotnet-restore-network', 'network/dns', '', {
    file: 'dotnet',
    stdout:
      'error NU1301: Unable to load the service index for source https://nuget.example/v3/index.json.\nerror NU1301:   No such host is known. (nuget.example:443)\n',
  }),
  fails('dotnet-no-package', 'dependency/package_not_found', '', {
    file: 'dotnet',
    stdout: 'error NU1101: Unable to find package Nothing. No packages exist with this id in source(s): s\n',
  }),
  fails('dotnet-no-sdk', 'dependency/missing_toolchain', 'A compatible .NET SDK was not found.\n', { file: 'dotnet' }),
  fails(
    'dotnet-locked',
    'permission_lock/file_locked',
    'System.IO.IOException: The process cannot access the file because it is being used by another process.\n',
    { file: 'dotnet' },
  ),
  fails(
    'windows-not-recognized',
    'missing_executable/executable_not_found',
    "'foo' is not recognized as an internal or external command,\noperable program or batch file.\n",
    { file: 'cmd.exe' },
  ),
  fails('windows-9009', 'missing_executable/executable_not_found', '', { file: 'cmd.exe', exitCode: 9009 }),
  fails('windows-line-too-long', 'shell_command_too_long/shell_line_too_long', 'The command line is too long.\n', {
    file: 'cmd.exe',
  }),
  fails(
    'windows-create-process',
    'argv_too_long/arguments_too_long',
    'CreateProcess failed, error 206: The filename or extension is too long.\n',
  ),
  fails('windows-access', 'permission_lock/permission_denied', 'Access is denied.\n'),
  fails('windows-sharing', 'permission_lock/file_locked', 'del: sharing violation\n'),
  fails('windows-disk', 'resource_exhausted/disk_full', 'There is not enough space on the disk.\n'),
  fails(
    'windows-path-syntax',
    'filesystem_path/invalid_path',
    'The filename, directory name, or volume label syntax is incorrect.\n',
  ),
  fails(
    'windows-path-too-long',
    'filesystem_path/path_too_long',
    'System.IO.PathTooLongException: The specified path, file name, or both are too long.\n',
  ),
  fails('windows-missing', 'filesystem_path/no_such_path', 'The system cannot find the path specified.\n'),
  fails(
    'powershell-policy',
    'shell_environment/execution_policy',
    'File x.ps1 cannot be loaded because running scripts is disabled on this system.\n',
  ),
  fails(
    'powershell-cmdlet',
    'missing_executable/executable_not_found',
    "foo : The term 'foo' is not recognized as the name of a cmdlet, function, script file, or operable program.\n",
  ),
  fails('wsl', 'shell_environment/wsl_unavailable', 'Windows Subsystem for Linux has no installed distributions.\n'),
  fails('ntstatus-access-violation', 'process_crash/native_exception', '', { exitCode: 0xc0000005 }),
  fails('ntstatus-signed', 'process_crash/native_exception', '', { exitCode: -1073741819 }),
  fails('ntstatus-dll', 'dependency/missing_library', '', { exitCode: 0xc0000135 }),
  fails('ntstatus-memory', 'resource_exhausted/out_of_memory', '', { exitCode: 0xc0000017 }),

  // Node and its package managers.
  fails(
    'npm-enospc',
    'resource_exhausted/disk_full',
    'npm error code ENOSPC\nnpm error syscall write\nnpm error errno -28\nnpm error nospc ENOSPC: no space left on device, write\n',
    { file: 'npm' },
  ),
  fails(
    'npm-ebusy',
    'permission_lock/file_locked',
    "npm ERR! code EBUSY\nnpm ERR! EBUSY: resource busy or locked, rename 'C:\\p\\node_modules\\a'\n",
    { file: 'npm.cmd' },
  ),
  fails(
    'npm-enotempty',
    'filesystem_path/directory_not_empty',
    "npm ERR! code ENOTEMPTY\nnpm ERR! ENOTEMPTY: directory not empty, rename '/p/node_modules/a'\n",
    { file: 'npm' },
  ),
  fails(
    'npm-etarget',
    'dependency/package_not_found',
    'npm error code ETARGET\nnpm error notarget No matching version found for left-pad@99.\n',
    { file: 'npm' },
  ),
  fails(
    'npm-eintegrity',
    'dependency/integrity_mismatch',
    'npm error code EINTEGRITY\nnpm error sha512-x integrity checksum failed\n',
    { file: 'npm' },
  ),
  fails(
    'npm-token-expired',
    'token/token_expired',
    'npm error code E401\nnpm error Unable to authenticate: your access token has expired.\n',
    { file: 'npm' },
  ),
  fails(
    'npm-emfile',
    'resource_exhausted/too_many_open_files',
    "npm error code EMFILE\nnpm error EMFILE: too many open files, open '/p/x'\n",
    { file: 'npm' },
  ),
  fails(
    'npm-too-long',
    'filesystem_path/path_too_long',
    "npm error code ENAMETOOLONG\nnpm error ENAMETOOLONG: name too long, mkdir '/p/x'\n",
    { file: 'npm' },
  ),
  fails(
    'npm-timeout',
    'network/network_timeout',
    'npm error code ETIMEDOUT\nnpm error network request to https://registry.example/a failed, reason: connect ETIMEDOUT 192.0.2.1:443\n',
    { file: 'npm' },
  ),
  fails(
    'npm-warning-then-fails',
    'command_failed/non_zero_exit',
    'npm warn EACCES could not write the cache\nnpm error Lifecycle script `build` failed with error:\nnpm error code 2\n',
    { file: 'npm' },
  ),
  fails(
    'vite-watchers',
    'resource_exhausted/watcher_limit',
    "Error: ENOSPC: System limit for number of file watchers reached, watch '/p/src'\n",
    { file: 'vite' },
  ),
  fails('node-emfile-watch', 'resource_exhausted/too_many_open_files', 'Error: EMFILE: too many open files, watch\n', {
    file: 'node',
  }),
  fails(
    'node-oom-abort',
    'resource_exhausted/out_of_memory',
    'FATAL ERROR: Ineffective mark-compacts near heap limit Allocation failed - JavaScript heap out of memory\n',
    { file: 'node', exitCode: null, signal: 'SIGABRT' },
  ),
  fails(
    'gradle-jvm-memory',
    'resource_exhausted/out_of_memory',
    'Exception in thread "main" java.lang.OutOfMemoryError: GC overhead limit exceeded\n',
    { file: 'gradle' },
  ),
  fails(
    'gcc-killed',
    'resource_exhausted/out_of_memory',
    'g++: fatal error: Killed signal terminated program cc1plus\ncompilation terminated.\n',
    { file: 'g++' },
  ),

  // GitHub and other services.
  fails('gh-login', 'auth/login_required', 'To get started with GitHub CLI, please run:  gh auth login\n', {
    file: 'gh',
    exitCode: 4,
  }),
  fails('gh-bad-credentials', 'token/token_invalid', 'HTTP 401: Bad credentials (https://api.example/graphql)\n', {
    file: 'gh',
  }),
  fails(
    'gh-scope',
    'token/token_scope',
    'error: your authentication token is missing required scopes [read:project]\n',
    { file: 'gh' },
  ),
  fails(
    'gh-rate',
    'network/rate_limited',
    'HTTP 403: API rate limit exceeded for user ID 1. (https://api.example/x)\n',
    { file: 'gh' },
  ),
  fails(
    'aws-expired',
    'token/token_expired',
    'An error occurred (ExpiredToken) when calling the ListBuckets operation: The provided token has expired.\n',
    { file: 'aws', exitCode: 254 },
  ),
  fails(
    'aws-no-credentials',
    'auth/login_required',
    'Unable to locate credentials. You can configure credentials by running "aws configure".\n',
    { file: 'aws', exitCode: 253 },
  ),
  fails(
    'psql-password',
    'auth/credentials_rejected',
    'psql: error: FATAL:  password authentication failed for user "u"\n',
    { file: 'psql', exitCode: 2 },
  ),
  fails(
    'apt-lock-held',
    'permission_lock/file_locked',
    'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 123 (apt)\n',
    { file: 'apt-get', exitCode: 100 },
  ),
  fails('proxy-407', 'network/proxy', 'curl: (56) CONNECT tunnel failed, response 407 from proxy\n', {
    file: 'curl',
    exitCode: 56,
  }),
  fails(
    'go-tls',
    'network/tls',
    'go: m@v1: Get "https://goproxy.example/m": x509: certificate signed by unknown authority: tls: failed to verify certificate: x509: certificate has expired\n',
    { file: 'go' },
  ),
  fails('archive-disk-full', 'resource_exhausted/disk_full', 'tar: f: Cannot write: Disk quota exceeded\n', {
    file: 'tar',
    exitCode: 2,
  }),

  // Traps: words that mean something else where they stand.
  fails(
    'trap-jest-prints-enoent',
    'command_failed/test_failures',
    "Error: ENOENT: no such file or directory, open 'x'\n  ● reads › says EACCES\n\n    AssertionError: expected 1 to be 2\n",
    { file: 'jest', stdout: 'Tests:       1 failed, 3 passed, 4 total\n' },
  ),
  fails('trap-vitest-title', 'command_failed/test_failures', '', {
    file: 'vitest',
    stdout:
      ' ✓ reports EACCES: permission denied, open\n × retries on ECONNREFUSED\n   AssertionError: expected false to be true\n Test Files  1 failed (1)\n',
  }),
  fails('trap-pytest', 'command_failed/test_failures', '', {
    file: 'pytest',
    stdout:
      'E   OSError: [Errno 28] No space left on device\nFAILED tests/test_a.py::test_full - assert 1 == 2\n========= 1 failed, 3 passed in 0.1s =========\n',
  }),
  fails(
    'trap-compiler-token',
    'command_failed/compile_errors',
    "parser.c:4:2: error: expected ';' before 'token'\nparser.c:5:2: error: invalid access token in declaration\n",
    { file: 'gcc' },
  ),
  fails(
    'trap-python-token',
    'command_failed/compile_errors',
    '  File "a.py", line 1\n    1a = 2\nSyntaxError: invalid token\n',
    { file: 'python3' },
  ),
  fails('trap-eslint-permission', 'command_failed/lint_findings', '', {
    file: 'eslint',
    stdout:
      "src/permission.js\n  3:7  error  'token' is assigned a value but never used  no-unused-vars\n\n✖ 1 problem (1 error, 0 warnings)\n",
  }),
  fails('trap-grep-finds-nothing', 'command_failed/non_zero_exit', '', {
    file: 'grep',
    args: ['permission denied', 'log'],
  }),
  fails('trap-diff-of-network-code', 'command_failed/non_zero_exit', '', {
    file: 'diff',
    stdout: '< retry(ECONNRESET)\n> timeout\n',
  }),
  fails('trap-stdout-mentions-disk', 'command_failed/non_zero_exit', 'check failed: 1 item\n', {
    file: 'check',
    stdout: 'last log: No space left on device\n',
  }),
  fails('trap-timeout-word', 'command_failed/non_zero_exit', 'error: option "timeout" must be a number\n', {
    file: 'tool',
  }),
  fails('trap-unknown-language', 'command_failed/non_zero_exit', 'Vakava: ei kirjoitusoikeutta network token\n', {
    file: 'git',
    exitCode: 128,
  }),
  fails('trap-137-by-us', 'process_crash/killed_by_signal', '', { exitCode: 137, killedByUs: true }),
  fails('137-suspected', 'resource_exhausted/out_of_memory', '', { exitCode: 137 }),
  fails('sigkill-suspected', 'resource_exhausted/out_of_memory', '', { exitCode: null, signal: 'SIGKILL' }),
  fails('oom-by-cgroup', 'resource_exhausted/out_of_memory', '', {
    exitCode: null,
    signal: 'SIGKILL',
    outOfMemory: true,
  }),
  fails('126', 'permission_lock/missing_exec_bit', '', { exitCode: 126 }),
  fails('127', 'missing_executable/executable_not_found', '', { exitCode: 127 }),
  fails('130', 'process_crash/killed_by_signal', '', { exitCode: 130 }),
  fails('134', 'process_crash/fatal_signal', '', { exitCode: 134 }),
  fails('sigterm-from-outside', 'process_crash/killed_by_signal', 'Permission denied to nobody\n', {
    exitCode: null,
    signal: 'SIGTERM',
  }),
  fails('sigxfsz', 'resource_limit/file_size_limit', '', { exitCode: null, signal: 'SIGXFSZ' }),

  // What the runner observed decides over all text.
  fails('timeout-with-network-text', 'timeout/run_timeout', 'connect ECONNREFUSED\n', {
    stopCause: 'timeout',
    exitCode: null,
    signal: 'SIGKILL',
    killedByUs: true,
  }),
  fails('idle', 'timeout/idle_timeout', '', { stopCause: 'idle' }),
  fails('cancelled-with-enospc', 'cancelled/cancelled_by_caller', 'ENOSPC: no space left on device\n', {
    stopCause: 'cancelled',
  }),
  fails('host-exit', 'cancelled/host_exit', '', { stopCause: 'host-exit' }),
  fails('overflow', 'output_overflow/output_limit', 'Permission denied\n', { stopCause: 'output-limit' }),
  fails('memory-limit', 'resource_limit/memory_limit', '', { stopCause: 'resource-limit', limit: 'memoryBytes' }),
  fails('spawn-missing', 'missing_executable/executable_not_found', '', {
    errorCode: 'COMMAND_NOT_FOUND',
    errno: 'ENOENT',
    missing: 'executable',
    exitCode: null,
  }),
  fails('spawn-interpreter', 'shell_environment/bad_interpreter', '', {
    errorCode: 'COMMAND_NOT_FOUND',
    errno: 'ENOENT',
    missing: 'interpreter',
    exitCode: null,
  }),
  fails('spawn-cwd', 'working_directory/missing_directory', '', {
    errorCode: 'WORKING_DIRECTORY_NOT_FOUND',
    errno: 'ENOENT',
    missing: 'cwd',
    exitCode: null,
  }),
  fails('spawn-cwd-denied', 'working_directory/directory_denied', '', {
    errorCode: 'WORKING_DIRECTORY_NOT_FOUND',
    errno: 'EACCES',
    missing: 'cwd',
    exitCode: null,
  }),
  fails('spawn-denied', 'permission_lock/missing_exec_bit', '', {
    errorCode: 'PERMISSION_DENIED',
    errno: 'EACCES',
    exitCode: null,
  }),
  fails('spawn-exec-format', 'shell_environment/exec_format', '', {
    errorCode: 'PERMISSION_DENIED',
    errno: 'ENOEXEC',
    exitCode: null,
  }),
  fails('spawn-emfile', 'resource_exhausted/too_many_open_files', '', {
    errorCode: 'RESOURCE_LIMIT',
    errno: 'EMFILE',
    exitCode: null,
  }),
  fails('spawn-eagain', 'resource_exhausted/process_limit', '', {
    errorCode: 'RESOURCE_LIMIT',
    errno: 'EAGAIN',
    exitCode: null,
  }),
  fails('spawn-e2big', 'argv_too_long/arguments_too_long', '', {
    errorCode: 'ARGV_TOO_LONG',
    errno: 'E2BIG',
    exitCode: null,
  }),
  fails('spawn-shell-line', 'shell_command_too_long/shell_line_too_long', '', {
    errorCode: 'SHELL_COMMAND_TOO_LONG',
    exitCode: null,
  }),
  fails('validation', 'validation/invalid_arguments', '', { errorCode: 'VALIDATION_FAILED', exitCode: null }),
  fails('queue', 'concurrency_limit/queue_timeout', '', { errorCode: 'CONCURRENCY_LIMIT', exitCode: null }),
  fails('lost', 'unknown/status_lost', '', { errorCode: 'UNKNOWN', exitCode: null }),
  fails('nothing', 'unknown/unexplained', '', { exitCode: null }),
];
