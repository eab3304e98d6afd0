// @ts-check
/** Results as Markdown tables. */
import { read } from './goals.mjs';
import { formatNumber, formatSpread, spread } from './statistics.mjs';

/**
 * @typedef {import('./scenarios/scenario.d.ts').Scenario} Scenario
 * @typedef {import('./scenarios/scenario.d.ts').Cell} Cell
 * @typedef {import('./rounds.mjs').CellResult} CellResult
 */

/**
 * @param {readonly (readonly string[])[]} rows The first is the heading.
 * @returns {string}
 */
function table(rows) {
  const [heading = [], ...body] = rows;
  return [heading, heading.map(() => '---'), ...body].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/**
 * @param {Scenario} scenario
 * @param {Cell} cell
 * @param {CellResult} result
 * @returns {string}
 */
export function cellReport(scenario, cell, result) {
  const { compare } = scenario;
  const heading = [cell.label, ...scenario.columns.map(([, text]) => text)];
  if (compare !== undefined) heading.push(`${compare.metric} over ${compare.against}`);
  const rows = cell.variants.map(({ label: variant }) => {
    const source = { scenario: scenario.name, cell: cell.label, variant };
    const columns = scenario.columns.map(([metric]) => shown(read([result], { ...source, metric })));
    if (compare === undefined) return [variant, ...columns];
    return [variant, ...columns, shown(read([result], { ...source, metric: compare.metric, over: compare.against }))];
  });
  return [table([heading, ...rows]), '', noiseLine(result), ...result.failures.map((line) => `FAILED: ${line}`)].join(
    '\n',
  );
}

/** @param {readonly number[]} values */
function shown(values) {
  return values.length === 0 ? '' : formatSpread(spread(values));
}

/** @param {CellResult} result */
function noiseLine({ rounds, noisyRounds, noisyCounted, worstForeignShare }) {
  const aside = noisyRounds === 0 ? '' : `, ${noisyRounds} noisy ${noisyCounted ? 'among them' : 'set aside'}`;
  return `${rounds.length} rounds${aside}; foreign load up to ${(worstForeignShare * 100).toFixed(0)} % of the machine.`;
}

/**
 * @param {readonly import('./goals.mjs').Judged[]} judged
 * @returns {string}
 */
export function goalReport(judged) {
  return table([
    ['goal', 'quantity', 'wanted', 'measured', 'verdict'],
    ...judged.map(({ id, text, relation, wanted, unit, measured, verdict }) => [
      id,
      text,
      `${relation} ${formatNumber(wanted)} ${unit}`,
      measured === undefined ? '' : `${formatSpread(measured)} ${unit}`,
      verdict,
    ]),
  ]);
}
