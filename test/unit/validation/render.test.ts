import { XMLParser } from 'fast-xml-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../../src/parsers/index.js';
import { renderAnnotations, renderJUnit, renderSarif, type ValidationOutput } from '../../../src/validation/index.js';

const DIAGNOSTIC: Diagnostic = {
  ...{ file: 'src/a b.ts', line: 3, column: 7, endLine: 3, endColumn: 9, severity: 'error', code: 'TS2322' },
  ...{ message: 'Type is wrong', source: 'tsc', tool: null },
};
const PLACELESS: Diagnostic = {
  ...DIAGNOSTIC,
  ...{ file: null, line: null, column: null, endLine: null, endColumn: null, severity: 'info', code: null },
};

function outputOf(errors: readonly Diagnostic[], stage = 'types', output = ''): ValidationOutput {
  const shared = { fixAttempted: false, exitCode: 0, reason: null, durationMs: 1500 };
  return {
    success: false,
    durationMs: 2000,
    stages: [
      { ...shared, stage, status: 'failed', passed: false, output, errors },
      { ...shared, stage: 'lint', status: 'passed', passed: true, output: '', errors: [] },
      { ...shared, stage: 'test', status: 'skipped', passed: false, output: '', errors: [], reason: 'a <b> "c"' },
    ],
  };
}

describe('renderSarif', () => {
  it('VAL-04: has a run for each stage that was run and a result for each diagnostic', () => {
    const log = JSON.parse(renderSarif(outputOf([DIAGNOSTIC, PLACELESS]))) as { readonly runs: readonly unknown[] };
    expect(log).toMatchObject({ version: '2.1.0' });
    expect(log.runs).toHaveLength(2);
    expect(log.runs[0]).toMatchObject({
      tool: { driver: { name: 'types', rules: [{ id: 'TS2322' }] } },
      invocations: [{ executionSuccessful: false }],
      results: [
        {
          ...{ ruleId: 'TS2322', level: 'error', message: { text: 'Type is wrong' } },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: 'src/a%20b.ts' },
                region: { startLine: 3, startColumn: 7, endLine: 3, endColumn: 9 },
              },
            },
          ],
        },
        { level: 'note', message: { text: 'Type is wrong' } },
      ],
    });
  });
});

describe('renderJUnit', () => {
  it('VAL-04: is XML whatever stages and outputs hold, and says the same', () => {
    const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '', trimValues: false });
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, output) => {
        const xml = renderJUnit(outputOf([DIAGNOSTIC], `${name}\u0000<&>"`, `${output}]]>\u001b[1m`));
        // `true`: it throws for what is not well-formed.
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- its successor is another package
        const { testsuites } = parser.parse(xml, true) as {
          testsuites: { tests: string; failures: string; skipped: string };
        };
        expect(testsuites).toMatchObject({ tests: '3', failures: '1', skipped: '1' });
      }),
    );
  });

  it('VAL-04: has a case for each stage', () => {
    const xml = renderJUnit(outputOf([DIAGNOSTIC], 'a&b', 'all of it'));
    expect(xml).toContain('<testcase name="a&amp;b" classname="validation" time="1.500">');
    expect(xml).toContain('<failure message="Type is wrong" type="failed">src/a b.ts:3:7: error: Type is wrong');
    expect(xml).toContain('<testcase name="lint" classname="validation" time="1.500"/>');
    expect(xml).toContain('<skipped message="a &lt;b&gt; &quot;c&quot;"/>');
  });
});

describe('renderAnnotations', () => {
  it('VAL-04: has a command for each diagnostic', () => {
    expect(renderAnnotations(outputOf([DIAGNOSTIC, PLACELESS])).split('\n')).toEqual([
      '::error file=src/a b.ts,line=3,endLine=3,col=7,endColumn=9,title=types%3A TS2322::Type is wrong',
      '::notice title=types::Type is wrong',
      '',
    ]);
  });

  it('VAL-04: lets no output say a command of its own', () => {
    const parts = fc.array(fc.constantFrom('::', '\n', '\r', '%0A', ',', ':', 'error ', 'x'));
    fc.assert(
      fc.property(parts, parts, (file, message) => {
        const diagnostic = { ...DIAGNOSTIC, file: file.join(''), message: message.join('') };
        const lines = renderAnnotations(outputOf([diagnostic])).split(/[\r\n]/u);
        expect(lines).toHaveLength(2);
        const [, properties = '', ...data] = (lines[0] ?? '').split('::');
        expect(properties.split(',')).toHaveLength(6);
        const unescaped = decodeURIComponent(data.join('::').replaceAll(/%(?!25|0D|0A)/gu, '%25'));
        expect(unescaped).toBe(diagnostic.message);
      }),
    );
  });
});
