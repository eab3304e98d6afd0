/**
 * Which system's rules a path follows, told by the path itself: the host's rules are wrong for a path of another system.
 */

/** The rules for the separators, the roots and the letter case of paths. */
export type PathFormat = 'posix' | 'win32';

/** The format of an absolute path; `undefined` for one that is relative, which either format may be. */
export function formatOfAbsolute(path: string): PathFormat | undefined {
  if (/^[A-Za-z]:([\\/]|$)|^\\\\/.test(path)) return 'win32';
  return path.startsWith('/') ? 'posix' : undefined;
}

/** Whether the path can only be one of another system. `/x` is a path of Windows too: of the current drive. */
export function isForeignPath(path: string, host: PathFormat): boolean {
  return host === 'posix' && formatOfAbsolute(path) === 'win32';
}

/** Whether `path` is `folder` or below it, both absolute and in their normal form; `/repo-x` is not below `/repo`. */
export function isWithin(folder: string, path: string, format: PathFormat): boolean {
  if (path === folder) return true;
  const separator = format === 'win32' ? '\\' : '/';
  return path.startsWith(folder.endsWith(separator) ? folder : folder + separator);
}
