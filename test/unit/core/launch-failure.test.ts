import { describe, expect, it } from 'vitest';
import { WorkingDirectoryError } from '../../../src/core/errors.js';
import { launchError } from '../../../src/core/launch-failure.js';
import type { LaunchFailure } from '../../../src/core/settled-facts.js';

const subject = {
  file: '/home/someone/bin/tool',
  cwd: '/home/someone/work',
  containment: 'tree' as const,
  unenforcedLimits: ['memoryBytes', 'maxProcesses'] as const,
};

function errorOf(errno: string, about: LaunchFailure['subject'], operation = 'exec'): ReturnType<typeof launchError> {
  return launchError({ operation, errno, subject: about }, subject);
}

describe('launchError', () => {
  it.each([
    ['ENOENT', 'executable', 'COMMAND_NOT_FOUND', 'executable'],
    ['ENOTDIR', 'executable', 'COMMAND_NOT_FOUND', 'executable'],
    ['ENOENT', 'interpreter', 'COMMAND_NOT_FOUND', 'interpreter'],
    ['ENOENT', 'cwd', 'WORKING_DIRECTORY_NOT_FOUND', 'cwd'],
    ['EACCES', 'cwd', 'WORKING_DIRECTORY_NOT_FOUND', 'cwd'],
    ['EACCES', 'executable', 'PERMISSION_DENIED', undefined],
    ['EPERM', 'none', 'PERMISSION_DENIED', undefined],
    ['ENOEXEC', 'executable', 'PERMISSION_DENIED', undefined],
    ['E2BIG', 'none', 'ARGV_TOO_LONG', undefined],
    ['EAGAIN', 'none', 'RESOURCE_LIMIT', undefined],
    ['EMFILE', 'none', 'RESOURCE_LIMIT', undefined],
    ['ENOBUFS', 'none', 'RESOURCE_LIMIT', undefined],
    ['ENOMEM', 'none', 'RESOURCE_LIMIT', undefined],
    ['ENOENT', 'stdin', 'UNKNOWN', undefined],
    ['EIO', 'none', 'UNKNOWN', undefined],
    ['', 'none', 'UNKNOWN', undefined],
  ] as const)('maps %s about %s to %s', (errno, about, code, missing) => {
    expect(errorOf(errno, about)).toMatchObject({ code, missing, errno, operation: 'exec' });
  });

  it('has a class of its own for the working directory', () => {
    expect(errorOf('ENOENT', 'cwd', 'chdir')).toBeInstanceOf(WorkingDirectoryError);
  });

  it('names containment that cannot be had', () => {
    expect(errorOf('', 'none', 'containment')).toMatchObject({
      code: 'CONTAINMENT_UNAVAILABLE',
      message: "containment 'tree' is not available",
    });
  });

  it('SHL-09: says why a batch file was not run', () => {
    expect(errorOf('EINVAL', 'none', 'batch')).toMatchObject({
      code: 'VALIDATION_FAILED',
      message: '.../tool is a batch file, and cmd.exe would not take an argument with % or a line break as text',
    });
  });

  it('refuses text that is not Unicode', () => {
    expect(errorOf('EILSEQ', 'none', 'encode').code).toBe('VALIDATION_FAILED');
  });

  it('counts a closing host as cancelled', () => {
    expect(errorOf('', 'none', 'closing').code).toBe('CANCELLED');
  });

  it('RES-12: does not show where things are on the host', () => {
    for (const about of ['executable', 'interpreter', 'cwd', 'stdin', 'none'] as const) {
      for (const errno of ['ENOENT', 'EACCES', 'EIO']) expect(errorOf(errno, about).message).not.toContain('someone');
    }
  });
});

it('names the limits that nothing can enforce', () => {
  const error = errorOf('', 'none', 'limits');
  expect(error).toMatchObject({ code: 'LIMITS_UNENFORCEABLE', operation: 'limits' });
  expect(error.message).toBe("nothing can enforce memoryBytes, maxProcesses with containment 'tree' here");
});
