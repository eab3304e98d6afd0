import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createColors } from '../../../src/cli/render/colors.js';
import { displayWidth, fitText, printable } from '../../../src/cli/render/display-text.js';
import { renderTable, type TableColumn } from '../../../src/cli/render/table.js';

const columns: readonly TableColumn[] = [
  { title: 'ID' },
  { title: 'COMMAND', minWidth: 10 },
  { title: 'TIME', align: 'right' },
];
const rows = [
  ['a1', 'npm run a-script-with-a-long-name', '1 s'],
  ['b22', 'ls', '12.5 s'],
];

describe('a table', () => {
  it('is as wide as its texts where nothing has to fit', () => {
    expect(renderTable(columns, rows, { columns: undefined })).toBe(
      [
        'ID   COMMAND                              TIME',
        'a1   npm run a-script-with-a-long-name     1 s',
        'b22  ls                                 12.5 s',
        '',
      ].join('\n'),
    );
  });

  it('takes what is too much from the columns that may shrink', () => {
    const text = renderTable(columns, rows, { columns: 30 });
    expect(text.split('\n')[1]).toBe('a1   npm run a-script…     1 s');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(30);
  });

  it('never cuts below what a column says', () => {
    expect(renderTable(columns, rows, { columns: 5 })).toContain('npm run a…');
  });

  it('paints cells without moving them', () => {
    const paint = createColors(true).red;
    const painted = renderTable(columns, [['a1', { text: 'ls', paint }, '1 s']], { columns: undefined });
    const plain = renderTable(columns, [['a1', 'ls', '1 s']], { columns: undefined });
    expect(painted).toContain(paint('ls'));
    expect(painted.replaceAll(paint('ls'), 'ls')).toBe(plain);
  });

  it('lets no escape sequence and no line end of a cell through', () => {
    const hostile = '\x1b]0;title\x07\x9b31m\r\n\u202etxt';
    const text = renderTable([{ title: 'X' }], [[hostile]], { columns: undefined });
    expect(text).toBe('X\n\\x1b]0;title\\x07\\x9b31m\\r\\n\\u202etxt\n');
  });

  it('fits whatever its texts are, on any width that its columns allow', () => {
    const cell = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 40 }));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell), { maxLength: 5 }),
        fc.integer({ min: 14, max: 100 }),
        (some, width) => {
          const shrinking = ['A', 'B'].map((title) => ({ title, minWidth: 4 }));
          const lines = renderTable(shrinking, some, { columns: width }).split('\n');
          expect(lines).toHaveLength(some.length + 2);
          for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('text for a terminal', () => {
  it('is measured in columns', () => {
    expect(displayWidth('abc')).toBe(3);
    expect(displayWidth('日本')).toBe(4);
    expect(displayWidth('e\u0301')).toBe(1);
    expect(displayWidth('🚀')).toBe(2);
  });

  it('is cut to fit with an ellipsis', () => {
    expect(fitText('abcdef', 6)).toBe('abcdef');
    expect(fitText('abcdef', 4)).toBe('abc…');
    expect(fitText('日本語', 4)).toBe('日…');
    expect(fitText('abc', 0)).toBe('');
  });

  it('keeps what is harmless', () => {
    expect(printable('plain "text" ü 日本 🚀')).toBe('plain "text" ü 日本 🚀');
  });
});
