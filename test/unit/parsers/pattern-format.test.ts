// Promised    : patterns with named groups and problem matchers of VS Code are read as formats, in linear time; what is wrong with one
//               is told by name.
// Not promised: patterns that need look-around or back-references.
import { describe, expect, it } from 'vitest';
import { createDiagnosticsParser, parseDiagnostics, type ParseDiagnosticsOptions } from '../../../src/parsers/index.js';

type Format = ParseDiagnosticsOptions['format'];

function read(output: string, format: Format, cwd?: string): unknown[] {
  return parseDiagnostics(output, { format, cwd }).diagnostics.map(
    ({ file, line, column, endLine, endColumn, severity, code, message, source, tool }) =>
      [file, line, column, endLine, endColumn, severity, code, message, source, tool]
        .map((value) => value ?? '-')
        .join(' | '),
  );
}

describe('a pattern with named groups', () => {
  const format = {
    name: 'shop-lint',
    pattern: String.raw`^(?<severity>E|W)\((?<code>\w+)\) (?<file>[^@]+)@(?<line>\d+)\.(?<column>\d+): (?<message>.*)$`,
  };

  it('PAR-07 gives what its groups say', () => {
    expect(read('E(naming) src/a.shop@3.7: bad name\nnoise\nW(size) ./b.shop@1.1: long', format, '/work')).toEqual([
      'src/a.shop | 3 | 7 | - | - | error | naming | bad name | shop-lint | shop-lint',
      'b.shop | 1 | 1 | - | - | warning | size | long | shop-lint | shop-lint',
    ]);
  });

  it('PAR-07 takes the whole match for the message, and its own severity, where it has no group for them', () => {
    expect(read('ERROR everything is wrong', { name: 'log', pattern: 'ERROR .*', severity: 'info' })).toEqual([
      '- | - | - | - | - | info | - | ERROR everything is wrong | log | log',
    ]);
  });

  it('PAR-07 stands beside named formats', () => {
    const { formats } = parseDiagnostics('a.c:1:1: error: text\nE(x) a@1.1: text', { format: ['gcc', format] });
    expect(formats).toEqual(['gcc', 'shop-lint']);
  });
});

describe('a problem matcher of VS Code', () => {
  const tsc = {
    owner: 'typescript',
    source: 'ts',
    applyTo: 'closedDocuments',
    fileLocation: ['relative', '${workspaceFolder}/packages/shop'],
    pattern: {
      regexp: String.raw`^([^\s].*)[\(:](\d+)[,:](\d+)(?:\):\s+|\s+-\s+)(error|warning|info)\s+TS(\d+)\s*:\s*(.*)$`,
      file: 1,
      line: 2,
      column: 3,
      severity: 4,
      code: 5,
      message: 6,
    },
  };

  it('PAR-07 is taken as it stands, with the folder of its files', () => {
    expect(read("src/a.ts(1,7): error TS2322: Type 'x'.", tsc, '/work')).toEqual([
      "packages/shop/src/a.ts | 1 | 7 | - | - | error | 2322 | Type 'x'. | typescript | ts",
    ]);
  });

  it('PAR-07 reads messages of several lines, of which the last repeats', () => {
    const stylish = {
      owner: 'eslint',
      pattern: [
        { regexp: String.raw`^([^\s].*)$`, file: 1 },
        {
          regexp: String.raw`^\s+(\d+):(\d+)\s+(error|warning|info)\s+(.+?)(?:\s\s+(.*))?$`,
          line: 1,
          column: 2,
          severity: 3,
          message: 4,
          code: 5,
          loop: true,
        },
      ],
    };
    const output =
      'a heading\n\n/work/src/a.js\n  1:7   error    unused  no-unused\n  2:5   warning  let     prefer-const\n\ndone';
    expect(read(output, stylish, '/work')).toEqual([
      'src/a.js | 1 | 7 | - | - | error | no-unused | unused | eslint | eslint',
      'src/a.js | 2 | 5 | - | - | warning | prefer-const | let | eslint | eslint',
    ]);
  });

  it('PAR-07 has the defaults of the editor, and reads a location of one group', () => {
    expect(
      read('a.x:3:4', { owner: 'short', severity: 'warning', pattern: { regexp: '^(.+):(\\d+):(\\d+)$' } }),
    ).toEqual(['a.x | 3 | 4 | - | - | warning | - | a.x:3:4 | short | short']);
    const span = { regexp: '^(\\S+) \\((.*)\\) (.*)$', file: 1, location: 2, message: 3 };
    expect(read('a.x (3,4,5,6) wrong', span)).toEqual(['a.x | 3 | 4 | 5 | 6 | error | - | wrong | pattern | pattern']);
  });
});

describe('a wrong pattern', () => {
  it.each<[string, Format, RegExp]>([
    [
      'look-around',
      { owner: 'x', pattern: { regexp: '(?=a)b' } },
      /format\.pattern\.regexp is not a pattern in RE2 syntax/,
    ],
    [
      'a group that it has not',
      { owner: 'x', pattern: { regexp: '(a)', line: 2 } },
      /format\.pattern\.line must be the number of a group, from 0 to 1/,
    ],
    ['a name of the editor', { owner: 'x', pattern: '$tsc' }, /format\.name/],
    ['no pattern', {}, /format\.pattern/],
    ['the empty text', { name: 'x', pattern: 'a*' }, /format\.pattern must not match the empty text/],
    ['too long', { name: 'x', pattern: 'a'.repeat(2_001) }, /at most 2000 characters/],
    ['a number', 7 as never, /format must be a pattern or the name of a format/],
  ])('PAR-07 is refused by name: %s', (_, format, message) => {
    expect(() => createDiagnosticsParser({ format })).toThrow(message);
  });
});

describe('a pattern that other engines choke on', () => {
  it('PAR-08 takes time linear in the line', () => {
    const format = { name: 'evil', pattern: '(a+)+$' };
    const parse = createDiagnosticsParser({ format });
    // Backtracking would take longer than the universe has, and the limit of the test stops it.
    expect(parse(`${'a'.repeat(4_000)}!`).diagnostics).toEqual([]);
  });
});
