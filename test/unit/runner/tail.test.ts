import { describe, expect, it } from 'vitest';
import type { TailSize } from '../../../src/runner/runner.js';
import { createMemoryScene } from '../../doubles/memory-runner.js';

function tailOf(text: string, size: TailSize, maxOutputBytes = 1_048_576): string {
  const { runner, backend } = createMemoryScene();
  const handle = runner.start('tool', [], { maxOutputBytes });
  backend.last.start().write('stdout', text);
  return handle.tail('stdout', size);
}

describe('tail by lines', () => {
  it.each([
    ['a\nb\nc\n', 1, 'c\n'],
    ['a\nb\nc\n', 2, 'b\nc\n'],
    ['a\nb\nc', 2, 'b\nc'],
    ['a\nb\n', 5, 'a\nb\n'],
    ['\n\n\n', 2, '\n\n'],
    ['\na\n', 2, '\na\n'],
    ['\n', 1, '\n'],
    ['\n', 2, '\n'],
    ['abc', 1, 'abc'],
    ['abc\n', 0, ''],
    ['', 3, ''],
  ])('of %j gives the last %i', (text, lines, expected) => {
    expect(tailOf(text, { lines })).toBe(expected);
  });

  it('looks as far back as it needs to', () => {
    const long = 'x'.repeat(20_000);
    expect(tailOf(`first\n${long}\n${long}\n`, { lines: 2 })).toBe(`${long}\n${long}\n`);
  });

  it('does not reach over a gap', () => {
    const text = `head\n${'m'.repeat(5000)}tail\n`;
    const tail = tailOf(text, { lines: 3 }, 1024);
    expect(tail).toBe(text.slice(-768));
  });
});

describe('tail by bytes', () => {
  it('gives the last bytes', () => {
    expect(tailOf('abcdef', { bytes: 2 })).toBe('ef');
    expect(tailOf('abcdef', { bytes: 100 })).toBe('abcdef');
    expect(tailOf('abcdef', { bytes: 0 })).toBe('');
  });

  it('begins with a whole character', () => {
    expect(tailOf('€€', { bytes: 4 })).toBe('€');
  });

  it('gives what is kept when more is asked for', () => {
    expect(tailOf('m'.repeat(5000), { bytes: 5000 }, 1024)).toBe('m'.repeat(768));
  });
});

it.each([{}, { lines: -1 }, { bytes: 1.5 }, { lines: '3' }])('refuses a size of %j', (size) => {
  expect(() => tailOf('', size as unknown as TailSize)).toThrow(expect.objectContaining({ property: 'size' }));
});
