// Promised    : a review comes out of what a real program of the name coderabbit writes, on both backends; what it is given,
//               and that its key shows nowhere.
// Not promised: that CodeRabbit answers.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCodeRabbit } from '../../../src/coderabbit/index.js';
import { createRunner, type CustodyRunner } from '../../../src/index.js';
import { REVIEW_EVENTS, REVIEW_TEXT } from '../../programs/coderabbit-replies.js';
import { FakeTool } from '../../programs/fake-tool.js';

const KEY = 'a-key-of-no-known-form';

describe.each(['require', 'off'] as const)('native: %s', (native) => {
  let tool: FakeTool;
  let runner: CustodyRunner;

  beforeEach(() => {
    tool = new FakeTool('coderabbit');
    runner = createRunner({ native, preset: 'agent', defaults: { elevated: 'allow' } });
  });

  afterEach(async () => {
    delete process.env['CODERABBIT_API_KEY'];
    await runner.close();
    tool.remove();
  });

  it.each([
    ['events', REVIEW_EVENTS],
    ['text', REVIEW_TEXT],
  ])('CR-01: reads %s of a real program', async (_name, stdout) => {
    tool.reply('review', { stdout });
    const { findings, isReviewed } = await createCodeRabbit(runner, { executable: tool.file }).runReview();
    expect({ isReviewed, files: findings.map(({ file }) => file) }).toMatchObject({
      isReviewed: true,
      files: ['src/a.ts', expect.any(String)],
    });
  });

  it('CR-02: does not throw where there is no such program', async () => {
    const result = await createCodeRabbit(runner, { executable: 'custody-no-such-rabbit' }).runReview();
    expect(result).toMatchObject({ findings: [], isReviewed: false });
    expect(result.warning).toContain('not installed');
  });

  it('CR-03: passes the files on', async () => {
    tool.reply('review', { stdout: REVIEW_EVENTS });
    await createCodeRabbit(runner, { executable: tool.file }).runReview({ files: ['src/a.ts', 'b c'] });
    expect(tool.calls('review')[0]?.args).toEqual(['review', '--agent', '--files', 'src/a.ts', 'b c']);
  });

  it('CR-04: the key of the host passes, and one that is given shows nowhere', async () => {
    process.env['CODERABBIT_API_KEY'] = 'of the host';
    tool.reply('review', { stdout: `no such key: ${KEY}\n`, stderr: `rate limit for ${KEY}\n`, exitCode: 1 });
    await createCodeRabbit(runner, { executable: tool.file }).runReview();
    expect(tool.calls('review')[0]?.env).toHaveProperty('CODERABBIT_API_KEY', 'of the host');
    const result = await createCodeRabbit(runner, { executable: tool.file, apiKey: KEY }).runReview();
    expect(tool.calls('review').map(({ env }) => env['CODERABBIT_API_KEY'])).toContain(KEY);
    expect(result.rawOutput).toBe('no such key: [REDACTED]\n\nrate limit for [REDACTED]\n');
    expect(JSON.stringify(result)).not.toContain(KEY);
  });
});
