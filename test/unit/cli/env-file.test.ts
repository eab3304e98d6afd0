import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEnvFile } from '../../../src/cli/env-file.js';

describe('a file of variables', () => {
  it('CLI-01: is read as it is documented', () => {
    const text = [
      '\ufeff# a comment',
      '',
      'A=1',
      'export B = two words  # a comment',
      "C='$HOME # as it is'",
      'D="a\\nb \\"q\\" \\$x \\\\"',
      'E=',
      "F='two",
      "lines'",
      'G=a#b',
      'A=again\r',
    ].join('\n');
    expect(parseEnvFile(text)).toEqual({
      variables: [
        ['A', '1'],
        ['B', 'two words'],
        ['C', '$HOME # as it is'],
        ['D', 'a\nb "q" \\$x \\'],
        ['E', ''],
        ['F', 'two\nlines'],
        ['G', 'a#b'],
        ['A', 'again'],
      ],
    });
  });

  it.each([
    ['A=1\nno assignment', 2, 'NAME=value'],
    ['1A=x', 1, 'NAME=value'],
    ['A="open\nB=1', 1, 'never closed'],
    ["A='x' y", 1, 'behind its closing quote'],
  ])('CLI-01: names the line that is none: %j', (text, line, problem) => {
    const parsed = parseEnvFile(text);
    expect(parsed).toMatchObject({ line });
    expect((parsed as { problem: string }).problem).toContain(problem);
  });

  it('gives every value back that is written in double quotes', () => {
    const written = (value: string): string =>
      value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(parseEnvFile(`A="${written(value)}"`)).toEqual({ variables: [['A', value]] });
      }),
    );
  });
});
