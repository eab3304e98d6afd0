/**
 * Prints, for each set of samples, how many parse to what their labels say, by name and by detection, and what the import of
 * `custody/parsers` costs. Reads the built package; ends with 1 if a sample does not parse to its label.
 */
import { execFileSync } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { loadSamples, SAMPLE_CWD } from '../test/unit/parsers/sample-set.mjs';

const ROUNDS = 9;
const entry = pathToFileURL(join(resolve(dirname(fileURLToPath(import.meta.url)), '..'), 'dist', 'parsers.js')).href;
const { parseDiagnostics } = await import(entry);

/** Whatever format took it: Gradle prints lines of javac, too. */
const withoutSource = (diagnostic) => ({ ...diagnostic, source: undefined });

function agrees({ output, expected }, options) {
  const { diagnostics } = parseDiagnostics(output, { cwd: SAMPLE_CWD, ...options });
  return isDeepStrictEqual(diagnostics.map(withoutSource), expected.map(withoutSource));
}

/** Median, in a process of its own each time. */
function importCostMs(specifier) {
  const code = `const t = performance.now(); await import('${specifier}'); console.log(performance.now() - t)`;
  const times = Array.from({ length: ROUNDS }, () =>
    Number(execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })),
  );
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)];
}

const rows = new Map();
for (const sample of loadSamples()) {
  const row = rows.get(sample.set) ?? {
    samples: 0,
    recorded: 0,
    diagnostics: 0,
    named: 0,
    detected: 0,
    tools: new Set(),
  };
  row.samples++;
  row.recorded += sample.isSynthetic ? 0 : 1;
  row.diagnostics += sample.expected.length;
  row.named += agrees(sample, { format: sample.format }) ? 1 : 0;
  row.detected += agrees(sample, {}) ? 1 : 0;
  row.tools.add(`${sample.tool} ${sample.version}${sample.isSynthetic ? ' (synthetic)' : ''}`);
  rows.set(sample.set, row);
}

const percent = (part, whole) => `${((100 * part) / whole).toFixed(0)} %`.padStart(6);
console.log('set            samples recorded diagnostics  named detected  tools');
const sum = { samples: 0, recorded: 0, diagnostics: 0, named: 0, detected: 0 };
for (const [set, row] of rows) {
  for (const name of Object.keys(sum)) sum[name] += row[name];
  const { samples, recorded, diagnostics, named, detected, tools } = row;
  console.log(
    `${set.padEnd(14)} ${String(samples).padStart(7)} ${String(recorded).padStart(8)} ${String(diagnostics).padStart(11)} ` +
      `${percent(named, samples)}   ${percent(detected, samples)}  ${[...tools].join(', ')}`,
  );
}
const { samples, recorded, diagnostics, named, detected } = sum;
console.log(
  `${'all'.padEnd(14)} ${String(samples).padStart(7)} ${String(recorded).padStart(8)} ${String(diagnostics).padStart(11)} ` +
    `${percent(named, samples)}   ${percent(detected, samples)}`,
);
const cost = importCostMs(entry).toFixed(1);
const nothing = importCostMs('data:text/javascript,').toFixed(1);
console.log(
  `import of custody/parsers: ${cost} ms, of an empty module: ${nothing} ms (medians of ${ROUNDS} processes)`,
);
process.exitCode = named === samples && detected === samples ? 0 : 1;
