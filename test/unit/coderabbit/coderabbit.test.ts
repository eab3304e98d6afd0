import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCodeRabbit, type CodeRabbitResult, type ReviewOptions } from '../../../src/coderabbit/index.js';
import { readJson } from '../../../src/coderabbit/read-json.js';
import { readText } from '../../../src/coderabbit/read-text.js';
import { CommandValidationError } from '../../../src/core/errors.js';
import { scriptedRunner, type ScriptedCommand } from '../../../src/testing/index.js';
import { REVIEW_EVENTS, REVIEW_TEXT } from '../../programs/coderabbit-replies.js';

async function review(
  answer: Omit<ScriptedCommand, 'file'>,
  options: ReviewOptions = {},
  cwd?: string,
): Promise<CodeRabbitResult> {
  const runner = scriptedRunner([{ file: 'coderabbit', ...answer }]);
  const result = await createCodeRabbit(runner, { cwd }).runReview(options);
  runner.verify();
  return result;
}

const FROM_EVENTS = [
  {
    ...{ file: 'src/a.ts', line: 14, severity: 'major' },
    message: 'In `@src/a.ts` around lines 14 - 17, the result is dropped; await it.',
    suggestion: 'await save();',
  },
  { file: 'docs/b.md', line: null, severity: 'trivial', message: 'A typo.', suggestion: null },
];

const FROM_TEXT = [
  {
    ...{ file: 'src/a.ts', line: 14, severity: 'potential_issue' },
    message: 'The result is dropped.\n\nAn error would be lost.',
    suggestion: 'In @src/a.ts around lines 14 - 17, await the call.',
  },
  {
    ...{ file: 'src/lib/c.ts', line: 3, severity: 'nitpick' },
    message: 'In @src/lib/c.ts at line 3, shorten the name.',
    suggestion: null,
  },
];

