// Promised    : a parser of the caller's gets what the command wrote and its findings stand in the result, redacted, counted
//               in the log; what it throws or returns that is no error changes nothing but a warning.
// Not promised: any format: that is the parsers' business.
import { describe, expect, it } from 'vitest';
import { parseResult } from '../../src/core/parse-result.js';
import type { ErrorParser, ParsableOutput, RunOptions, RunResult } from '../../src/index.js';
import { toLogRecord } from '../../src/telemetry/index.js';
import { forEachBackend } from './describe-backend.js';

const secret = 'hunter2-hunter2';

/** Finds lines such as `a.c:3:7: error: text`. */
const gcc: ErrorParser = ({ combined }) =>
  Array.from(
    combined().matchAll(/^(\S+):(\d+):(\d+): (\w+): (.*)$/gmu),
    ([, file, line, column, severity, message]) => ({
      ...{ file, line: Number(line), column: Number(column), severity, message: message ?? '', source: 'gcc' },
    }),
  );

forEachBackend((scene) => {
  const say = (script: string, options: RunOptions): Promise<RunResult> =>
    scene.runner.run(process.execPath, ['-e', script], options);

  it('RES-11: tells what the parser found', async () => {
    const result = await say(
      "console.error('a.c:3:7: error: no such thing'); console.log('fine'); process.exitCode = 1",
      { parseErrors: gcc },
    );
    const found = {
      ...{ file: 'a.c', line: 3, column: 7, severity: 'error', message: 'no such thing', source: 'gcc', code: null },
    };
    expect(result.errors).toEqual([found]);
    expect(result.warnings).toEqual([]);
    expect(parseResult(JSON.stringify(result)).errors).toEqual([found]);
  });

  it('OBS-05: logs how many errors were parsed, and nothing where none were', async () => {
    const result = await say("console.log('a.c:3:7: error: one\\nb.c:1:1: warning: two')", { parseErrors: gcc });
    expect(toLogRecord(result)).toMatchObject({ parsedErrors: 2 });
    expect(toLogRecord(await say('', { parseErrors: gcc }))).not.toHaveProperty('parsedErrors');
  });

  it('RES-11: the parser gets what was written, and the result shows it redacted', async () => {
    let seen: ParsableOutput | undefined;
    const parseErrors: ErrorParser = (output) => {
      seen = output;
      return [{ message: output.stdout, file: `/tmp/${secret}` }];
    };
    const script = "process.stdout.write(process.env.PASSWORD + '\\r\\nsecond'); process.exitCode = 3";
    const result = await say(script, { parseErrors, secrets: { PASSWORD: secret } });
    expect(seen).toMatchObject({
      stdout: `${secret}\nsecond`,
      stderr: '',
      exitCode: 3,
      file: process.execPath,
      cwd: null,
    });
    expect(result.errors).toMatchObject([
      { message: '[REDACTED]\nsecond', file: '/tmp/[REDACTED]', severity: 'error' },
    ]);
    expect(JSON.stringify(result)).not.toContain(secret);
  });

  it('RES-11: a truncated output comes without a marker', async () => {
    let text = '';
    const parseErrors: ErrorParser = ({ stdout }) => {
      text = stdout;
      return [];
    };
    const result = await say("process.stdout.write('y\\n'.repeat(2500))", { parseErrors, maxOutputBytes: 1024 });
    expect(result.stdout).toContain('TRUNCATED');
    expect(text).toMatch(/^(?:y?\n)+$/u);
  });

  it('RES-11: is asked once, also where the result is told to others and written as JSON', async () => {
    let calls = 0;
    const parseErrors: ErrorParser = () => {
      calls += 1;
      return [];
    };
    const result = await say('', { parseErrors, redact: { values: ['not-there-at-all'] } });
    JSON.stringify(result);
    expect(calls).toBe(1);
  });

  describe('RES-11: changes nothing but a warning', () => {
    const wrong: readonly (readonly [string, unknown, RegExp])[] = [
      ['that throws', (): unknown => JSON.parse('{') as unknown, /parseErrors threw/u],
      ['that is asynchronous', () => Promise.resolve([]), /returned no array/u],
      ['that returns other things', () => [null, 5, { message: 7 }], /3 that are no errors/u],
      [
        'that finds thousands',
        () => Array.from({ length: 5_000 }, () => ({ message: 'm' })),
        /4000 beyond the first 1000/u,
      ],
      [
        'whose errors throw',
        () => [Object.defineProperty({}, 'message', { get: (): string => JSON.parse('{') as string })],
        /threw/u,
      ],
    ];

    it.each(wrong)('a parser %s', async (_name, parseErrors, warning) => {
      const result = await say("console.log('out'); process.exitCode = 4", { parseErrors: parseErrors as ErrorParser });
      expect(result).toMatchObject({ exitCode: 4, stdout: 'out\n', warnings: [expect.stringMatching(warning)] });
      expect(result.errors.length).toBeLessThanOrEqual(1_000);
    });
  });
});
