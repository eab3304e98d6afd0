// Promised    : a result that went through JSON is the result it was: outcome, flags, texts, order; no registered secret is in it.
// Not promised: the bytes behind a text; what a handler threw, but for its message.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ParsedError } from '../../src/core/parsed-errors.js';
import type { OutputSlice } from '../../src/core/output-slice.js';
import { blankInvocation, type Invocation } from '../../src/core/invocation.js';
import { STOP_CAUSES } from '../../src/core/outcome.js';
import { parseResult } from '../../src/core/parse-result.js';
import type { Redactor } from '../../src/core/redactor.js';
import { createResult, type RunResult } from '../../src/core/run-result.js';
import { notLaunched, type SettledFacts } from '../../src/core/settled-facts.js';
import { RUN_LIMITS } from '../../src/policy/limits.js';
import { createRedactor } from '../../src/policy/redaction/create-redactor.js';
import { chunksOf, keptOf, streamBytes } from './arbitraries.js';

type Captured = Parameters<typeof createResult>[0]['captured'];

const RUNS = { numRuns: 300 };
const SECRET = 'hunter2-hunter2';

const name = fc.record({ pid: fc.nat(), name: fc.string({ maxLength: 15 }) });
const status = fc.oneof(
  fc.record({ code: fc.integer({ min: 0, max: 0xffffffff }) }),
  fc.record({ signal: fc.constantFrom('SIGTERM', 'SIGKILL', 'SIGSEGV'), coreDumped: fc.boolean() }),
  fc.record({ terminated: fc.nat() }),
);
const stop = fc.record({
  cause: fc.constantFrom(...STOP_CAUSES),
  manner: fc.constantFrom('graceful' as const, 'forced' as const),
});
const failure = fc.record({
  operation: fc.constantFrom('exec', 'chdir', 'queue', 'containment', 'length', 'encode'),
  errno: fc.constantFrom('', 'ENOENT', 'EACCES', 'E2BIG', 'EAGAIN', 'EIO'),
  subject: fc.constantFrom('executable' as const, 'cwd' as const, 'interpreter' as const, 'none' as const),
});

const ending: fc.Arbitrary<Partial<SettledFacts>> = fc.oneof(
  fc.record({ ending: fc.constant('ended' as const), status, stop: fc.option(stop) }),
  fc.record({ ending: fc.constant('not-started' as const), failure }),
  fc.record({ ending: fc.constant('not-started' as const), stop, failure: fc.constant(null) }),
  fc.record({ ending: fc.constantFrom('lost' as const, 'detached' as const), failure: fc.constant(null) }),
);

const seen = fc.record({
  pid: fc.option(fc.nat(), { nil: undefined }),
  resolvedFile: fc.constantFrom('', '/bin/tool'),
  startedAtMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  durationMs: fc.double({ min: 0, max: 1e7, noNaN: true }),
  breach: fc.option(fc.record({ limit: fc.constant('memoryBytes' as const), used: fc.nat(), allowed: fc.nat() })),
  unenforcedLimits: fc.subarray(['memoryBytes', 'cpuTimeMs'] as const),
  heldBy: fc.array(name, { maxLength: 2 }),
  complete: fc.boolean(),
  killed: fc.array(name, { maxLength: 2 }),
});

const form = fc.record({
  encoding: fc.constantFrom('utf8', 'auto', 'latin1', 'utf-16le', 'buffer', 'base64'),
  newlines: fc.constantFrom('keep' as const, 'lf' as const),
  truncationMarker: fc.boolean(),
}) as fc.Arbitrary<Pick<Invocation, 'encoding' | 'newlines' | 'truncationMarker'>>;

function sliceOf(bytes: Uint8Array, limit: number): OutputSlice {
  const { head, tail } = keptOf(bytes, limit);
  const kept = Uint8Array.from([...head, ...tail]);
  return { bytes: kept, seam: head.length, droppedBytes: bytes.length - kept.length };
}

/** Both streams in chunks, one after the other and in turn. */
function capturedOf(stdout: Uint8Array, stderr: Uint8Array, limit: number, seed: number): Captured {
  const segments: { stream: 'stdout' | 'stderr'; offset: number; length: number; timestampMs: number }[] = [];
  const rest = { stdout: chunksOf(stdout, seed, 9), stderr: chunksOf(stderr, seed + 1, 9) };
  const at = { stdout: 0, stderr: 0 };
  for (const stream of ['stdout', 'stderr', 'stdout', 'stdout', 'stderr', 'stderr', 'stdout'] as const) {
    const isLast = segments.length >= 5;
    const chunks = rest[stream].splice(0, isLast ? Infinity : 1);
    const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    segments.push({ stream, offset: at[stream], length, timestampMs: 0 });
    at[stream] += length;
  }
  return { stdout: sliceOf(stdout, limit), stderr: sliceOf(stderr, limit), segments };
}

