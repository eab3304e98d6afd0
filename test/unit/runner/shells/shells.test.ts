import { describe, expect, it } from 'vitest';
import { CommandValidationError } from '../../../../src/core/errors.js';
import { LOOKUP_LIMIT_MS, ShellLocator } from '../../../../src/runner/shells/shell-locator.js';
import { SystemShells, type Shells } from '../../../../src/runner/shells/shells.js';

const root = 'C:\\Windows';

/** A system that has these files and nothing else. */
function systemWith(files: readonly string[], isWindows = false): { shells: Shells; looks: string[] } {
  const looks: string[] = [];
  const locator = new ShellLocator({
    filesFor: (candidate) => (/[\\/]/.test(candidate) ? [candidate] : [`/path/${candidate}`]),
    isExecutable(file) {
      looks.push(file);
      return files.includes(file);
    },
    now: () => 0,
  });
  return { shells: new SystemShells(locator, isWindows, isWindows ? root : undefined), looks };
}

function propertiesOf(act: () => unknown): string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof CommandValidationError) return error.issues.map((issue) => issue.property);
    throw error;
  }
  return [];
}

describe('what is launched', () => {
  const posix = systemWith(['/bin/sh', '/bin/bash', '/path/pwsh']).shells;
  const windows = systemWith([`${root}\\System32\\cmd.exe`, '/path/pwsh.exe'], true).shells;

  it('SHL-01, SHL-07: the default is sh, on Windows cmd', () => {
    expect([posix.defaultShell, windows.defaultShell]).toEqual(['sh', 'cmd']);
    expect(posix.getShellCommand('ls | wc')).toMatchObject({ shell: 'sh', file: '/bin/sh', args: ['-c', 'ls | wc'] });
  });

  it('SHL-02: bash is /bin/bash, else /bin/sh under its own name', () => {
    expect(posix.getShellCommand('ls', 'bash')).toMatchObject({ shell: 'bash', file: '/bin/bash', args: ['-c', 'ls'] });
    const poor = systemWith(['/bin/sh']).shells;
    expect(poor.getShellCommand('ls', 'bash')).toMatchObject({ shell: 'sh', file: '/bin/sh', args: ['-c', 'ls'] });
  });

  it('SHL-03: cmd takes the line in quotes, as it is', () => {
    expect(windows.getShellCommand({ file: 'npm run', args: ['a & b'] })).toEqual({
      ...{ shell: 'cmd', file: `${root}\\System32\\cmd.exe`, isVerbatim: true, maxLineLength: 8191 },
      args: ['/d', '/v:off', '/s', '/c', '"npm run "a & b""'],
      line: 'npm run "a & b"',
    });
    expect(windows.getShellCommand('dir', 'C:\\Tools\\cmd.exe /c').args).toEqual(['/d', '/v:off', '/s', '/c', '"dir"']);
  });

  it('SHL-04: PowerShell is pwsh, else the one of Windows by its absolute path', () => {
    const args = ['-NoProfile', '-NonInteractive', '-Command', "ls 'a b'"];
    expect(posix.getShellCommand({ file: 'ls', args: ['a b'] }, 'powershell')).toMatchObject({ file: 'pwsh', args });
    expect(windows.getShellCommand('ls', 'pwsh').file).toBe('pwsh.exe');
    const old = systemWith([`${root}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`], true).shells;
    expect(old.getShellCommand('ls', 'pwsh').file).toMatch(/WindowsPowerShell\\v1\.0\\powershell\.exe$/);
  });

  it('SHL-04: one that loses double quotes is given none', () => {
    const old = systemWith([`${root}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`], true).shells;
    expect(propertiesOf(() => old.getShellCommand({ file: 'x', args: ['a', '"'] }, 'powershell'))).toEqual(['args[1]']);
    expect(propertiesOf(() => windows.getShellCommand({ file: 'x', args: ['"'] }, 'pwsh'))).toEqual([]);
  });

  it('SHL-06: takes a path, with its flags', () => {
    expect(posix.getShellCommand('ls', '/opt/zsh')).toMatchObject({
      shell: 'sh',
      file: '/opt/zsh',
      args: ['-c', 'ls'],
    });
    expect(posix.getShellCommand('ls', '/bin/bash -c').args).toEqual(['-c', 'ls']);
    expect(posix.getShellCommand('ls', 'bash -e -c').args).toEqual(['-e', '-c', 'ls']);
    expect(propertiesOf(() => posix.getShellCommand('ls', 'fish'))).toEqual(['shell']);
  });

  it('a shell that is missing is launched all the same, to be reported as missing', () => {
    expect(systemWith([]).shells.getShellCommand('ls', 'powershell').file).toBe('pwsh');
  });

  it('takes no line for flags', () => {
    expect(posix.getShellCommand('-x').args).toEqual(['-c', ' -x']);
  });
});

describe('SHL-09: arguments that no escaping carries through cmd.exe', () => {
  it('are refused, each by its place', () => {
    const { shells } = systemWith([], true);
    const args = ['fine', 'say "hi"', 'two\nlines', '100%', 'a\rb'];
    expect(propertiesOf(() => shells.getShellCommand({ file: 'npm', args }))).toEqual([
      'args[1]',
      'args[2]',
      'args[4]',
    ]);
  });
});

describe('SHL-05: availability', () => {
  it('is looked up once', () => {
    const { shells, looks } = systemWith(['/bin/bash']);
    expect([shells.isAvailable('bash'), shells.isAvailable('bash'), shells.isAvailable('pwsh')]).toEqual([
      true,
      true,
      false,
    ]);
    expect([shells.isAvailable('pwsh'), shells.isAvailable('fish')]).toEqual([false, false]);
    expect(looks).toEqual(['/bin/bash', '/path/pwsh']);
  });

  it('takes a second at most, and what was not found in time is looked for again', () => {
    let now = 0;
    let looks = 0;
    const locator = new ShellLocator({
      filesFor: () => Array.from({ length: 100 }, (_, index) => `/${String(index)}/pwsh`),
      isExecutable(file) {
        looks += 1;
        now += LOOKUP_LIMIT_MS / 2;
        return file === '/10/pwsh';
      },
      now: () => now,
    });
    expect(locator.has('pwsh')).toBe(false);
    expect(looks).toBe(3);
    expect(locator.has('pwsh')).toBe(false);
    expect(looks).toBe(6);
  });
});