describe('runReview', () => {
  it('CR-01, CR-04: reads events, one on each line', async () => {
    const result = await review({ args: ['review', '--agent'], stdout: REVIEW_EVENTS });
    expect(result).toEqual({
      ...{ findings: FROM_EVENTS, summary: 'Review completed', isReviewed: true, failure: null },
      rawOutput: REVIEW_EVENTS,
    });
  });

  it('CR-01, CR-04: reads one document', async () => {
    const finding = { file: 'a.ts', line: '7', severity: 'Critical', message: 'Bad.', suggestion: 'Good.', extra: 1 };
    const result = await review({ stdout: JSON.stringify({ summary: 'One thing.', findings: [finding] }, null, 2) });
    expect(result).toMatchObject({ summary: 'One thing.', isReviewed: true });
    expect(result.findings).toEqual([
      { file: 'a.ts', line: 7, severity: 'critical', message: 'Bad.', suggestion: 'Good.' },
    ]);
  });

  it('CR-01, CR-04: reads structured text', async () => {
    const result = await review({ stdout: REVIEW_TEXT });
    expect(result).toMatchObject({ findings: FROM_TEXT, summary: 'Review completed: 2 findings', isReviewed: true });
    expect(result).not.toHaveProperty('warning');
  });

  it('CR-02: is an empty result with a warning where the CLI is not installed', async () => {
    const result = await review({ notStarted: 'not-found' });
    expect(result).toMatchObject({ findings: [], rawOutput: '', isReviewed: false });
    expect(result.warning).toContain("'coderabbit' is not installed");
  });

  it.each([
    ['prose', 'I have looked at it. All is well, I think.\n'],
    ['nothing', ''],
    ['other JSON', '{"ok":true}\n[1,2]\n'],
    ['half a document', '{"findings":[{"file":"a.ts",'],
  ])('CR-04: has a warning, no findings and the output as it is for %s', async (_name, stdout) => {
    expect(await review({ stdout })).toEqual({
      ...{ findings: [], summary: '0 findings', rawOutput: stdout, isReviewed: false, failure: null },
      warning: 'the output is neither JSON nor the text of a review',
    });
  });

  it.each([
    [
      'an event without a file',
      `{"type":"finding","comment":"x"}\n${REVIEW_EVENTS}`,
      '1 findings have no file or no message',
    ],
    ['a line that is cut', `${REVIEW_EVENTS}{"type":"find\n`, '1 lines are no JSON'],
    [
      'no end',
      REVIEW_EVENTS.split('\n').slice(0, -2).join('\n'),
      'the output does not say that the review was completed',
    ],
    ['an error', `${REVIEW_EVENTS}{"type":"error","message":"stream lost"}\n`, 'stream lost'],
    [
      'text without an end',
      REVIEW_TEXT.replace(/Review completed.*/u, ''),
      'the output does not say that the review was completed',
    ],
  ])('CR-04: keeps what can be read and warns of %s', async (_name, stdout, warning) => {
    const result = await review({ stdout });
    expect(result).toMatchObject({ isReviewed: false, warning });
    expect(result.findings).toHaveLength(2);
  });

  it.each([
    ['{"type":"error","errorType":"rate_limit","message":"Rate limit exceeded"}\n', 'rate_limited'],
    ['You are not logged in. Run coderabbit auth login\n', 'login_required'],
  ])('says why a review failed: %s', async (stdout, subcode) => {
    const result = await review({ stdout, exitCode: 1 });
    expect(result).toMatchObject({ findings: [], isReviewed: false, failure: { subcode } });
    expect(result.warning).toContain(`the review failed (${subcode}): `);
  });

  it('is a result where the review was stopped', async () => {
    expect(await review({ stopped: 'timeout' })).toMatchObject({ isReviewed: false, failure: { category: 'timeout' } });
  });

  it.each([
    [['src/a.ts'], ['src/a.ts']],
    [['./src//a.ts'], ['src/a.ts']],
    [['/repo/docs'], ['docs/b.md']],
    [['src'], ['src/a.ts']],
    [['sr', 'a.ts', 'src/a'], []],
    [['.'], ['src/a.ts', 'docs/b.md']],
  ])('CR-03: has findings about %j alone', async (files, expected) => {
    const args = ['review', '--agent', '--type', 'uncommitted', '--files', ...files];
    const result = await review({ args, stdout: REVIEW_EVENTS }, { files, type: 'uncommitted' }, '/repo');
    expect(result.findings.map(({ file }) => file)).toEqual(expected);
    expect(result.summary).toBe(expected.length === 1 ? '1 finding' : `${String(expected.length)} findings`);
  });

  it('CR-03: limits what an old version says, which knows neither files nor events', async () => {
    const file = 'coderabbit';
    const runner = scriptedRunner([
      {
        file,
        args: ['review', '--agent', '--files', './-a', 'src/lib'],
        exitCode: 1,
        stderr: "error: unknown option '--agent'\n",
      },
      {
        file,
        args: ['review', '--plain', '--no-color', '--files', './-a', 'src/lib'],
        exitCode: 1,
        stderr: "error: unknown option '--files'\n",
      },
      { file, args: ['review', '--plain', '--no-color'], stdout: REVIEW_TEXT },
    ]);
    const { findings } = await createCodeRabbit(runner).runReview({ files: ['-a', 'src/lib'] });
    expect(findings).toEqual([FROM_TEXT[1]]);
    runner.verify();
  });

  it('refuses arguments that are wrong, all at once', async () => {
    const runner = scriptedRunner([]);
    expect(() => createCodeRabbit(runner, { cwd: '', timeoutMs: -1 })).toThrow(CommandValidationError);
    const error: unknown = await createCodeRabbit(runner)
      .runReview({ files: [], type: 'some', base: '', signal: 1, budget: 1 } as never)
      .catch((reason: unknown) => reason);
    const { issues } = error as CommandValidationError;
    expect(issues.map(({ property }) => property)).toEqual(['files', 'type', 'base', 'signal', 'budget']);
  });
});

describe('the readers', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '='.repeat(20),
      'File: a',
      'Line: 1',
      'Comment:',
      '{"type":"finding"',
      '{"type":"finding","file":"a"}',
      '[',
      '\u001b[1m',
    ),
    fc.string(),
  );

  it('CR-04: throw for nothing', () => {
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        for (const findings of [readJson(pieces.join('\n'))?.findings, readText(pieces.join('\n'))?.findings]) {
          for (const { file, message } of findings ?? []) expect(file !== '' && message !== '').toBe(true);
        }
      }),
    );
  });
});
