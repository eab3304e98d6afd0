/**
 * Outputs of tools, and what somebody who read them says is in them. `samples/` was recorded by
 * `scripts/record-diagnostics.mjs`, `synthetic/` was written by hand for what cannot be recorded here; both are JSON, by set.
 * `labels/` says what is to be found, one diagnostic on a line, fields apart by ` | ` and `-` for what is missing.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Sets whose name is not the name of their format. */
const FORMAT_OF_SET = { 'eslint-json': 'eslint', 'cargo-json': 'rust', clippy: 'rust' };

/** The folder that every recording calls its own. */
export const SAMPLE_CWD = '/work';

const here = import.meta.dirname;

/**
 * @typedef {Omit<import('../../../src/parsers/index.js').Diagnostic, 'source'>} Label
 * @typedef {{ set: string, name: string, format: import('../../../src/parsers/index.js').FormatName, tool: string,
 *   version: string, isSynthetic: boolean, exitCode: number, output: string, expected: Label[] }} Sample
 */

/**
 * All samples. One without labels, and a label without its sample, is an error.
 * @returns {Sample[]}
 */
export function loadSamples() {
  return readdirSync(join(here, 'labels'))
    .sort()
    .flatMap((file) => samplesOf(file.replace(/\.txt$/, '')));
}

function samplesOf(set) {
  const labels = readLabels(set);
  const stored = [...storedIn('samples', set, false), ...storedIn('synthetic', set, true)];
  const samples = stored.map(({ name, isSynthetic, sample: { tool, version, exitCode, output } }) => {
    const expected = labels.get(name);
    if (expected === undefined) throw new Error(`${set}/${name} has no label`);
    labels.delete(name);
    const format = FORMAT_OF_SET[set] ?? set;
    return { set, name, format, tool, version, isSynthetic, exitCode, output: output.join('\n'), expected };
  });
  if (labels.size > 0) throw new Error(`labels of ${set} without a sample: ${[...labels.keys()].join(', ')}`);
  return samples;
}

function readLabels(set) {
  const sections = readFileSync(join(here, 'labels', `${set}.txt`), 'utf8')
    .split(/^## /m)
    .filter(Boolean);
  return new Map(
    sections.map((section) => {
      const [name, ...lines] = section.trimEnd().split('\n');
      return [name.trim(), lines.filter(Boolean).map(labelOf)];
    }),
  );
}

function storedIn(folder, set, isSynthetic) {
  const file = join(here, folder, `${set}.json`);
  if (!existsSync(file)) return [];
  const samples = JSON.parse(readFileSync(file, 'utf8'));
  return Object.entries(samples).map(([name, sample]) => ({ name, sample, isSynthetic }));
}

function labelOf(line) {
  const fields = line.split(' | ');
  if (fields.length < 9) throw new Error(`label with too few fields: ${line}`);
  const [file, row, column, endLine, endColumn, severity, code, tool] = fields.map((text) =>
    text === '-' ? null : text,
  );
  const numberOf = (text) => (text === null ? null : Number(text));
  return {
    file,
    line: numberOf(row),
    column: numberOf(column),
    endLine: numberOf(endLine),
    endColumn: numberOf(endColumn),
    severity,
    code,
    message: fields.slice(8).join(' | '),
    tool,
  };
}
