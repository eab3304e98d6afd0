import { describe, expect, it } from 'vitest';
import { isSurelyShort, lengthExcess, type LengthLimits, type LengthSubject } from '../../../src/core/length-budget.js';
import { quoteForWindows } from '../../../src/core/windows-command-line.js';

const posix: LengthLimits = { kind: 'posix', stringBytes: 100, totalBytes: 300 };
const windows: LengthLimits = { kind: 'windows', lineUnits: 100, environmentUnits: 50 };

function subject(given: Partial<LengthSubject>): LengthSubject {
  return { file: '/x', args: [], variables: [], isVerbatim: false, ...given };
}

describe('CMD-16: POSIX', () => {
  it('counts bytes and the terminator of a single argument', () => {
    expect(lengthExcess(subject({ args: ['x'.repeat(99)] }), posix)).toBeUndefined();
    expect(lengthExcess(subject({ args: ['ok', 'x'.repeat(100)] }), posix)).toEqual({
      subject: 'argument',
      detail: 'args[1] has 101 bytes; the system takes 100',
    });
  });

  it.each([
    ['ü', 2],
    ['€', 3],
    ['💥', 4],
    ['\ud800', 3],
    ['\udc00', 3],
    ['\ud800a', 4],
    ['\ud800\ud800', 6],
  ])('counts %j as %i bytes', (text, bytes) => {
    expect(new TextEncoder().encode(text)).toHaveLength(bytes);
    const fits = { kind: 'posix', stringBytes: bytes + 1, totalBytes: 1000 } as const;
    expect(lengthExcess(subject({ args: [text] }), fits)).toBeUndefined();
    expect(lengthExcess(subject({ args: [text] }), { ...fits, stringBytes: bytes })).toBeDefined();
  });

  it('counts a variable with its name and the equals sign, and does not show its value', () => {
    const fits = subject({ variables: [['NAME', 'v'.repeat(94)]] });
    expect(lengthExcess(fits, posix)).toBeUndefined();
    const excess = lengthExcess(subject({ variables: [['NAME', 'v'.repeat(95)]] }), posix);
    expect(excess).toEqual({ subject: 'variable', detail: 'the variable NAME has 101 bytes; the system takes 100' });
  });

  it('counts everything together, with a pointer for each', () => {
    // 2 x 3 + 8 for the file, 8 + 71 for each argument: 172 and 251 and 330.
    const args = ['x'.repeat(70), 'x'.repeat(70), 'x'.repeat(70)];
    expect(lengthExcess(subject({ args: args.slice(1) }), { ...posix, totalBytes: 172 })).toBeUndefined();
    expect(lengthExcess(subject({ args: args.slice(1) }), { ...posix, totalBytes: 171 })?.subject).toBe('total');
    expect(lengthExcess(subject({ args }), { ...posix, totalBytes: 250 })?.detail).toBe(
      'arguments and environment have 251 bytes; the system takes 250',
    );
  });
});

describe('CMD-16: Windows', () => {
  it('counts the line as it is passed, quotes, escapes and terminator included', () => {
    // /x, a blank, and 96 characters: 99 and the terminator.
    expect(lengthExcess(subject({ args: ['y'.repeat(96)] }), windows)).toBeUndefined();
    expect(lengthExcess(subject({ args: ['y'.repeat(97)] }), windows)?.subject).toBe('line');
    expect(lengthExcess(subject({ args: [' '.repeat(94)] }), windows)).toBeUndefined();
    expect(lengthExcess(subject({ args: [' '.repeat(95)] }), windows)?.subject).toBe('line');
    expect(lengthExcess(subject({ args: [' '.repeat(96)], isVerbatim: true }), windows)).toBeUndefined();
  });

  it('counts the block of variables', () => {
    expect(lengthExcess(subject({ variables: [['A', 'x'.repeat(46)]] }), windows)).toBeUndefined();
    expect(lengthExcess(subject({ variables: [['A', 'x'.repeat(47)]] }), windows)?.subject).toBe('environment');
  });

  it.each([
    ['', '""'],
    ['a', 'a'],
    ['a b', '"a b"'],
    ['a\\', 'a\\'],
    ['a b\\', '"a b\\\\"'],
    ['"', '"\\""'],
    ['\\"', '"\\\\\\""'],
  ])('quotes %j as %s', (arg, quoted) => {
    expect(quoteForWindows(arg)).toBe(quoted);
  });
});

describe('what need not be counted', () => {
  it('is shorter than every limit, whatever its quoting costs', () => {
    expect(isSurelyShort('git', ['status'], [{ set: [['A', '1']] }])).toBe(true);
    expect(isSurelyShort('git', ['x'.repeat(2000)], [])).toBe(false);
    expect(
      isSurelyShort(
        'git',
        Array.from({ length: 300 }, () => ''),
        [],
      ),
    ).toBe(false);
    expect(isSurelyShort('git', [], [{ set: [['A', 'x'.repeat(2000)]] }])).toBe(false);
    const worst = '"'.repeat(1980);
    expect(isSurelyShort('git', [worst], [])).toBe(true);
    expect(lengthExcess(subject({ args: [worst] }), { ...windows, lineUnits: 8191 })).toBeUndefined();
  });

  it('takes a time in proportion to the text', () => {
    const args = ['\\'.repeat(2_000_000), '"'.repeat(1_000_000)];
    expect(lengthExcess(subject({ args }), { ...windows, lineUnits: 32_767 })?.subject).toBe('line');
  });
});
