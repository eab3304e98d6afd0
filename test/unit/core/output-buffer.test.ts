import { describe, expect, it } from 'vitest';
import { OutputBuffer } from '../../../src/index.js';

describe('OUT-21: OutputBuffer', () => {
  it('keeps both streams apart and in the order of their coming', () => {
    const buffer = new OutputBuffer();
    buffer.appendLine('stdout', 'a');
    buffer.append('stderr', 'b\n');
    buffer.append('stdout', Buffer.from('c'));
    expect(buffer.getOutput('stdout')).toBe('a\nc');
    expect(buffer.getOutput('stderr')).toBe('b\n');
    expect(buffer.getCombinedOutput()).toBe('a\nb\nc');
    expect([buffer.totalBytes(), buffer.totalBytes('stdout'), buffer.isTruncated()]).toEqual([5, 3, false]);
  });

  it.each([
    ['head-tail', '01\n[OUTPUT TRUNCATED: 2 bytes dropped]\n456789', '01456789'],
    ['head', '01234567\n[OUTPUT TRUNCATED: 2 bytes dropped]\n', '01234567'],
    ['tail', '\n[OUTPUT TRUNCATED: 2 bytes dropped]\n23456789', '23456789'],
  ] as const)('keeps within %s what its limit says', (overflow, text, bytes) => {
    const buffer = new OutputBuffer({ maxBytes: 8, overflow });
    for (const digit of '0123456789') buffer.append('stdout', digit);
    expect(buffer.getOutput('stdout')).toBe(text);
    expect(buffer.getCombinedOutput()).toBe(text);
    expect(Buffer.from(buffer.getBytes('stdout')).toString()).toBe(bytes);
    expect([buffer.isTruncated(), buffer.isTruncated('stdout'), buffer.isTruncated('stderr')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('keeps exactly its limit whole', () => {
    const buffer = new OutputBuffer({ maxBytes: 8, overflow: 'head' });
    buffer.append('stdout', '01234567');
    expect([buffer.getOutput('stdout'), buffer.isTruncated()]).toEqual(['01234567', false]);
  });

  it('is empty text before anything came, and after clear()', () => {
    const buffer = new OutputBuffer();
    expect([buffer.getOutput('stdout'), buffer.getCombinedOutput()]).toEqual(['', '']);
    buffer.append('stderr', 'x');
    buffer.clear();
    expect([buffer.getCombinedOutput(), buffer.totalBytes()]).toEqual(['', 0]);
  });

  it('loses order and no bytes when the streams change places too often', () => {
    const buffer = new OutputBuffer();
    for (let index = 0; index < 10_000; index += 1) buffer.append(index % 2 === 0 ? 'stdout' : 'stderr', '.');
    expect(buffer.getCombinedOutput()).toHaveLength(10_000);
  });

  it('refuses options that are not valid', () => {
    expect(() => new OutputBuffer({ maxBytes: 3 })).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
    expect(() => new OutputBuffer({ overflow: 'middle' as 'head' })).toThrow(/overflow/);
  });
});
