import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../src/cli/args.js';
import { createColors, wantsColors, type ColorChoice } from '../../../src/cli/render/colors.js';

describe('colours', () => {
  it.each<[ColorChoice, Record<string, string>, boolean, boolean]>([
    ['auto', {}, true, true],
    ['auto', {}, false, false],
    ['auto', { TERM: 'dumb' }, true, false],
    ['auto', { NO_COLOR: '1' }, true, false],
    ['auto', { NO_COLOR: '' }, true, true],
    ['auto', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    ['auto', { FORCE_COLOR: '1' }, false, true],
    ['auto', { FORCE_COLOR: '0' }, true, false],
    ['always', { NO_COLOR: '1' }, false, true],
    ['never', { FORCE_COLOR: '1' }, true, false],
  ])('are, for --color %s with %j and a terminal %s, %s', (choice, environment, isTTY, expected) => {
    expect(wantsColors(choice, environment, isTTY)).toBe(expected);
  });

  it('leave text alone where they are not wanted', () => {
    expect(createColors(false).red('x')).toBe('x');
    expect(createColors(true).red('x')).toBe('\x1b[31mx\x1b[39m');
  });

  it('are asked for before and after the name of a command, and as the last of a one-string command', () => {
    const color = (...argv: readonly string[]): unknown => {
      const line = parseArguments(argv, '1', { out: () => undefined, err: () => undefined });
      return line.kind === 'command' ? line.color : line;
    };
    expect(color('doctor')).toBe('auto');
    expect(color('--color', 'never', 'doctor')).toBe('never');
    expect(color('doctor', '--color', 'always')).toBe('always');
    expect(color('exec', 'npm test', '--color', 'never')).toBe('never');
    expect(color('exec', 'ls', '--color', 'never')).toBe('auto');
    expect(color('doctor', '--color', 'blue')).toEqual({ kind: 'finished', exitCode: 2 });
  });
});
