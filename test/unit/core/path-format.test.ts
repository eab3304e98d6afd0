import { expect, it } from 'vitest';
import { formatOfAbsolute, isForeignPath, isWithin } from '../../../src/core/path-format.js';

it.each([
  ['/repo', 'posix'],
  ['C:\\repo', 'win32'],
  ['c:/repo', 'win32'],
  ['C:', 'win32'],
  ['\\\\server\\share', 'win32'],
  ['repo', undefined],
  ['C', undefined],
  ['ab:\\x', undefined],
  ['\\repo', undefined],
])('CMD-18: the format of %s is %s, on every system', (path, format) => {
  expect(formatOfAbsolute(path)).toBe(format);
});

it('CMD-18: a path of Windows is foreign to POSIX, one of POSIX is a path of the current drive to Windows', () => {
  expect([isForeignPath('C:\\repo', 'posix'), isForeignPath('/repo', 'posix'), isForeignPath('a\\b', 'posix')]).toEqual(
    [...[true, false, false]],
  );
  expect([isForeignPath('C:\\repo', 'win32'), isForeignPath('/repo', 'win32')]).toEqual([false, false]);
});

it.each([
  ['/repo', '/repo', 'posix', true],
  ['/repo', '/repo/a', 'posix', true],
  ['/repo', '/repo-x', 'posix', false],
  ['/repo', '/repo\\a', 'posix', false],
  ['/repo', '/Repo/a', 'posix', false],
  ['/', '/a', 'posix', true],
  ['C:\\repo', 'C:\\repo\\a', 'win32', true],
  ['C:\\repo', 'C:\\repo-x', 'win32', false],
  ['C:\\', 'C:\\a', 'win32', true],
] as const)('CMD-09: in %s is %s (%s): %s', (folder, path, format, expected) => {
  expect(isWithin(folder, path, format)).toBe(expected);
});
