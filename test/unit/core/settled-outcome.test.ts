import { describe, expect, it } from 'vitest';
import { readDefaults, readInvocation } from '../../../src/core/invocation.js';
import type { Outcome, StopCause } from '../../../src/core/outcome.js';
import { notLaunched, type SettledFacts } from '../../../src/core/settled-facts.js';
import { outcomeOf, reasonOf } from '../../../src/core/settled-outcome.js';
import { RUN_LIMITS } from '../../../src/policy/limits.js';

const standard = readDefaults(undefined, RUN_LIMITS);
const options = { timeoutMs: 5, idleTimeoutMs: 6, maxOutputBytes: 2000 };
const invocation = readInvocation('git', [], options, standard, RUN_LIMITS);
const subject = { file: 'git', cwd: undefined, containment: 'tree', unenforcedLimits: [] } as const;

const outcome = (facts: Partial<SettledFacts>): Outcome =>
  outcomeOf({ ...notLaunched(0, 'cancelled'), stop: null, ...facts }, subject);

describe('RES-05: the outcome', () => {
  it.each<[string, Partial<SettledFacts>, object]>([
    ['an exit', { ending: 'ended', status: { code: 3 } }, { kind: 'exited', exitCode: 3 }],
    ['a terminated process', { ending: 'ended', status: { terminated: 7 } }, { kind: 'exited', exitCode: 7 }],
    [
      'a signal',
      { ending: 'ended', status: { signal: 'SIGSEGV', coreDumped: true } },
      { kind: 'signaled', signal: 'SIGSEGV', coreDumped: true },
    ],
    [
      'a stop, whatever the status says',
      { ending: 'ended', status: { code: 0 }, stop: { cause: 'timeout', manner: 'graceful' } },
      { kind: 'stopped', cause: 'timeout', manner: 'graceful', status: { code: 0 } },
    ],
    ['a status that could not be read', { ending: 'lost' }, { kind: 'lost', error: { code: 'UNKNOWN' } }],
    ['an end without a status', { ending: 'ended', status: null }, { kind: 'lost', error: { operation: 'wait' } }],
    ['a detached start', { ending: 'detached' }, { kind: 'detached' }],
    [
      'a stop before the start',
      { ending: 'not-started', stop: { cause: 'timeout', manner: 'graceful' } },
      { kind: 'not-started', cause: 'timeout', error: { code: 'TIMEOUT' } },
    ],
    [
      'nothing at all before the start',
      { ending: 'not-started' },
      { kind: 'not-started', cause: 'cancelled', error: { code: 'CANCELLED' } },
    ],
    [
      'a refusal',
      { ending: 'not-started', failure: { operation: 'exec', errno: 'ENOENT', subject: 'executable' } },
      { kind: 'not-started', error: { code: 'COMMAND_NOT_FOUND' } },
    ],
    [
      'a host that is exiting',
      { ending: 'not-started', failure: { operation: 'closing', errno: '', subject: 'none' } },
      { kind: 'not-started', cause: 'host-exit' },
    ],
  ])('of %s', (_name, facts, expected) => {
    expect(outcome(facts)).toMatchObject(expected);
  });
});

describe('the reason', () => {
  const breach = { limit: 'memoryBytes', used: 20, allowed: 10 } as const;
  const stopped = (cause: StopCause): Outcome => ({ kind: 'stopped', cause, manner: 'forced', status: { code: 1 } });

  it('is there for a run that was stopped, and for no other', () => {
    expect(reasonOf({ kind: 'exited', exitCode: 1 }, invocation, 'unused', null)).toBeNull();
    expect(reasonOf(stopped('cancelled'), invocation, 'enough', null)).toBe('enough');
    expect(reasonOf(stopped('cancelled'), invocation, undefined, null)).toBe('cancelled');
  });

  it('EXE-08: names the limit that was reached', () => {
    expect(reasonOf(stopped('timeout'), invocation, undefined, null)).toBe('timed out after 5 ms');
    expect(reasonOf(stopped('idle'), invocation, undefined, null)).toBe('no output for 6 ms');
    expect(reasonOf(stopped('output-limit'), invocation, undefined, null)).toBe('more than 2000 bytes of output');
    expect(reasonOf(stopped('host-exit'), invocation, undefined, null)).toBe('the host is exiting');
  });

  it('LIM-04: says what was used and what was allowed', () => {
    expect(reasonOf(stopped('resource-limit'), invocation, undefined, breach)).toMatch(/20.*10/u);
    expect(reasonOf(stopped('resource-limit'), invocation, undefined, null)).toBe('resource limit exceeded');
  });

  it('EXE-25: of a spent budget says that nothing was started', () => {
    const spent = outcome({ ending: 'not-started', stop: { cause: 'timeout', manner: 'graceful' } });
    expect(reasonOf(spent, invocation, undefined, null)).toBe('the time budget was spent before it was started');
  });
});
