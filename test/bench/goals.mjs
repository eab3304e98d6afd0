// @ts-check
/**
 * The performance goals P1 to P18 as data, read off the results.
 *
 * `custody` is the whole package as users call it, with its default containment `tree`; `custody-group` the same with `group`;
 * `engine` the native backend without the facade, with `group`. A goal that needs a
 * peer that was not there, or a scenario that was not run, is shown as not measured.
 */
import { scenarios } from './scenarios/registry.mjs';
import { spread } from './statistics.mjs';

/**
 * @typedef {import('./rounds.mjs').CellResult} CellResult
 *
 * @typedef {object} Source Where a number comes from: a metric of a variant, over or minus another's in the same round.
 * @property {string} scenario
 * @property {string} cell
 * @property {string} metric
 * @property {string} variant
 * @property {string} [over]
 * @property {string} [minus]
 *
 * @typedef {object} Goal
 * @property {string} id
 * @property {'>=' | '<='} relation
 * @property {number} wanted
 * @property {Source} source
 *
 * @typedef {object} Judged
 * @property {string} id
 * @property {Source} source
 * @property {string} text
 * @property {string} unit
 * @property {'>=' | '<='} relation
 * @property {number} wanted
 * @property {import('./statistics.mjs').Spread | undefined} measured
 * @property {'ok' | 'miss' | 'not measured'} verdict
 */

/** @type {(id: string, relation: Goal['relation'], wanted: number, where: string, metric: string, variant: string) => Goal} */
function plain(id, relation, wanted, where, metric, variant) {
  const [scenario = '', cell = ''] = where.split('/');
  return { id, relation, wanted, source: { scenario, cell, metric, variant } };
}

/** @type {(...parts: [...Parameters<typeof plain>, reference: string]) => Goal} */
function over(id, relation, wanted, where, metric, variant, reference) {
  const goal = plain(id, relation, wanted, where, metric, variant);
  return { ...goal, source: { ...goal.source, over: reference } };
}

/** @type {(...parts: [...Parameters<typeof plain>, reference: string]) => Goal} */
function minus(id, relation, wanted, where, metric, variant, reference) {
  const goal = plain(id, relation, wanted, where, metric, variant);
  return { ...goal, source: { ...goal.source, minus: reference } };
}

/**
 * One goal for each containment level.
 *
 * @type {(group: number, tree: number, make: (variant: string, wanted: number) => Goal) => Goal[]}
 */
const levels = (group, tree, make) => [
  make('custody', tree),
  ...['custody-group', 'engine'].map((variant) => make(variant, group)),
];

