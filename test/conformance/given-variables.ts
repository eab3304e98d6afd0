/**
 * What a child says of its environment (role `env`), without what the system puts into every one: nothing on POSIX; on Windows
 * SystemRoot, with `node:child_process` what libuv holds to be needed, and under Wine what Wine adds.
 */
const ADDED_BY_WINDOWS =
  /^(?:HOMEDRIVE|HOMEPATH|LOGONSERVER|PATH|SYSTEMDRIVE|SYSTEMROOT|TEMP|USERDOMAIN|USERNAME|USERPROFILE|WINDIR|WINE\w*)=/i;

/** The variables as `name=value`, sorted. */
export function givenVariables(stdout: string): string[] {
  const variables = stdout.split('\0').slice(0, -1);
  return variables.filter((variable) => process.platform !== 'win32' || !ADDED_BY_WINDOWS.test(variable)).sort();
}
