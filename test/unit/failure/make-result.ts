import { NO_CORRELATION } from '../../../src/core/correlation.js';
import type { CustodyError } from '../../../src/core/errors.js';
import {
  exitCodeOf,
  isCancelled,
  isSuccess,
  isTimedOut,
  signalOf,
  SUCCESS_EXIT_CODES,
  type Outcome,
} from '../../../src/core/outcome.js';
import { resultDocument } from '../../../src/core/result-document.js';
import type { StreamSummary } from '../../../src/core/result-output.js';
import type { RunResult } from '../../../src/core/run-result.js';

const stream: StreamSummary = {
  ...{ totalBytes: 0, keptBytes: 0, droppedBytes: 0, truncated: false, complete: true, heldBy: [] },
  ...{ encoding: 'utf8', replacements: 0, binary: false },
};

/** The result of a run with that outcome; `more` replaces what else is to be different. */
export function makeResult(outcome: Outcome, more: Partial<RunResult> = {}): RunResult {
  return {
    id: 'exec-1',
    command: { file: 'tool', args: [], cwd: null, shell: null, resolvedFile: null },
    correlationIds: NO_CORRELATION,
    outcome,
    success: isSuccess(outcome, more.successExitCodes ?? SUCCESS_EXIT_CODES),
    successExitCodes: SUCCESS_EXIT_CODES,
    errors: [],
    exitCode: exitCodeOf(outcome),
    signal: signalOf(outcome),
    timedOut: isTimedOut(outcome),
    cancelled: isCancelled(outcome),
    reason: null,
    stdout: '',
    stderr: '',
    combined: () => '',
    segments: () => [],
    bytes: () => new Uint8Array(0),
    toJSON() {
      return resultDocument(this);
    },
    output: { stdout: stream, stderr: stream, handlers: null, tee: null },
    cleanup: {
      status: 'confirmed',
      mechanism: 'shim',
      leaderReaped: true,
      steps: [],
      killed: [],
      survivors: [],
      elapsedMs: 0,
    },
    usage: { userMs: null, systemMs: null, peakRssBytes: null, processes: null, scope: 'leader' },
    breach: null,
    unenforcedLimits: [],
    withheldEnv: [],
    warnings: [],
    queuedMs: 0,
    launches: 1,
    durationMs: 1,
    startTime: '2026-01-01T00:00:00.000Z',
    endTime: '2026-01-01T00:00:00.001Z',
    pid: 1,
    backend: 'native',
    containment: 'tree',
    ...more,
  };
}

export const exited = (exitCode: number, stderr = ''): RunResult =>
  makeResult({ kind: 'exited', exitCode }, { stderr });
export const succeeded = (): RunResult => exited(0);
export const refused = (error: CustodyError): RunResult => makeResult({ kind: 'not-started', error });
/** A failure that may pass by itself. */
export const locked = (): RunResult => exited(1, 'rm: a: Device or resource busy\n');
