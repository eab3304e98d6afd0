// @ts-check
/** Commands that block their caller, one after the other, as the host grows (P13). */
import { touchedMemory } from './measures.mjs';
import { quantile } from '../statistics.mjs';

const SIZES = /** @type {const} */ ([
  ['small', 0],
  ['0.5 GB', 450],
  ['2 GB', 2_000],
]);
const WARM_UP = 5;

/** @type {import('./scenario.d.ts').Scenario} */
export const scenario = {
  name: 'sync',
  title: '`runSync` and its like',
  columns: [
    ['perSecond', 'commands/s'],
    ['p50Us', 'p50 us'],
    ['p99Us', 'p99 us'],
  ],
  compare: { metric: 'perSecond', against: 'child-process, small' },
  rounds: { quick: 1, full: 5 },

  cells({ quick, programs, drivers }) {
    const seconds = quick ? 0.3 : 1;
    const names = ['custody', 'custody-group', 'engine', 'child-process', 'bun'].filter((name) =>
      drivers.includes(name),
    );
    const variants = SIZES.flatMap(([size, ballastMb]) =>
      names
        .filter((driver) => size === 'small' || driver.startsWith('custody') || driver === 'child-process')
        .map((driver) => ({ label: `${driver}, ${size}`, driver, parameters: { ballastMb } })),
    );
    /** @type {(file: string) => import('./scenario.d.ts').Variant} */
    const bare = (file) => ({ label: 'C bare', command: [programs.limit, 'bare', String(seconds), file] });
    return [
      {
        label: 'true',
        parameters: { file: programs.dynamicTrue, seconds },
        variants: [...variants, bare(programs.dynamicTrue)],
      },
      {
        label: 'static',
        parameters: { file: programs.nothing, seconds },
        variants: [...variants.filter(({ parameters }) => parameters.ballastMb === 0), bare(programs.nothing)],
      },
    ];
  },

  async sample(load, { file, seconds, ballastMb }) {
    const driver = await load();
    const runSync = driver.runSync;
    if (runSync === undefined) throw new Error('this driver has no synchronous call');
    const ballast = touchedMemory(ballastMb);
    for (let i = 0; i < WARM_UP; i += 1) runSync(file, []);
    const latencies = [];
    const begin = performance.now();
    for (let now = begin; now - begin < seconds * 1_000;) {
      runSync(file, []);
      const after = performance.now();
      latencies.push((after - now) * 1_000);
      now = after;
    }
    const elapsedMs = performance.now() - begin;
    return {
      perSecond: ballast.length >= 0 ? (latencies.length / elapsedMs) * 1_000 : 0,
      p50Us: quantile(latencies, 0.5),
      p99Us: quantile(latencies, 0.99),
    };
  },
};
