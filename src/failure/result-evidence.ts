/** From a result to evidence. */
import { stopCauseOf } from '../core/outcome.js';
import type { RunResult } from '../core/run-result.js';
import type { FailureEvidence } from './evidence.js';

/** What a result knows of its failure. */
export function evidenceOf(result: RunResult<string | Uint8Array>): FailureEvidence {
  const { command, outcome, exitCode, signal, stdout, stderr, breach } = result;
  const error = 'error' in outcome ? outcome.error : undefined;
  return {
    file: command.file,
    args: command.args,
    // 126 and 127 of a command that never ran are ours, not its own.
    exitCode: outcome.kind === 'not-started' ? undefined : exitCode,
    signal,
    stdout,
    stderr,
    stopCause: stopCauseOf(outcome),
    errorCode: error?.code,
    errno: error?.errno,
    missing: error?.missing,
    limit: breach?.limit,
    killedByUs: outcome.kind === 'stopped' && outcome.manner === 'forced',
  };
}
