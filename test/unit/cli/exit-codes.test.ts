import { describe, expect, it } from 'vitest';
import { processExitCode } from '../../../src/cli/exit-codes.js';
import { CustodyError } from '../../../src/core/errors.js';
import type { ErrorCode } from '../../../src/core/error-codes.js';
import type { StopCause } from '../../../src/core/outcome.js';

function notStarted(code: ErrorCode, cause?: StopCause): number {
  const error = new CustodyError(code, 'no', { operation: 'exec' });
  return processExitCode(cause === undefined ? { kind: 'not-started', error } : { kind: 'not-started', error, cause });
}

describe('processExitCode', () => {
  it.each([0, 1, 42, 124, 255])('passes %d of the command through', (exitCode) => {
    expect(processExitCode({ kind: 'exited', exitCode })).toBe(exitCode);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGKILL', 137],
    ['SIGTERM', 143],
    ['SIGRTMIN+3', 128],
  ])('returns 128 + n for %s', (signal, exitCode) => {
    expect(processExitCode({ kind: 'signaled', signal, coreDumped: false })).toBe(exitCode);
  });

  it.each([
    ['timeout', 124],
    ['idle', 124],
    ['cancelled', 130],
    ['host-exit', 130],
    ['output-limit', 125],
    ['resource-limit', 125],
  ] as const)('lets the cause %s decide, whatever the command returned after the stop', (cause, exitCode) => {
    expect(processExitCode({ kind: 'stopped', cause, manner: 'graceful', status: { code: 0 } })).toBe(exitCode);
  });

  it.each([
    ['COMMAND_NOT_FOUND', 127],
    ['PERMISSION_DENIED', 126],
    ['ARGV_TOO_LONG', 126],
    ['SHELL_COMMAND_TOO_LONG', 126],
    ['WORKING_DIRECTORY_NOT_FOUND', 125],
    ['CONTAINMENT_UNAVAILABLE', 125],
    ['RESOURCE_LIMIT', 125],
    ['VALIDATION_FAILED', 2],
    ['UNKNOWN', 125],
  ] as const)('returns for a command that was not started for %s: %d', (code, exitCode) => {
    expect(notStarted(code)).toBe(exitCode);
  });

  it('lets a stop before the start decide', () => {
    expect(notStarted('CANCELLED', 'cancelled')).toBe(130);
  });

  it('does not invent a code for a status that was lost', () => {
    const error = new CustodyError('UNKNOWN', 'lost', { operation: 'waitid' });
    expect(processExitCode({ kind: 'lost', error })).toBe(125);
  });
});
