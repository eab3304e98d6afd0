import { describe, expect, it } from 'vitest';
import { describeOutcome, renderStartFailure, renderSummary } from '../../../src/cli/render/summary.js';
import type { Cleanup } from '../../../src/core/cleanup.js';
import { CustodyError } from '../../../src/core/errors.js';
import type { RunResult } from '../../../src/core/run-result.js';

const clean: Cleanup = {
  status: 'confirmed-group-only',
  mechanism: 'group',
  leaderReaped: true,
  steps: [],
  killed: [],
  survivors: [],
  elapsedMs: 1,
};

function summary(cleanup: Partial<Cleanup>, more: Partial<RunResult> = {}): string {
  const result: Partial<RunResult> = {
    id: 'exec-7',
    outcome: { kind: 'exited', exitCode: 0 },
    durationMs: 1_240,
    cleanup: { ...clean, ...cleanup },
    backend: 'native',
    breach: null,
    unenforcedLimits: [],
    ...more,
  };
  return renderSummary(result as RunResult);
}

describe('renderSummary', () => {
  it('is one line with outcome, duration, cleanup, backend and id', () => {
    expect(summary({})).toBe('custody: exit 0, 1.24 s, cleanup confirmed-group-only (group), native, exec-7\n');
  });

  it('says when there was nothing to clean up', () => {
    expect(summary({ status: 'not-needed', mechanism: 'none' })).toContain(', nothing to clean up, ');
  });

  it('names leftovers that were ended, the first of many', () => {
    const killed = [1, 2, 3, 4, 5].map((pid) => ({ pid, name: 'sleep' }));
    expect(summary({ killed })).toContain('ended leftovers sleep[1] sleep[2] sleep[3] and 2 more');
  });

  it('names the limit that was exceeded and those that nothing enforced', () => {
    const breach = { limit: 'memoryBytes', used: 700, allowed: 512 } as const;
    const text = summary({}, { breach, unenforcedLimits: ['cpuTimeMs', 'maxProcesses'] });
    expect(text).toContain(', memoryBytes: 700 used, 512 allowed, NOT ENFORCED cpuTimeMs maxProcesses, ');
  });

  it('names survivors', () => {
    const survivors = [{ pid: 9, name: 'stuck', state: 'D', why: 'uninterruptible' }] as const;
    expect(summary({ status: 'unconfirmed', survivors })).toContain('cleanup unconfirmed (group), SURVIVORS stuck[9]');
  });
});

describe('describeOutcome', () => {
  const error = new CustodyError('UNKNOWN', 'gone', { operation: 'waitid' });

  it.each([
    [{ kind: 'exited', exitCode: 3 }, 'exit 3'],
    [{ kind: 'signaled', signal: 'SIGKILL', coreDumped: false }, 'died of SIGKILL'],
    [{ kind: 'signaled', signal: 'SIGSEGV', coreDumped: true }, 'died of SIGSEGV (core dumped)'],
    [{ kind: 'stopped', cause: 'timeout', manner: 'graceful', status: { code: 0 } }, 'timeout, stopped (exit 0)'],
    [
      { kind: 'stopped', cause: 'cancelled', manner: 'forced', status: { signal: 'SIGKILL', coreDumped: false } },
      'cancelled, killed (SIGKILL)',
    ],
    [{ kind: 'stopped', cause: 'idle', manner: 'forced', status: { terminated: 5 } }, 'idle, killed (code 5)'],
    [{ kind: 'not-started', error, cause: 'cancelled' }, 'not started (cancelled)'],
    [{ kind: 'not-started', error }, 'not started'],
    [{ kind: 'lost', error }, 'lost: gone'],
  ] as const)('says of %j: %s', (outcome, text) => {
    expect(describeOutcome(outcome)).toBe(text);
  });
});

describe('renderStartFailure', () => {
  const notFound = new CustodyError('COMMAND_NOT_FOUND', 'command not found: x', { operation: 'resolve' });

  it('CLI-08: is the message of the error and its remedy', () => {
    expect(renderStartFailure(notFound, 'x')).toBe(
      'custody: command not found: x; correct its name or PATH, or install it\n',
    );
  });

  it('shows how to run a shell builtin', () => {
    expect(renderStartFailure(notFound, 'cd')).toContain("custody exec --shell 'cd ...'");
  });
});
