import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkEntries } from '../../../src/staging/entries.js';
import { gitCommand } from '../../../src/staging/git-command.js';

const base = '/base';
const problemsOf = (entries: readonly string[], rules?: 'posix' | 'win32' | 'everywhere'): readonly string[] =>
  checkEntries(entries, { base, rules }).problems.map(({ problem }) => problem);

describe('the check of entries', () => {
  it('ELG-06: takes what is possible everywhere', () => {
    expect(problemsOf(['a', 'a/b.txt', 'a/c/d', '.git/config', 'ä/ü', 'console.log', 'com10', 'nullable'])).toEqual([]);
  });

  it.each([
    'con',
    'NUL.txt',
    'a/Aux',
    'com1',
    'LPT9.log',
    'com¹',
    'a.',
    'a ',
    'a<b',
    'ab:c',
    'a?',
    'a*',
    'a|b',
    'a"b',
    'a\u0001',
  ])('ELG-06: finds names that Windows reserves: %j', (entry) => {
    expect(problemsOf([entry], 'win32')).toEqual(['reserved']);
    expect(problemsOf([entry], 'posix')).toEqual([]);
  });

  it.each(['', '/a', '..', 'a/../b', 'C:/x', 'a\0b'])('ELG-06: finds what is not below the folder: %j', (entry) => {
    expect(problemsOf([entry])).toEqual(['outside']);
    expect(problemsOf([entry], 'posix')).toEqual(entry === 'C:/x' ? [] : ['outside']);
  });

  it('ELG-06: finds names and paths that are too long, by the count of each system', () => {
    expect(problemsOf(['a'.repeat(255)], 'posix')).toEqual([]);
    expect(problemsOf(['a'.repeat(256)], 'posix')).toEqual(['too-long']);
    expect(problemsOf(['ä'.repeat(128)], 'posix')).toEqual(['too-long']);
    expect(problemsOf(['ä'.repeat(128)], 'win32')).toEqual([]);
    const deep = Array(60).fill('abcd').join('/');
    expect([problemsOf([deep], 'posix'), problemsOf([deep], 'win32')]).toEqual([[], ['too-long']]);
    expect(checkEntries([deep], { base, rules: 'win32', longPaths: true }).problems).toEqual([]);
    expect(problemsOf([Array(900).fill('abcd').join('/')], 'posix')).toEqual(['too-long']);
  });

  it('ELG-06: finds what is one file where case or the form of accents does not count, folders included', () => {
    expect(problemsOf(['README', 'readme'])).toEqual(['clash']);
    expect(problemsOf(['src/a', 'SRC/b'])).toEqual(['clash']);
    expect(problemsOf(['\u00e9', 'e\u0301'])).toEqual(['clash']);
    expect(problemsOf(['src/a', 'src/b', 'src'])).toEqual([]);
    expect(problemsOf(['README', 'readme'], 'posix')).toEqual([]);
  });

  it('ELG-10: says which checks were not made', () => {
    expect(checkEntries(['a'], { base, rules: 'posix' }).skipped).toEqual([
      'names that Windows reserves',
      'names that differ only in case',
    ]);
    expect(checkEntries(['a'], { base }).skipped).toEqual([]);
  });

  it('ELG-06: takes anything, and reports no more than a hundred', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (entries) => {
        expect(checkEntries(entries, { base }).problems.length).toBeLessThanOrEqual(entries.length);
      }),
    );
    expect(problemsOf(Array<string>(500).fill('..'))).toHaveLength(100);
  });
});

describe('a command of git', () => {
  const argsOf = (args: readonly string[], env = {}): readonly string[] | undefined =>
    gitCommand(args, { isWindows: true, env }).args;

  it('ELG-08: has long paths on Windows for its own process, and nowhere else', () => {
    expect(argsOf(['clone', 'u', 'd'])).toEqual(['-c', 'core.longpaths=true', 'clone', 'u', 'd']);
    expect(gitCommand(['clone', 'u'], { isWindows: false }).args).toEqual(['clone', 'u']);
  });

  it('ELG-08: leaves it alone where its caller has set it', () => {
    expect(argsOf(['-c', 'core.longPaths=false', 'clone'])).toEqual(['-c', 'core.longPaths=false', 'clone']);
    expect(argsOf(['clone'], { GIT_CONFIG_KEY_0: 'core.longpaths' })).toEqual(['clone']);
    expect(argsOf(['clone'], { GIT_CONFIG_PARAMETERS: "'core.longpaths'='false'" })).toEqual(['clone']);
    expect(argsOf(['commit', '-m', 'core.longpaths=x'])?.slice(0, 2)).toEqual(['-c', 'core.longpaths=true']);
  });

  it('ELG-08: does not ask, unless its caller says so', () => {
    expect(gitCommand(['fetch']).env).toEqual({ GIT_TERMINAL_PROMPT: '0' });
    expect(gitCommand(['fetch'], { env: { GIT_TERMINAL_PROMPT: '1' } }).env).toEqual({ GIT_TERMINAL_PROMPT: '1' });
  });
});
