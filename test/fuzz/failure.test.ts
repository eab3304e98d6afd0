// Promised    : whatever a command printed, classification gives a verdict of the closed set, bounded, and the same each time.
// Not promised: which verdict.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, type ErrorCode } from '../../src/core/error-codes.js';
import { STOP_CAUSES } from '../../src/core/outcome.js';
import { classifyFailure } from '../../src/failure/classify.js';
import type { FailureEvidence } from '../../src/failure/evidence.js';
import { FAILURE_CATEGORIES } from '../../src/failure/failure.js';
import { BUILT_IN_PATTERNS } from '../../src/failure/rules/built-in.js';
import { SUBCODES } from '../../src/failure/subcodes.js';
import { streamBytes } from './arbitraries.js';

/** Words of the patterns themselves, so that rules are met. */
const words = BUILT_IN_PATTERNS.flatMap(({ source }) => source.match(/[A-Za-z]{3,}(?: [a-z]{2,})*/g) ?? []);
const line = fc
  .array(fc.oneof(fc.constantFrom(...words), fc.constantFrom(':', ' ', "'", '(', ')', '13', 'error')), { maxLength: 8 })
  .map((parts) => parts.join(' '));
const text = fc.array(line, { maxLength: 40 }).map((lines) => lines.join('\n'));
const output = fc.oneof(text, streamBytes);
const evidences: fc.Arbitrary<FailureEvidence> = fc.record(
  {
    file: fc.constantFrom('git', 'npm', 'curl', 'C:\\tools\\x.exe', ''),
    args: fc.array(fc.string(), { maxLength: 4 }),
    exitCode: fc.oneof(fc.integer({ min: -1, max: 255 }), fc.integer(), fc.constant(null)),
    signal: fc.constantFrom('SIGKILL', 'SIGSEGV', 'SIGTERM', null),
    stdout: output,
    stderr: output,
    stopCause: fc.constantFrom(undefined, undefined, undefined, ...STOP_CAUSES),
    errorCode: fc.constantFrom(undefined, undefined, ...(Object.keys(ERROR_CODES) as ErrorCode[])),
    errno: fc.constantFrom('', 'ENOENT', 'EMFILE'),
    killedByUs: fc.boolean(),
  },
  { requiredKeys: [] },
);

describe('classifyFailure', () => {
  it('FAIL-14: gives a bounded verdict of the closed set for anything, twice the same', () => {
    fc.assert(
      fc.property(evidences, (evidence) => {
        const failure = classifyFailure(evidence);
        expect(FAILURE_CATEGORIES).toContain(failure.category);
        expect(Object.keys(SUBCODES)).toContain(failure.subcode);
        expect(failure.hints.length).toBeGreaterThan(0);
        expect(failure.evidence.length).toBeLessThanOrEqual(3);
        for (const { text: quoted } of failure.evidence) expect(quoted.length).toBeLessThanOrEqual(300);
        expect(classifyFailure(evidence)).toEqual(failure);
      }),
    );
  });

  it('FAIL-03: what the runner observed is not changed by any text', () => {
    fc.assert(
      fc.property(evidences, fc.constantFrom(...STOP_CAUSES), (evidence, stopCause) => {
        const bare = classifyFailure({ stopCause });
        expect(classifyFailure({ ...evidence, limit: undefined, stopCause }).category).toBe(bare.category);
      }),
    );
  });
});
