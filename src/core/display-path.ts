import { formatOfAbsolute } from './path-format.js';

/**
 * A path as messages may show it: relative paths as given, of absolute ones the last component only, so that an error
 * that travels (a log, a bug report) does not carry the layout of the host.
 */
export function displayPath(path: string): string {
  if (formatOfAbsolute(path) === undefined) return path;
  const last = path.split(/[\\/]/).findLast((part) => part !== '');
  return last === undefined ? path : `.../${last}`;
}
