/**
 * The JSON document of `custody exec --json`. Its fields are those of a result, so that what is documented once holds
 * for both; what the document adds is the version of its own shape and the exit code the CLI returns.
 */
import type { CustodyError } from '../../core/errors.js';
import type { RunResult } from '../../core/run-result.js';

/** Raised when a field is removed or changes its meaning; new fields do not raise it. */
const DOCUMENT_VERSION = 1;

/** A run that has settled. `cliExitCode` is what `custody exec` returns for it. */
export function resultDocument(result: RunResult, cliExitCode: number): Readonly<Record<string, unknown>> {
  const { id, command, correlationIds, result: body } = result.toJSON();
  // Output is in there once: whoever needs its order runs the command himself.
  return { version: DOCUMENT_VERSION, cliExitCode, id, command, correlationIds, ...body, segments: undefined };
}

/** A call that was refused before there was a run. */
export function errorDocument(error: CustodyError, cliExitCode: number): Readonly<Record<string, unknown>> {
  return { version: DOCUMENT_VERSION, error: error.toJSON(), cliExitCode };
}
