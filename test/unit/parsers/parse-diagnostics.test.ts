// Promised    : options decide what is read and how paths are told; noise, colours and cuts do no harm; wrong options are told all
//               at once, by name.
// Not promised: that something is found in output of an unknown tool.
import { describe, expect, it } from 'vitest';
import { CommandValidationError } from '../../../src/core/errors.js';
import { createDiagnosticsParser, parseDiagnostics, type ParseDiagnosticsOptions } from '../../../src/parsers/index.js';

const C_ERROR = 'src/a.c:3:5: error: expected expression';

function filesOf(output: string, cwd?: string): (string | null)[] {
  return parseDiagnostics(output, { cwd }).diagnostics.map(({ file }) => file);
}

describe('parseDiagnostics', () => {
  it('PAR-01 gives every field, null where the tool said nothing', () => {
    expect(parseDiagnostics(C_ERROR).diagnostics).toEqual([
      {
        file: 'src/a.c',
        line: 3,
        column: 5,
        endLine: null,
        endColumn: null,
        severity: 'error',
        code: null,
        message: 'expected expression',
        source: 'gcc',
        tool: 'cc',
      },
    ]);
  });

  it.each([
    ['/work/src/a.c', '/work', 'src/a.c'],
    ['/work/src/a.c', '/work/', 'src/a.c'],
    ['./src/../src/a.c', '/work', 'src/a.c'],
    ['../lib/a.c', '/work', '../lib/a.c'],
    ['/workshop/a.c', '/work', '/workshop/a.c'],
    ['/work/../etc/a.c', '/work', '/work/../etc/a.c'],
    ['C:\\Work\\src\\a.c', 'c:\\work', 'src/a.c'],
    ['C:\\other\\a.c', 'c:\\work', 'C:\\other\\a.c'],
    ['src\\a.c', 'c:\\work', 'src/a.c'],
    ['/work/a.c', undefined, '/work/a.c'],
  ])('PAR-01 tells %s below %s as %s', (file, cwd, told) => {
    expect(filesOf(`${file}:1:1: error: text`, cwd)).toEqual([told]);
  });

  it('PAR-07 reads the named formats only, several if several are named, and nothing for none', () => {
    const output = `${C_ERROR}\nsrc/a.ts(1,7): error TS2322: Type 'string' is not assignable.`;
    const sources = (format: ParseDiagnosticsOptions['format']): string[] =>
      parseDiagnostics(output, { format }).diagnostics.map(({ source }) => source);
    expect(sources('auto')).toEqual(['gcc', 'tsc']);
    expect(sources('tsc')).toEqual(['tsc']);
    expect(sources(['tsc', 'gcc'])).toEqual(['gcc', 'tsc']);
    expect(sources('python')).toEqual([]);
    expect(sources('none')).toEqual([]);
  });

  it('PAR-07 takes positions of unknown tools only where no known one spoke', () => {
    const unknown = 'web/site.css:3:1: Unexpected brace';
    expect(parseDiagnostics(unknown).formats).toEqual(['generic']);
    expect(parseDiagnostics(`${unknown}\n${C_ERROR}`).formats).toEqual(['gcc']);
  });

  it('PAR-08 reads what escape sequences, carriage returns and a byte order mark surround', () => {
    const link = '\u001b]8;;file:///work/src/a.c\u0007src/a.c\u001b]8;;\u001b\\';
    expect(filesOf(`\ufeff\u001b[1m${link}:3:5:\u001b[0m \u001b[31merror:\u001b[0m expected`)).toEqual(['src/a.c']);
    expect(filesOf(` 10 %\r 50 %\r${C_ERROR}\r\n`)).toEqual(['src/a.c']);
  });

  it('PAR-08 leaves out the torn line behind a truncation marker', () => {
    const marker = '\n[OUTPUT TRUNCATED: 1234 bytes dropped]\n';
    expect(filesOf(`${C_ERROR}${marker}rc/b.c:1:1: error: torn\nsrc/c.c:1:1: error: whole`)).toEqual([
      'src/a.c',
      'src/c.c',
    ]);
  });

  it('PAR-08 reads what is whole of a JSON report that was cut off', () => {
    const message = { ruleId: 'no-undef', severity: 2, message: "'a' is not defined.", line: 1, column: 1 };
    const report = JSON.stringify(['one.js', 'two.js'].map((filePath) => ({ filePath, messages: [message] })));
    expect(filesOf(report)).toEqual(['one.js', 'two.js']);
    expect(filesOf(report.slice(0, -20))).toEqual(['one.js']);
    expect(filesOf(`lint says ${report}`)).toEqual(['one.js', 'two.js']);
  });

  it('PAR-08 counts what is beyond the limit', () => {
    const { diagnostics, omitted } = parseDiagnostics(`${C_ERROR}\n`.repeat(5), { maxDiagnostics: 3 });
    expect([diagnostics.length, omitted]).toEqual([3, 2]);
  });

  it('PAR-09 makes an error of the last words of a command that failed, unless there is one', () => {
    const { diagnostics } = parseDiagnostics('warming up\nthe oven is cold\n---\n\n', { failed: true });
    expect(diagnostics).toMatchObject([{ file: null, line: null, severity: 'error', message: 'the oven is cold' }]);
    expect(parseDiagnostics(C_ERROR, { failed: true }).diagnostics).toHaveLength(1);
    expect(parseDiagnostics('', { failed: true }).diagnostics).toHaveLength(1);
    expect(parseDiagnostics('the oven is cold').diagnostics).toEqual([]);
  });

  it('PAR-07 tells every wrong option, with the name that was meant', () => {
    const wrong = { format: ['pyton', 'gcc', 7], maxDiagnostics: 0 } as unknown as ParseDiagnosticsOptions;
    expect(() => createDiagnosticsParser(wrong)).toThrow(CommandValidationError);
    expect(() => createDiagnosticsParser(wrong)).toThrow(
      /format\[0\].*did you mean 'python'.*format\[2\].*maxDiagnostics/s,
    );
  });
});
