// @ts-check
/**
 * What the import of each entry of the package costs, alone in a process: `node test/bench/imports.mjs [rounds]`.
 *
 * Prints wall time and the processor time of the whole process, both over those of an empty module, as medians of rounds in
 * which every entry has its turn. It needs a built `dist`.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { spread } from './statistics.mjs';

const root = new URL('../../', import.meta.url);
const EMPTY = 'data:text/javascript,';
const rounds = Number(process.argv[2] ?? 15);

/** @type {{ readonly exports: Record<string, string | { readonly default: string }> }} */
const { exports } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
const entries = Object.entries(exports).flatMap(([name, target]) =>
  typeof target === 'string'
    ? []
    : [{ name: name.replace(/^\./u, 'custody'), url: new URL(target.default, root).href }],
);

/** @param {string} url @returns {{ readonly wallMs: number; readonly processorMs: number }} */
function importIn(url) {
  const program = `
    const begin = performance.now();
    const before = process.cpuUsage();
    await import(${JSON.stringify(url)});
    const { user, system } = process.cpuUsage(before);
    console.log(JSON.stringify({ wallMs: performance.now() - begin, processorMs: (user + system) / 1_000 }));
    process.exit();`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${url} does not load: ${stderr}`);
  return JSON.parse(stdout);
}

/** @type {Map<string, { readonly wallMs: number; readonly processorMs: number }[]>} */
const samples = new Map(entries.map(({ name }) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  const empty = importIn(EMPTY);
  for (const { name, url } of entries) {
    const { wallMs, processorMs } = importIn(url);
    samples.get(name)?.push({ wallMs: wallMs - empty.wallMs, processorMs: processorMs - empty.processorMs });
  }
}

console.log(`Node ${process.version}, over an empty module, ms: median (range) of ${rounds} rounds`);
for (const [name, taken] of samples) {
  const text = (/** @type {readonly number[]} */ values) => {
    const { median, low, high } = spread(values);
    return `${median.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)})`.padEnd(24);
  };
  console.log(
    `${name.padEnd(22)} wall ${text(taken.map(({ wallMs }) => wallMs))} processor ${text(taken.map(({ processorMs }) => processorMs))}`,
  );
}
