import { expect, it } from 'vitest';
import { CustodyError } from '../../../src/core/errors.js';
import {
  exitCodeOf,
  isCancelled,
  isSuccess,
  isTimedOut,
  signalOf,
  SUCCESS_EXIT_CODES,
  type Outcome,
} from '../../../src/core/outcome.js';

function refused(code: 'COMMAND_NOT_FOUND' | 'PERMISSION_DENIED' | 'UNKNOWN'): Outcome {
  return { kind: 'not-started', error: new CustodyError(code, 'text', { operation: 'exec' }) };
}

function stopped(cause: 'timeout' | 'idle' | 'cancelled' | 'output-limit'): Outcome {
  return { kind: 'stopped', cause, manner: 'forced', status: { signal: 'SIGKILL', coreDumped: false } };
}

interface Flags {
  readonly success: boolean;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  readonly exitCode: number;
  readonly signal: string | null;
}

const plain: Flags = { success: false, timedOut: false, cancelled: false, exitCode: -1, signal: null };

it.each<[string, Outcome, Partial<Flags>]>([
  ['exit 0', { kind: 'exited', exitCode: 0 }, { success: true, exitCode: 0 }],
  ['exit 255', { kind: 'exited', exitCode: 255 }, { exitCode: 255 }],
  ['a crash', { kind: 'signaled', signal: 'SIGSEGV', coreDumped: true }, { signal: 'SIGSEGV' }],
  ['a timeout', stopped('timeout'), { timedOut: true, signal: 'SIGKILL' }],
  ['an idle timeout', stopped('idle'), { timedOut: true, signal: 'SIGKILL' }],
  ['a cancel', stopped('cancelled'), { cancelled: true, signal: 'SIGKILL' }],
  ['an output limit', stopped('output-limit'), { signal: 'SIGKILL' }],
  [
    'a stop that the command answered with exit 0',
    { kind: 'stopped', cause: 'timeout', manner: 'graceful', status: { code: 0 } },
    { timedOut: true, exitCode: 0 },
  ],
  [
    'a terminated process',
    { kind: 'stopped', cause: 'cancelled', manner: 'forced', status: { terminated: 3_221_225_786 } },
    { cancelled: true, exitCode: 3_221_225_786 },
  ],
  ['a missing command', refused('COMMAND_NOT_FOUND'), { exitCode: 127 }],
  ['a forbidden command', refused('PERMISSION_DENIED'), { exitCode: 126 }],
  ['another refusal', refused('UNKNOWN'), {}],
  ['a cancel before the start', { ...refused('UNKNOWN'), cause: 'cancelled' } as Outcome, { cancelled: true }],
  ['a timeout before the start', { ...refused('UNKNOWN'), cause: 'timeout' } as Outcome, { timedOut: true }],
  ['a lost status', { kind: 'lost', error: new CustodyError('UNKNOWN', 'text', { operation: 'wait' }) }, {}],
])('RES-02, RES-05: derives every flag from the outcome: %s', (_name, outcome, expected) => {
  expect({
    success: isSuccess(outcome, SUCCESS_EXIT_CODES),
    timedOut: isTimedOut(outcome),
    cancelled: isCancelled(outcome),
    exitCode: exitCodeOf(outcome),
    signal: signalOf(outcome),
  }).toEqual({ ...plain, ...expected });
});
