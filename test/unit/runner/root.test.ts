import { describe, expect, it } from 'vitest';
import { CommandValidationError } from '../../../src/core/errors.js';
import { Root, type FolderFacts } from '../../../src/runner/root.js';

function missing(): never {
  throw Object.assign(new Error('missing'), { code: 'ENOENT' });
}

/** A file system: names that are known, and the real path of each. Names of one folder have one real path in lower case. */
function foldersOf(real: Readonly<Record<string, string>>, keepsCase = false): FolderFacts {
  return {
    realPath: (path) => real[path] ?? missing(),
    identity: (path) => (keepsCase ? path : path.toLowerCase()),
    isFolder: (path) => !path.endsWith('.txt'),
  };
}

const posix = foldersOf({
  ...{
    '/link': '/real/repo',
    '/real/repo': '/real/repo',
    '/real/repo/a': '/real/repo/a',
    '/real/repo-x': '/real/repo-x',
  },
  ...{
    '/real/repo/out': '/elsewhere',
    '/elsewhere': '/elsewhere',
    '/elsewhere/in': '/real/repo/a',
    '/': '/',
    '/f.txt': '/f.txt',
  },
  '/real': '/real',
});
const root = new Root('/link', 'root', 'posix', posix);
const confine = (cwd: string | undefined, allowOutsideRoot = false): unknown => root.confine({ cwd, allowOutsideRoot });

describe('CMD-09: a root', () => {
  it.each(['/nowhere', '/f.txt'])('must be a directory: %s', (path) => {
    expect(() => new Root(path, 'CUSTODY_ROOT', 'posix', posix)).toThrow(/CUSTODY_ROOT must be a directory/);
  });

  it.each([
    [undefined, '/real/repo'],
    ['.', '/real/repo'],
    ['a', '/real/repo/a'],
    ['a/../a', '/real/repo/a'],
    ['/link/', '/real/repo'],
    ['/elsewhere/in', '/real/repo/a'],
  ])('CMD-08: makes %s the real %s', (cwd, path) => {
    expect(confine(cwd)).toEqual({ cwd: path, refusal: undefined });
  });

  it.each(['..', '../repo-x', '/real/repo-x', '/elsewhere', 'out', '/', 'a/../..', '/REAL/REPO/..'])(
    'refuses %s, which is elsewhere',
    (cwd) => {
      expect(() => confine(cwd)).toThrow(CommandValidationError);
      expect(confine(cwd, true)).toMatchObject({ refusal: undefined });
    },
  );

  it('CMD-08: reports what is missing in it as missing, and launches nothing there', () => {
    expect(confine('b/c')).toMatchObject({ refusal: { subject: 'cwd', errno: 'ENOENT' } });
    expect(() => confine('out/c')).toThrow(CommandValidationError);
    expect(() => confine('/real/repo-y')).toThrow(CommandValidationError);
  });

  it('refuses what cannot be looked at', () => {
    const forbidden = { ...posix, realPath: (path: string) => (path === '/link' ? '/real/repo' : denied()) };
    expect(() => new Root('/link', 'root', 'posix', forbidden).confine({ cwd: 'a', allowOutsideRoot: false })).toThrow(
      'cannot be looked at',
    );
  });

  it('CMD-18: takes no path of another system', () => {
    expect(() => confine('C:\\repo')).toThrow('another system');
    expect(() => confine('\\\\server\\share', true)).toThrow('another system');
  });

  it('asks the file system where names differ in case alone', () => {
    const names = { '/Repo': '/Repo', '/repo/a': '/repo/a', '/repo': '/repo' };
    const inFolder = { cwd: '/repo/a', allowOutsideRoot: false };
    const blind = new Root('/Repo', 'root', 'posix', foldersOf(names));
    expect(blind.confine(inFolder).cwd).toBe('/repo/a');
    const exact = new Root('/Repo', 'root', 'posix', foldersOf(names, true));
    expect(() => exact.confine(inFolder)).toThrow('outside of the root');
  });

  it('knows both separators and the drives of Windows', () => {
    const names = {
      'C:\\repo': 'C:\\repo',
      'C:\\repo\\a': 'C:\\repo\\a',
      'C:\\repo-x': 'C:\\repo-x',
      'D:\\repo': 'D:\\repo',
    };
    const windows = new Root('C:\\repo', 'root', 'win32', foldersOf(names));
    expect(windows.confine({ cwd: 'C:/repo/a', allowOutsideRoot: false }).cwd).toBe('C:\\repo\\a');
    for (const cwd of ['C:/repo-x', 'D:\\repo', '..\\repo-x']) {
      expect(() => windows.confine({ cwd, allowOutsideRoot: false })).toThrow('outside of the root');
    }
  });
});

function denied(): never {
  throw Object.assign(new Error('denied'), { code: 'EACCES' });
}
