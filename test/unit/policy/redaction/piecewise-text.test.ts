import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../../src/policy/redaction/create-redactor.js';

function streamOf(values: readonly string[], builtIn = false) {
  const named = values.map((value) => ['secret', value] as const);
  return createRedactor({ values: named, builtIn, patterns: [], longRuns: false }).stream();
}

describe('text that comes in pieces', () => {
  it('ENV-14: holds back what may be the beginning of a value, and no more', () => {
    const stream = streamOf(['hunter2xyz']);
    expect(stream.push('the hunt')).toBe('the ');
    expect(stream.push('ing of hunter')).toBe('hunting of ');
    expect(stream.push('2xyz!')).toBe('[REDACTED]!');
    expect(stream.push('hun')).toBe('');
    expect(stream.flush(false)).toBe('hun');
  });

  it('ENV-14: finds a value that is cut into characters and one over lines', () => {
    const stream = streamOf(['line one\nline two']);
    const shown = Array.from('a line one\nline two b', (character) => stream.push(character)).join('');
    expect(shown + stream.flush(false)).toBe('a [REDACTED] b');
  });

  it('ENV-14: shows no piece of a value on either side of a gap', () => {
    const stream = streamOf(['hunter2xyz']);
    expect(stream.push('a hunt') + stream.flush(true)).toBe('a [REDACTED]');
    expect(stream.push('r2') + stream.push('xy') + stream.push('z and more')).toBe('[REDACTED] and more');
  });

  it('judges patterns by the line', () => {
    const stream = streamOf([], true);
    expect(stream.push('password=')).toBe('');
    expect(stream.push('letmein\nnext')).toBe('password=[REDACTED]\n');
    expect(stream.flush(false)).toBe('next');
  });

  it('lets go of a line without an end, also of a token that is longer than anything that is held', () => {
    const stream = streamOf([], true);
    let shown = '';
    let largest = 0;
    for (let index = 0; index < 300; index += 1) {
      const piece = stream.push('word '.repeat(200));
      largest = Math.max(largest, piece.length);
      shown += piece;
    }
    expect(largest).toBeLessThan(100_000);
    expect(shown + stream.flush(false)).toBe('word '.repeat(60_000));

    const token = streamOf([], true);
    shown = token.push('password=');
    for (let index = 0; index < 300; index += 1) shown += token.push('a1'.repeat(1000));
    expect(shown + token.flush(false)).toMatch(/^password=(?:\[REDACTED\])+$/);
  });
});
