// Promised    : what a person finds in the recorded output of a tool is what the parser finds, no more and no less, whether the
//               format is named or detected, with `\r\n` for line ends and with lines of others around it.
// Not promised: outputs of other versions of the tools, and in other languages.
import { describe, expect, it } from 'vitest';
import { FORMAT_NAMES, parseDiagnostics, type Diagnostic } from '../../../src/parsers/index.js';
import { loadSamples, SAMPLE_CWD, type Sample } from './sample-set.mjs';

const samples = loadSamples();
const NOISE = 'starting: 3 of 4 done\n\nhttp://localhost:8080: ready\n12:30:45 INFO server listens\n';

/** A tool may print what another one said: Gradle the lines of javac. */
function withoutSource(diagnostics: readonly Diagnostic[]): unknown[] {
  return diagnostics.map(({ source: _, ...rest }) => rest);
}

/** The labels and where they were read from. */
function labelled({ format, expected }: Sample): unknown[] {
  return expected.map((label) => ({ ...label, source: format }));
}

describe('the samples', () => {
  it('PAR-08 are at least five for each set, with tool and version, and every format has a set', () => {
    const counts = new Map<string, number>();
    for (const { set, tool, version } of samples) {
      expect(tool).not.toBe('');
      expect(version).toMatch(/\d/);
      counts.set(set, (counts.get(set) ?? 0) + 1);
    }
    expect([...counts].filter(([, count]) => count < 5)).toEqual([]);
    expect(FORMAT_NAMES.filter((name) => !samples.some(({ format }) => format === name))).toEqual([]);
  });
});

describe.each(samples.map((sample) => ({ title: `${sample.set}/${sample.name}`, sample })))('$title', ({ sample }) => {
  const options = { cwd: SAMPLE_CWD };

  it('PAR-01 gives what its label says, by name', () => {
    const { diagnostics } = parseDiagnostics(sample.output, { ...options, format: sample.format });
    expect(diagnostics).toEqual(labelled(sample));
  });

  it('PAR-01 gives the same when the format is detected, with CRLF and between lines of others', () => {
    const output = `${NOISE}\n${sample.output}\n\n${NOISE}`.replaceAll('\n', '\r\n');
    expect(withoutSource(parseDiagnostics(output, options).diagnostics)).toEqual(sample.expected);
  });

  it.runIf(sample.exitCode !== 0)('PAR-09 has an error if the command failed', () => {
    const { diagnostics } = parseDiagnostics(sample.output, { ...options, failed: true });
    expect(diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
  });
});

/** Rows that are about some sets. */
function setsAgree(...sets: readonly string[]): void {
  const own = samples.filter(({ set }) => sets.includes(set));
  expect(own.length).toBeGreaterThanOrEqual(5 * sets.length);
  for (const sample of own) {
    expect(withoutSource(parseDiagnostics(sample.output, { cwd: SAMPLE_CWD }).diagnostics), sample.name).toEqual(
      sample.expected,
    );
  }
}

describe('the rows', () => {
  it('PAR-04 tracebacks of Python give their innermost frame, of chains and groups too', () => {
    setsAgree('python');
  });

  it('PAR-02 MSBuild and the C# compiler give file, line and number', () => {
    setsAgree('msbuild');
  });

  it('PAR-03 test runners give the tests that failed', () => {
    setsAgree('pytest', 'vitest', 'jest', 'mocha', 'tap', 'junit', 'go-test', 'dotnet-test');
  });

  it('PAR-05 text of rustc and cargo gives code and position', () => {
    setsAgree('rust', 'clippy');
  });

  it('PAR-06 JSON of ESLint gives its problems, with anything before it', () => {
    setsAgree('eslint-json');
  });
});
