/**
 * Makes the paths that tools print comparable: `file:` URLs become paths, and a path inside of the command's working directory
 * becomes relative to it, with `/` between the names. Pure text: no file is looked at, and a path of Windows follows the rules
 * of Windows on any host. A path outside, and a relative one, stays as the tool printed it but for `./`.
 */
import { formatOfAbsolute, isWithin } from '../core/path-format.js';

/** Makes the function for one working directory; without one, paths stay as they are. */
export function relativeTo(cwd: string | undefined): (file: string) => string {
  if (cwd === undefined) return fromUrl;
  const format = formatOfAbsolute(cwd);
  const folder = normalised(format === 'win32' ? cwd.replaceAll('\\', '/') : cwd);
  // Windows compares without regard to case, tools print the drive in either.
  const fold = (text: string): string => (format === 'win32' ? text.toLowerCase() : text);
  return (file) => {
    const path = fromUrl(file);
    const own = formatOfAbsolute(path);
    if (own === undefined) return normalised(format === 'win32' ? path.replaceAll('\\', '/') : path);
    if (own !== format) return path;
    const absolute = normalised(format === 'win32' ? path.replaceAll('\\', '/') : path);
    if (!isWithin(fold(folder), fold(absolute), 'posix')) return path;
    return absolute.slice(folder.length).replace(/^\//, '') || '.';
  };
}

function fromUrl(file: string): string {
  if (!file.startsWith('file://')) return file;
  const path = file.slice('file://'.length).replace(/^localhost(?=\/)/, '');
  const local = /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path;
  try {
    return decodeURIComponent(local);
  } catch {
    return local;
  }
}

/** Without `.`, doubled separators and `name/..`; `..` at the front of a relative path stays. */
function normalised(path: string): string {
  if (!/(?:^|\/)\.{0,2}(?:\/|$)/.test(path)) return path;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return (path.startsWith('/') ? '/' : '') + parts.join('/');
}
