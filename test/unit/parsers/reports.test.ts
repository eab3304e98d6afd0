// Promised    : what is written as SARIF is read back as it was; failures in TAP and JUnit XML are those that other parsers see.
// Not promised: that a service shows everything that SARIF can say.
import fc from 'fast-check';
import { XMLParser } from 'fast-xml-parser';
import { Parser } from 'tap-parser';
import { describe, expect, it } from 'vitest';
import { parseDiagnostics, toSarif, type Diagnostic } from '../../../src/parsers/index.js';
import { loadSamples } from './sample-set.mjs';

const word = fc.stringMatching(/^[\p{L}\d ()[\]#?%&+.,'"-]{1,20}$/u).filter((text) => text.trim() === text);
const position = fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: null });

/** A diagnostic as a parser gives it: no column without a line, no end without a beginning. */
const diagnostics = fc
  .record({
    file: fc.option(
      fc.oneof(fc.constant('/'), fc.constant('')).chain((root) => word.map((name) => `${root}src/${name}.ts`)),
      { nil: null },
    ),
    line: position,
    column: position,
    endLine: position,
    endColumn: position,
    severity: fc.constantFrom<Diagnostic['severity']>('error', 'warning', 'info'),
    code: fc.option(word, { nil: null }),
    message: word,
    source: fc.constant('sarif'),
    tool: fc.constantFrom('alpha', 'beta'),
  })
  .map((given): Diagnostic => {
    const hasLine = given.file !== null && given.line !== null;
    const line = hasLine ? given.line : null;
    const endLine = hasLine ? given.endLine : null;
    return {
      ...given,
      line,
      column: hasLine ? given.column : null,
      endLine,
      endColumn: endLine === null ? null : given.endColumn,
    };
  });

describe('toSarif', () => {
  it('PAR-01 writes what is read back as it was, run by run', () => {
    fc.assert(
      fc.property(fc.array(diagnostics, { maxLength: 8 }), fc.boolean(), (list, isPrinted) => {
        const text = JSON.stringify(toSarif(list), null, isPrinted ? 2 : 0);
        const byRun = [...new Set(list.map(({ tool }) => tool))].flatMap((tool) =>
          list.filter((one) => one.tool === tool),
        );
        expect(parseDiagnostics(text, { format: 'sarif' }).diagnostics).toEqual(byRun);
      }),
      { numRuns: 150 },
    );
  });

  it('PAR-01 names the version, one run for each tool, its rules, and URIs', () => {
    const [diagnostic] = parseDiagnostics('/work/my src/a.c:3:5: warning: unused [-Wunused]').diagnostics;
    expect(toSarif([diagnostic!])).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'cc', rules: [{ id: '-Wunused' }] } },
          results: [
            {
              ruleId: '-Wunused',
              ruleIndex: 0,
              level: 'warning',
              message: { text: 'unused' },
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: 'file:///work/my%20src/a.c' },
                    region: { startLine: 3, startColumn: 5 },
                  },
                },
              ],
            },
          ],
        },
      ],
    });
  });
});

const namesOf = (list: readonly Diagnostic[]): string[] => list.map(({ message }) => message);

/** What tap-parser tells of a test point. */
interface Point {
  readonly ok: boolean;
  readonly todo: boolean | string;
  readonly skip: boolean | string;
  readonly name: string;
}

describe('reports of tests', () => {
  const samples = loadSamples();

  it.each(samples.filter(({ set }) => set === 'junit'))(
    'PAR-03 $name has the failed cases that fast-xml-parser finds',
    ({ output }) => {
      const parser = new XMLParser({
        ignoreAttributes: false,
        isArray: (name) => ['testcase', 'testsuite', 'failure'].includes(name),
      });
      const failed: string[] = [];
      const visit = (value: unknown): void => {
        if (typeof value !== 'object' || value === null) return;
        for (const test of (value as { testcase?: Record<string, unknown>[] }).testcase ?? []) {
          if ('failure' in test && !('skipped' in test)) failed.push(String(test['@_name']));
        }
        Object.values(value).forEach(visit);
      };
      visit(parser.parse(output.slice(0, output.lastIndexOf('>') + 1)));
      const found = parseDiagnostics(output, { format: 'junit' }).diagnostics;
      expect(found).toHaveLength(failed.length);
      for (const { message, code } of found) {
        expect(failed.some((name) => message.startsWith(`${name}: `) || name.endsWith(String(code)))).toBe(true);
      }
    },
  );

  it.each(samples.filter(({ name }) => ['node-test', 'node-tap', 'vitest-tap-flat', 'mocha-tap'].includes(name)))(
    'PAR-03 $name has the failed points that tap-parser finds',
    ({ output }) => {
      const failed: string[] = [];
      const watch = (parser: Parser): void => {
        parser.on('child', watch);
        const hasFailed = new Set<string>();
        parser.on('child', (child: Parser) =>
          child.on('assert', ({ ok }: { ok: boolean }) => (ok ? undefined : hasFailed.add(child.name))),
        );
        parser.on('assert', ({ ok, todo, skip, name }: Point) => {
          if (!ok && todo === false && skip === false && !hasFailed.has(name)) failed.push(name);
        });
      };
      const parser = new Parser();
      watch(parser);
      parser.end(output);
      const found = namesOf(parseDiagnostics(output, { format: 'tap' }).diagnostics);
      expect(found.map((message) => message.split(': ')[0])).toEqual(failed.map((name) => name.split(' # ')[0]));
    },
  );
});