/** @type {readonly Goal[]} */
const goals = [
  ...levels(2.2, 2.4, (ours, wanted) =>
    over('P1', '>=', wanted, 'throughput/true c=8', 'perSecond', ours, 'child-process'),
  ),
  ...levels(2.4, 2.6, (ours, wanted) =>
    over('P1', '>=', wanted, 'throughput/true c=64', 'perSecond', ours, 'child-process'),
  ),
  ...levels(1.2, 1.25, (ours, wanted) => over('P2', '>=', wanted, 'throughput/true c=8', 'perSecond', ours, 'bun')),
  ...levels(1.4, 1.45, (ours, wanted) => over('P2', '>=', wanted, 'throughput/true c=64', 'perSecond', ours, 'bun')),
  ...levels(16, 16, (ours, wanted) =>
    over('P3', '>=', wanted, 'throughput/static c=64', 'perSecond', ours, 'child-process'),
  ),
  ...levels(2.9, 2.9, (ours, wanted) => over('P3', '>=', wanted, 'throughput/static c=64', 'perSecond', ours, 'bun')),
  plain('P4', '<=', 7, 'throughput/true c=64', 'mainUs', 'engine'),
  plain('P4', '<=', 3.6, 'throughput/static c=64', 'mainUs', 'engine'),
  plain('P4', '<=', 15, 'throughput/true c=64', 'mainUs', 'custody'),
  plain('P4', '<=', 15, 'throughput/static c=64', 'mainUs', 'custody'),
  plain('P5', '<=', 28, 'throughput/true c=8', 'mainUs', 'engine'),
  plain('P5', '<=', 40, 'throughput/true c=8', 'mainUs', 'custody'),
  over('P6', '>=', 0.95, 'throughput/true c=8', 'perSecond', 'engine', 'C loop'),
  ...levels(1.1, 1.2, (ours, wanted) => over('P7', '<=', wanted, 'throughput/true c=1', 'p50Us', ours, 'C bare')),
  ...levels(1.6, 2.4, (ours, wanted) => over('P7', '<=', wanted, 'throughput/static c=1', 'p50Us', ours, 'C bare')),
  over('P8', '>=', 1 / 1.05, 'host-memory/true c=8', 'perSecond', 'custody, 2 GB', 'custody, 50 MB'),
  over('P8', '>=', 1 / 1.1, 'host-memory/true c=8', 'perSecond', 'custody-group, 2 GB', 'custody-group, 50 MB'),
  over('P9', '>=', 16, 'host-memory/true c=8', 'perSecond', 'custody, 500 MB', 'child-process, 500 MB'),
  over('P9', '>=', 70, 'host-memory/true c=8', 'perSecond', 'custody, 2 GB', 'child-process, 2 GB'),
  over('P10', '<=', 0.25, 'loop-delay/true c=8', 'delayP99Ms', 'custody', 'child-process'),
  over('P10', '<=', 0.5, 'loop-delay/true c=8', 'delayP99Ms', 'custody', 'bun'),
  // From the call the creation of the process counts as error, from the child's start it is a head start.
  ...['fromCallMs', 'fromChildMs'].flatMap((metric) =>
    levels(0.3, 0.5, (ours, wanted) => plain('P11', '<=', wanted, 'deadline/timeout 200 ms', metric, ours)),
  ),
  ...['fromCallWorstMs', 'fromChildWorstMs'].flatMap((metric) =>
    levels(2, 3, (ours, wanted) => plain('P11', '<=', wanted, 'deadline/timeout 200 ms', metric, ours)),
  ),
  ...['custody', 'custody-group'].flatMap((ours) => [
    over('P12', '>=', 0.9, 'flood/flood', 'mbPerSecond', ours, 'C reader'),
    over('P12', '>=', 2, 'flood/flood', 'mbPerSecond', ours, 'child-process'),
    plain('P12', '<=', 25, 'flood/flood', 'mainMs', ours),
  ]),
  // The ring, the copy that the result holds and the text made of it, with some room for the heap.
  plain('P12', '<=', 4, 'flood/flood', 'growthMb', 'custody'),
  over('P13', '>=', 1.9, 'sync/true', 'perSecond', 'custody, small', 'child-process, small'),
  over('P13', '>=', 10, 'sync/true', 'perSecond', 'custody, 0.5 GB', 'child-process, 0.5 GB'),
  over('P13', '>=', 38, 'sync/true', 'perSecond', 'custody, 2 GB', 'child-process, 2 GB'),
  over('P13', '>=', 0.95, 'sync/true', 'perSecond', 'custody, small', 'bun, small'),
  over('P13', '>=', 2, 'sync/true', 'perSecond', 'custody-group, small', 'child-process, small'),
  over('P13', '>=', 11, 'sync/true', 'perSecond', 'custody-group, 0.5 GB', 'child-process, 0.5 GB'),
  over('P13', '>=', 40, 'sync/true', 'perSecond', 'custody-group, 2 GB', 'child-process, 2 GB'),
  over('P13', '>=', 1.05, 'sync/true', 'perSecond', 'custody-group, small', 'bun, small'),
  over('P14', '<=', 0.8, 'exit-latency/c=1', 'p50Us', 'custody', 'child-process'),
  plain('P15', '<=', 10, 'line-latency/ring', 'p50Us', 'custody'),
  plain('P15', '<=', 60, 'line-latency/line', 'p50Us', 'custody'),
  plain('P16', '>=', 0.95, 'page-faults/true c=1', 'share', 'custody'),
  plain('P17', '<=', 3, 'memory/host', 'idleMb', 'custody'),
  plain('P17', '<=', 100, 'memory/host', 'runningKb', 'custody'),
  minus('P18', '<=', 10, 'start-up/cold', 'importMs', 'custody', 'empty'),
  plain('P18', '<=', 15, 'start-up/cold', 'firstMs', 'custody'),
  plain('containment', '<=', 50, 'host-death/10 idle commands', 'goneMs', 'custody'),
  plain('containment', '<=', 500, 'host-death/storm', 'goneMs', 'custody'),
];

/**
 * @param {readonly CellResult[]} results
 * @returns {readonly Judged[]}
 */
export function judgeGoals(results) {
  return goals.map(({ id, relation, wanted, source }) => {
    const against = source.over !== undefined ? ` over ${source.over}` : source.minus ? ` minus ${source.minus}` : '';
    const heading = headingOf(source);
    const text = `${source.variant}${against}: ${source.scenario}, ${source.cell}, ${heading}`;
    const unit = source.over === undefined ? (heading.split(' ').find((word) => UNITS.includes(word)) ?? '') : 'x';
    const values = read(results, source);
    const stated = { id, source, text, unit, relation, wanted };
    if (values.length === 0) return { ...stated, measured: undefined, verdict: 'not measured' };
    const measured = spread(values);
    const holds = relation === '>=' ? measured.median >= wanted : measured.median <= wanted;
    return { ...stated, measured, verdict: holds ? 'ok' : 'miss' };
  });
}

const UNITS = ['us', 'ms', 'MiB', 'KiB'];

/** @param {Source} source */
function headingOf({ scenario, metric }) {
  const columns = scenarios.find(({ name }) => name === scenario)?.columns ?? [];
  return columns.find(([key]) => key === metric)?.[1] ?? metric;
}

/**
 * One number per round that has everything the source asks for.
 *
 * @param {readonly CellResult[]} results
 * @param {Source} source
 * @returns {number[]}
 */
export function read(results, source) {
  const result = results.find(({ scenario, cell }) => scenario === source.scenario && cell === source.cell);
  const other = source.over ?? source.minus;
  return (result?.rounds ?? []).flatMap(({ metrics }) => {
    const value = metrics[source.variant]?.[source.metric];
    if (value === undefined || other === undefined) return value === undefined ? [] : [value];
    const reference = metrics[other]?.[source.metric];
    if (reference === undefined) return [];
    return [source.over === undefined ? value - reference : value / reference];
  });
}
