// @ts-check
/**
 * The bench: custody, its peers and a C loop, in interleaved rounds. It prints numbers; the goals are shown beside them
 * and judged in the last table, but a missed goal does not fail the run: machines differ.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot } from './fetched-packages.mjs';
import { judgeGoals } from './goals.mjs';
import { describeMachine } from './machine.mjs';
import { bundleEngine, compiledPrograms, findRuntime } from './programs.mjs';
import { cellReport, goalReport } from './report.mjs';
import { measureCell } from './rounds.mjs';
import { scenarios } from './scenarios/registry.mjs';

const NODE_DRIVERS = [
  ...['custody', 'custody-group', 'custody-cgroup', 'custody-strict', 'engine'],
  ...['child-process', 'exec-file', 'execa', 'tinyexec', 'nano-spawn', 'empty'],
];

const HELP = `Usage: npm run bench -- [options]

  --quick             fewer and shorter samples, fewer peers: under 2 minutes
  --only <a,b,..>     ${scenarios.map(({ name }) => name).join(', ')}
  --cell <text>       only cells whose label contains this, such as 'static c=64'
  --drivers <a,b,..>  ${[...NODE_DRIVERS, 'bun', 'deno'].join(', ')}
  --rounds <n>        rounds of every scenario
  --no-fetch          use Bun and Deno only where they are installed or were fetched before
  --json              one JSON document on stdout, progress on stderr
  --help`;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    cell: { type: 'string', default: '' },
    drivers: { type: 'string' },
    rounds: { type: 'string' },
    'no-fetch': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) console.log(HELP);
else await main();

async function main() {
  const print = options.json ? console.error : console.log;
  const { runtimes, drivers, notes } = await prepare();
  const programs = compiledPrograms();
  const chosen = options.only?.split(',');
  const unknown = chosen?.find((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown !== undefined) throw new Error(`no such scenario: ${unknown}`);
  const machine = describeMachine();
  print(`# Bench\n\n${machine}. ${versions(drivers).join(', ')}.\n`);
  for (const note of notes) print(`- ${note}`);
  const begin = performance.now();
  const results = [];
  for (const scenario of scenarios.filter(({ name }) => chosen?.includes(name) ?? true)) {
    const rounds = Number(options.rounds ?? (options.quick ? scenario.rounds.quick : scenario.rounds.full));
    const extraRounds = options.quick ? 0 : Math.ceil(rounds / 2);
    const cells = scenario
      .cells({ quick: options.quick, programs, drivers })
      .filter(({ label }) => label.includes(options.cell));
    if (cells.length > 0) print(`\n## ${scenario.title} (${scenario.name})`);
    for (const cell of cells) {
      const result = await measureCell(scenario.name, cell, { rounds, extraRounds, runtimes });
      results.push(result);
      print(`\n${cellReport(scenario, cell, result)}`);
    }
  }
  const measured = new Set(results.map(({ scenario, cell }) => `${scenario}/${cell}`));
  const goals = judgeGoals(results).filter(({ source }) => measured.has(`${source.scenario}/${source.cell}`));
  const minutes = (performance.now() - begin) / 60_000;
  print(`\n## Goals\n\n${goalReport(goals)}\n\nMedian (lowest–highest) over rounds. ${minutes.toFixed(1)} minutes.`);
  print(
    '`true`: the dynamic /bin/true. `static`: an ELF file of a few instructions. `engine`: custody without its facade.',
  );
  if (options.json) console.log(JSON.stringify({ machine, notes, results, goals }));
}

/** Finds what can be measured here; everything that cannot is a note. */
async function prepare() {
  const notes = /** @type {string[]} */ ([]);
  const runtimes = /** @type {Record<string, string | undefined>} */ ({});
  const wanted = options.drivers?.split(',') ?? [...NODE_DRIVERS, 'bun', 'deno'];
  const drivers = /** @type {string[]} */ ([]);
  for (const name of wanted) {
    const reason = await whyNot(name, runtimes, notes);
    if (reason === undefined) drivers.push(name);
    else notes.push(`${name} is left out: ${reason}.`);
  }
  return { runtimes, drivers, notes };
}

/**
 * @param {string} name
 * @param {Record<string, string | undefined>} runtimes
 * @param {string[]} notes
 * @returns {Promise<string | undefined>} Why a driver cannot be used.
 */
async function whyNot(name, runtimes, notes) {
  if (name === 'engine') return bundleEngine();
  if (name === 'custody') return existsSync(join(repositoryRoot, 'dist', 'index.js')) ? undefined : 'dist is not built';
  if (NODE_DRIVERS.includes(name)) return undefined;
  if (name !== 'bun' && name !== 'deno') throw new Error(`no such driver: ${name}`);
  const runtime = await findRuntime(name, { fetch: !options['no-fetch'] });
  if ('reason' in runtime) return runtime.reason;
  runtimes[name] = runtime.path;
  notes.push(`${name}: ${runtime.version}.`);
  return undefined;
}

/** @param {readonly string[]} drivers */
function versions(drivers) {
  const packages = drivers.flatMap((name) => {
    const manifest = join(repositoryRoot, 'node_modules', name, 'package.json');
    return existsSync(manifest) ? [`${name} ${JSON.parse(readFileSync(manifest, 'utf8')).version}`] : [];
  });
  return [`Node ${process.version}`, ...packages];
}