const scene = fc.record({
  ending,
  seen,
  form,
  stdout: streamBytes,
  stderr: streamBytes,
  limit: fc.integer({ min: 1, max: 90 }),
  seed: fc.nat(),
});
type Scene = typeof scene extends fc.Arbitrary<infer S> ? S : never;

const foundError: ParsedError = {
  ...{ message: 'text', severity: 'error', source: 'tool' },
  ...{ file: 'a.ts', line: 1, column: null, code: 'E1' },
};

function resultOf(
  { ending: end, seen: facts, form: shown, stdout, stderr, limit, seed }: Scene,
  more: Partial<Invocation> = {},
  redactor?: Redactor,
): RunResult<string | Uint8Array> {
  const captured = capturedOf(stdout, stderr, limit, seed);
  const { heldBy, complete, killed, ...rest } = facts;
  const none = notLaunched(0, 'cancelled');
  const streamFacts = (slice: OutputSlice) => ({
    totalBytes: slice.bytes.length + slice.droppedBytes,
    keptBytes: slice.bytes.length,
    heldBy,
    complete,
  });
  return createResult({
    id: 'exec-1',
    correlationIds: { ...blankIds, taskId: 't' },
    invocation: { ...blankInvocation(RUN_LIMITS), file: 'tool', args: ['a b', ''], ...shown, ...more },
    facts: {
      ...none,
      stop: null,
      ...end,
      ...rest,
      stdout: streamFacts(captured.stdout),
      stderr: streamFacts(captured.stderr),
      cleanup: { ...none.cleanup, killed },
    },
    captured,
    cancelReason: undefined,
    backend: 'native',
    containment: 'tree',
    queuedMs: 0,
    launches: 1,
    withheldEnv: ['A'],
    redactor,
    parsed: { errors: [foundError], warning: undefined },
    taps: { handlers: { droppedBytes: 0, failures: 1, lastError: 'thrown' }, tee: null },
  });
}

const blankIds = {
  ...{ runId: null, sessionId: null, taskId: null, stepId: null, toolCallId: null },
  ...{ worktreeId: null, repoSha: null, targetId: null, commandId: null },
};

it('RES-09: a result is the same after JSON', () => {
  fc.assert(
    fc.property(scene, (parts) => {
      const result = resultOf(parts);
      const parsed = parseResult(JSON.stringify(result));
      expect({ ...parsed }).toEqual({ ...result });
      expect(parsed.combined()).toEqual(result.combined());
      const isText = typeof result.stdout === 'string' && parts.form.encoding !== 'base64';
      if (isText) expect(parsed.segments()).toEqual(result.segments());
      else expect(parsed.bytes('stderr')).toEqual(result.bytes('stderr'));
      expect(parsed.toJSON()).toEqual(result.toJSON());
      expect(Object.isFrozen(parsed)).toBe(true);
    }),
    RUNS,
  );
});

const printable = fc.string({ unit: fc.constantFrom('a', 'b', '\n', 'é'), maxLength: 30 });
const telling = fc.record({
  before: printable,
  after: printable,
  where: fc.constantFrom('stdout' as const, 'stderr' as const),
  inResult: fc.boolean(),
  inBytes: fc.boolean(),
});

it('RES-09: no registered secret is in the JSON, whatever the result itself shows', () => {
  const redactor = createRedactor({ values: [['S', SECRET]], builtIn: false, patterns: [], longRuns: false });
  fc.assert(
    fc.property(scene, telling, (parts, { before, after, where, inResult, inBytes }) => {
      const bytes = new TextEncoder().encode(before + SECRET + after);
      const invocation: Partial<Invocation> = {
        file: `/opt/${SECRET}`,
        args: [`--with=${SECRET}`],
        cwd: `/srv/${SECRET}`,
        encoding: parts.form.encoding === 'utf-16le' ? 'utf8' : parts.form.encoding,
        redact: { inResult, builtIn: false, inBytes, values: [SECRET], patterns: [] },
      };
      const result = resultOf({ ...parts, limit: 90, [where]: bytes }, invocation, redactor);
      const text = JSON.stringify(result);
      expect(text).not.toContain(SECRET);
      const { stdout, stderr } = parseResult(text);
      for (const output of [stdout, stderr]) {
        const shown = typeof output === 'string' && invocation.encoding === 'base64' ? atob(output) : String(output);
        expect(typeof output === 'string' ? shown : Buffer.from(output).toString('latin1')).not.toContain(SECRET);
      }
    }),
    RUNS,
  );
});
