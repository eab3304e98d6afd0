// Promised: the types of the other entries: custody/failure, custody/telemetry, custody/testing, custody/redaction. Nothing here
//           runs: `npm run typecheck` judges it.
import { describe, expectTypeOf, it } from 'vitest';
import {
  classifyFailure,
  classifyResult,
  evidenceOf,
  retry,
  type Failure,
  type FailureCategory,
  type FailureEvidence,
  type RetryReport,
} from '../../src/failure/public.js';
import { run, type Runner, type RunObserver, type RunResult } from '../../src/index.js';
import { createLogRedactor, type LogRedactor } from '../../src/policy/redaction/log-redactor.js';
import { chromeTrace, logObserver } from '../../src/telemetry/index.js';
import { recordingRunner, replayRunner, scriptedRunner } from '../../src/testing/index.js';

declare const result: RunResult;

describe('custody/failure', () => {
  it('FAIL-02: names a category of the closed list, or finds no failure', () => {
    expectTypeOf(classifyResult(result)).toEqualTypeOf<Failure | null>();
    expectTypeOf<Failure['category']>().toEqualTypeOf<FailureCategory>();
    expectTypeOf<'anything'>().not.toExtend<FailureCategory>();
  });

  it('FAIL-14: takes evidence of any origin, and results of both forms', () => {
    expectTypeOf(evidenceOf(result)).toEqualTypeOf<FailureEvidence>();
    expectTypeOf(classifyFailure).parameter(0).toEqualTypeOf<FailureEvidence>();
    expectTypeOf<RunResult<Uint8Array>>().toExtend<Parameters<typeof classifyResult>[0]>();
  });

  it('FAIL-11: tries again only what is called idempotent', () => {
    expectTypeOf(retry(() => run('git', ['fetch']), { idempotent: true })).resolves.toEqualTypeOf<RetryReport>();
    // @ts-expect-error it has to be said
    void retry(() => run('git', ['push']), {});
    // @ts-expect-error and it has to be true
    void retry(() => run('git', ['push']), { idempotent: false });
    // @ts-expect-error nothing else can be classified
    void retry(() => Promise.resolve(7), { idempotent: true });
  });
});

describe('custody/testing', () => {
  it('EXR-01: gives runners, so that tested code cannot tell', () => {
    expectTypeOf(scriptedRunner).returns.toExtend<Runner>();
    expectTypeOf(recordingRunner).returns.toExtend<Runner>();
    expectTypeOf(replayRunner).returns.toExtend<Runner>();
  });
});

describe('custody/telemetry', () => {
  it('OBS-03: gives observers for the loggers there are', () => {
    expectTypeOf(logObserver).returns.toExtend<RunObserver>();
    expectTypeOf(chromeTrace).returns.toExtend<RunObserver>();
    logObserver({ logger: console, messageFirst: true });
    // @ts-expect-error a logger has a method for each level
    logObserver({ logger: { info: () => undefined } });
  });
});

describe('custody/redaction', () => {
  it('ENV-13: redacts text, and variables by their names', () => {
    expectTypeOf(createLogRedactor()).toEqualTypeOf<LogRedactor>();
    // @ts-expect-error in the syntax of RE2, as text
    createLogRedactor({ patterns: [/secret/u] });
  });
});
