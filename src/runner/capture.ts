/**
 * Reads the kept output of a run that has settled: nothing for silent streams, two calls at most for the others.
 */
import type { Backend, LaunchId, OutputSegment, StreamFacts, StreamName } from '../backend/backend.js';
import type { CapturedOutput } from '../core/combined-output.js';
import type { Invocation } from '../core/invocation.js';
import { NO_OUTPUT, type OutputSlice } from '../core/output-slice.js';
import { parseErrorsOf } from '../core/parsed-errors.js';
import type { Redactor } from '../core/redactor.js';
import { keptBytesOf, type RetentionOptions } from '../core/retention.js';
import type { ResultParts } from '../core/run-result.js';
import type { SettledFacts } from '../core/settled-facts.js';

const NOTHING_CAPTURED: CapturedOutput = { stdout: NO_OUTPUT, stderr: NO_OUTPUT, segments: [] };

/** The output of a run that has settled, and the errors that its caller finds in it. */
export function readOutput(
  backend: Backend,
  id: LaunchId | undefined,
  facts: SettledFacts,
  invocation: Readonly<Invocation>,
  redactor: Redactor | undefined,
): Pick<ResultParts, 'captured' | 'parsed'> {
  const captured = readCaptured(backend, id, facts, invocation);
  return { captured, parsed: parseErrorsOf(invocation, facts, captured, redactor) };
}

/** What a result holds of both streams, and the order of arrival where both have something. `id`: none without a launch. */
function readCaptured(
  backend: Backend,
  id: LaunchId | undefined,
  facts: SettledFacts,
  retention: RetentionOptions,
): CapturedOutput {
  const { stdout, stderr } = facts;
  if (id === undefined || (stdout.keptBytes === 0 && stderr.keptBytes === 0)) return NOTHING_CAPTURED;
  const limit = keptBytesOf(retention);
  return {
    stdout: readSlice(backend, id, 'stdout', stdout, limit),
    stderr: readSlice(backend, id, 'stderr', stderr, limit),
    segments: stdout.keptBytes > 0 && stderr.keptBytes > 0 ? readOrder(backend, id) : [],
  };
}

function readSlice(backend: Backend, id: LaunchId, stream: StreamName, facts: StreamFacts, limit: number): OutputSlice {
  if (facts.keptBytes === 0) return NO_OUTPUT;
  const bytes = new Uint8Array(Math.min(facts.keptBytes, limit));
  let seam = bytes.length;
  let length = 0;
  let cursor = 0;
  while (length < bytes.length) {
    const read = backend.readOutput(id, stream, cursor, length === 0 ? bytes : bytes.subarray(length));
    if (read.dropped > 0) seam = length;
    if (read.count === 0) break;
    length += read.count;
    cursor = read.next;
  }
  const kept = length === bytes.length ? bytes : bytes.subarray(0, length);
  return { bytes: kept, seam: Math.min(seam, length), droppedBytes: facts.totalBytes - length };
}

function readOrder(backend: Backend, id: LaunchId): readonly OutputSegment[] {
  const all: OutputSegment[] = [];
  for (let from = 0; ;) {
    const { segments, next } = backend.readSegments(id, from);
    if (segments.length === 0 || next <= from) return all;
    for (const segment of segments) all.push(segment);
    from = next;
  }
}
