import { describe, expect, it } from 'vitest';
import { summarizeCommand } from '../../../src/core/command-summary.js';

describe('CMD-20: the summary of a command', () => {
  it.each([
    [['git', 'commit', '-m', 'two words'], 'git commit -m "two words"'],
    [['/usr/bin/git', 'status'], '.../git status'],
    [['ls', ''], 'ls ""'],
    [['echo', 'line\nbreak\u001b[31m'], 'echo "line\\nbreak\\u001b[31m"'],
  ])('reads as %j', ([file = '', ...args], summary) => {
    expect(summarizeCommand({ file, args })).toBe(summary);
  });

  it.each([
    ...[
      ['--token', 'hunter2'],
      ['--token=hunter2'],
      ['-password', 'hunter2'],
      ['/apiKey:hunter2'],
      ['--api-key=hunter2'],
    ],
    ...[['GITHUB_TOKEN=hunter2'], ['https://user:hunter2@host/x'], ['-H', 'Authorization: Bearer hunter2']],
    ...[['--client-secret', 'hunter2'], ['x-hunter2-y']],
  ])('hides the secret of %j', (...args) => {
    const summary = summarizeCommand({ file: 'tool', args, secrets: { A: 'hunter2' } });
    const unregistered = summarizeCommand({ file: 'tool', args: args.map((arg) => arg.replace('x-hunter2-y', 'x')) });
    expect(summary).toContain('[redacted]');
    expect(summary + unregistered).not.toContain('hunter2');
  });

  it('hides secrets in the line of a shell', () => {
    const line = 'curl --token hunter2 https://me:hunter2@host | tee TOKEN=hunter2';
    const summary = summarizeCommand({ file: line, shell: true });
    expect(summary).toBe('curl --token [redacted] https://[redacted]@host | tee TOKEN=[redacted]');
  });

  it.each(['--author', '--authority', 'token.txt', 'the password is wrong', 'tokenizer'])('leaves %s alone', (arg) => {
    expect(summarizeCommand({ file: 'git', args: [arg, 'next'] })).toContain('next');
  });

  it('is bounded, as is each argument', () => {
    const args = Array.from({ length: 100_000 }, () => 'x'.repeat(1000));
    expect(summarizeCommand({ file: 'tool', args })).toHaveLength(240);
    expect(summarizeCommand({ file: 'tool', args }, { maxLength: 50 })).toHaveLength(50);
    expect(summarizeCommand({ file: 'tool', args: ['y'.repeat(200), 'z'] })).toBe(`tool ${'y'.repeat(77)}... z`);
  });

  it('applies a redaction before it cuts', () => {
    const redact = (text: string): string => text.replaceAll('hunter2', '***');
    const arg = `${'a'.repeat(75)}hunter2`;
    expect(summarizeCommand({ file: 'tool', args: [arg] }, { redact })).not.toContain('hunt');
    expect(summarizeCommand({ file: 'tool', args: [arg], secrets: { A: 'hunter2' } })).not.toContain('hunt');
  });

  it('CMD-17: names no parameter file', () => {
    const args = ['@/tmp/custody-parameters-a1b2c3/parameters', '--file=/tmp/custody-parameters-a1b2c3/parameters'];
    expect(summarizeCommand({ file: 'tool', args })).toBe('tool "@[parameter file]" "--file=[parameter file]"');
  });
});
