/**
 * From the facts a backend reports to the outcome of the run and its reason in words.
 */
import { CODE_OF_CAUSE } from './error-codes.js';
import { CustodyError } from './errors.js';
import type { Invocation } from './invocation.js';
import { launchError, type LaunchSubject } from './launch-failure.js';
import { stopCauseOf, type Outcome, type StopCause } from './outcome.js';
import { describeBreach, type LimitBreach } from './resource-limits.js';
import type { SettledFacts } from './settled-facts.js';

/** How the run ended. */
export function outcomeOf(facts: SettledFacts, subject: LaunchSubject): Outcome {
  const { ending, status, stop, failure } = facts;
  if (ending === 'not-started') {
    if (failure === null) return neverStarted(stop?.cause ?? 'cancelled');
    const error = launchError(failure, subject);
    return failure.operation === 'closing'
      ? { kind: 'not-started', error, cause: 'host-exit' }
      : { kind: 'not-started', error };
  }
  if (ending === 'detached') return { kind: 'detached' };
  if (ending === 'lost' || status === null) {
    const error = new CustodyError('UNKNOWN', 'the exit status could not be read', { operation: 'wait' });
    return { kind: 'lost', error };
  }
  if (stop !== null) return { kind: 'stopped', cause: stop.cause, manner: stop.manner, status };
  if ('signal' in status) return { kind: 'signaled', signal: status.signal, coreDumped: status.coreDumped };
  return { kind: 'exited', exitCode: 'code' in status ? status.code : status.terminated };
}

/** Why the run was stopped, in words; `null` if it was not stopped. */
export function reasonOf(
  outcome: Outcome,
  invocation: Readonly<Invocation>,
  cancelReason: string | undefined,
  breach: LimitBreach | null,
): string | null {
  const cause = stopCauseOf(outcome);
  switch (cause) {
    case undefined:
      return null;
    case 'cancelled':
      return cancelReason ?? 'cancelled';
    case 'timeout':
      if (outcome.kind === 'not-started') return 'the time budget was spent before it was started';
      return `timed out after ${invocation.timeoutMs} ms`;
    case 'idle':
      return `no output for ${invocation.idleTimeoutMs} ms`;
    case 'output-limit':
      return `more than ${invocation.maxOutputBytes} bytes of output`;
    case 'resource-limit':
      return breach === null ? 'resource limit exceeded' : describeBreach(breach);
    case 'host-exit':
      return 'the host is exiting';
  }
}

function neverStarted(cause: StopCause): Outcome {
  const error = new CustodyError(CODE_OF_CAUSE[cause], 'stopped before it was started', { operation: 'launch' });
  return { kind: 'not-started', error, cause };
}
