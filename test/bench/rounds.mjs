// @ts-check
/**
 * Takes the samples of a cell: variants in turn, round after round, so that whatever the machine does meets all of them.
 *
 * A round with foreign load in it is set aside and, within a limit, taken again; when too few quiet ones come together,
 * all of them count and the report says so.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { withForeignLoad } from './machine.mjs';

/** Share of the machine that others may use during a sample. */
const NOISE_LIMIT = 0.1;
const SAMPLE_LIMIT_MS = 120_000;

/**
 * @typedef {import('./scenarios/scenario.d.ts').Metrics} Metrics
 * @typedef {import('./scenarios/scenario.d.ts').Cell} Cell
 * @typedef {import('./scenarios/scenario.d.ts').Variant} Variant
 *
 * @typedef {object} Round
 * @property {Readonly<Record<string, Metrics>>} metrics By label of the variant; a failed sample is missing.
 * @property {number} foreignShare The worst of its samples.
 *
 * @typedef {object} CellResult
 * @property {string} scenario
 * @property {string} cell
 * @property {readonly Round[]} rounds Those that count.
 * @property {number} noisyRounds Set aside, or counted for want of quiet ones.
 * @property {boolean} noisyCounted
 * @property {number} worstForeignShare Of the rounds that count.
 * @property {readonly string[]} failures One line for each sample that failed.
 *
 * @typedef {Readonly<Record<string, string | undefined>>} Runtimes Interpreters by driver.
 */

/**
 * @param {string} scenario
 * @param {Cell} cell
 * @param {{ readonly rounds: number, readonly extraRounds: number, readonly runtimes: Runtimes }} options
 * @returns {Promise<CellResult>}
 */
export async function measureCell(scenario, cell, { rounds, extraRounds, runtimes }) {
  const quiet = /** @type {Round[]} */ ([]);
  const noisy = /** @type {Round[]} */ ([]);
  const failures = /** @type {string[]} */ ([]);
  while (quiet.length < rounds && quiet.length + noisy.length < rounds + extraRounds) {
    const round = await takeRound(scenario, cell, runtimes, failures);
    (round.foreignShare > NOISE_LIMIT ? noisy : quiet).push(round);
  }
  const noisyCounted = quiet.length < Math.ceil(rounds / 2);
  const counted = noisyCounted ? [...quiet, ...noisy] : quiet;
  return {
    scenario,
    cell: cell.label,
    rounds: counted,
    noisyRounds: noisy.length,
    noisyCounted,
    worstForeignShare: Math.max(0, ...counted.map((round) => round.foreignShare)),
    failures,
  };
}

/**
 * @param {string} scenario
 * @param {Cell} cell
 * @param {Runtimes} runtimes
 * @param {string[]} failures
 * @returns {Promise<Round>}
 */
async function takeRound(scenario, cell, runtimes, failures) {
  const metrics = /** @type {Record<string, Metrics>} */ ({});
  let worst = 0;
  for (const variant of cell.variants) {
    const { value, foreignShare } = await withForeignLoad(() => takeSample(scenario, cell, variant, runtimes));
    if ('metrics' in value) metrics[variant.label] = value.metrics;
    else failures.push(`${scenario}, ${cell.label}, ${variant.label}: ${value.error}`);
    worst = Math.max(worst, foreignShare);
  }
  return { metrics, foreignShare: worst };
}

/**
 * @param {string} scenario
 * @param {Cell} cell
 * @param {Variant} variant
 * @param {Runtimes} runtimes
 * @returns {Promise<({ readonly metrics: Metrics } | { readonly error: string }) & { readonly leftMs?: number }>}
 */
async function takeSample(scenario, cell, variant, runtimes) {
  const [file = '', ...args] = variant.command ?? commandOf(scenario, cell, variant, runtimes);
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const limit = setTimeout(() => child.kill('SIGKILL'), SAMPLE_LIMIT_MS);
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  try {
    await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
    const answer = JSON.parse(output);
    return variant.command === undefined ? answer : { metrics: answer };
  } catch (error) {
    return { error: `no answer: ${errors.trim().slice(0, 400) || String(error)}` };
  } finally {
    clearTimeout(limit);
  }
}

/**
 * @param {string} scenario
 * @param {Cell} cell
 * @param {Variant} variant
 * @param {Runtimes} runtimes
 * @returns {readonly string[]}
 */
function commandOf(scenario, cell, { driver = '', parameters }, runtimes) {
  const script = fileURLToPath(new URL('sample.mjs', import.meta.url));
  const json = JSON.stringify({ ...cell.parameters, ...parameters });
  const runtime = runtimes[driver];
  if (runtime === undefined) return [process.execPath, '--expose-gc', script, scenario, driver, json];
  const prefix = driver === 'deno' ? [runtime, 'run', '--allow-all', '--no-lock', '--quiet'] : [runtime];
  return [...prefix, script, scenario, driver, json];
}
