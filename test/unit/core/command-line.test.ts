import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommandLine, splitCommandLine } from '../../../src/core/command-line.js';
import { CommandValidationError } from '../../../src/core/errors.js';

describe('splitCommandLine', () => {
  it.each([
    ['npm test', ['npm', 'test']],
    ['  npm \t test \n', ['npm', 'test']],
    [`git commit -m 'two words'`, ['git', 'commit', '-m', 'two words']],
    [`say "it's" 'a "quote"'`, ['say', `it's`, 'a "quote"']],
    [`join"ed wo"rd`, ['joined word']],
    [`empty "" ''`, ['empty', '', '']],
    [`a\\ b \\"c\\" \\\\`, ['a b', '"c"', '\\']],
    [`"a \\" b" "c\\\\"`, ['a " b', 'c\\']],
    [`'a\\b' "c\\d"`, ['a\\b', 'c\\d']],
    ['C:\\tools\\run.exe -x', ['C:\\tools\\run.exe', '-x']],
    ['echo $HOME *.ts a|b > c', ['echo', '$HOME', '*.ts', 'a|b', '>', 'c']],
  ])('splits %s', (text, words) => {
    expect(splitCommandLine(text)).toEqual({ words });
  });

  it.each([`a 'b`, `a "b`, `a "b'`])('refuses the open quote in %s', (text) => {
    expect(splitCommandLine(text)).toEqual({ problem: expect.stringContaining('never closed') as string });
  });

  it.each(['', ' ', '\t\n'])('refuses the empty command "%s"', (text) => {
    expect(splitCommandLine(text)).toEqual({ problem: 'the command is empty' });
  });

  it('gives back every word that was quoted with single quotes', () => {
    const word = fc.string().filter((text) => !text.includes("'"));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        expect(splitCommandLine(words.map((one) => `'${one}'`).join(' '))).toEqual({ words });
      }),
    );
  });

  it('answers every text with words or a problem', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '"', "'", '\\') }), (text) => {
        const line = splitCommandLine(text);
        expect('words' in line ? line.words.length : line.problem.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('CMD-19: parseCommandLine', () => {
  it('gives what run() takes', () => {
    expect(parseCommandLine(`git commit -m 'two words' $HOME`)).toEqual({
      file: 'git',
      args: ['commit', '-m', 'two words', '$HOME'],
    });
  });

  it.each([
    ['"open', 'never closed'],
    ['', 'empty'],
    [7 as unknown as string, 'must be a string'],
  ])('refuses %o', (line, message) => {
    expect(() => parseCommandLine(line)).toThrow(CommandValidationError);
    expect(() => parseCommandLine(line)).toThrow(message);
  });
});
