// @ts-check
/** Commands per second and what they cost the main thread, at 1, 8 and 64 in flight (P1 to P7). */
import { throughput } from './measures.mjs';

const WRAPPERS = ['exec-file', 'tinyexec', 'nano-spawn', 'execa'];
const CORE = ['custody', 'custody-group', 'engine', 'child-process', 'bun'];
const OTHER_LEVELS = ['custody-cgroup', 'custody-strict'];

/** @type {import('./scenario.d.ts').Scenario} */
export const scenario = {
  name: 'throughput',
  title: 'Commands per second',
  columns: [
    ['perSecond', 'commands/s'],
    ['mainUs', 'main thread, us each'],
    ['hostUs', 'host CPU, us each'],
    ['p50Us', 'p50 us'],
    ['p99Us', 'p99 us'],
  ],
  compare: { metric: 'perSecond', against: 'child-process' },
  rounds: { quick: 2, full: 5 },

  cells({ quick, programs, drivers }) {
    const seconds = quick ? 0.3 : 1;
    const children = [
      { name: 'true', file: programs.dynamicTrue, others: quick ? [] : [...OTHER_LEVELS, 'deno', ...WRAPPERS] },
      { name: 'static', file: programs.nothing, others: quick ? [] : ['deno'] },
    ];
    return children.flatMap(({ name, file, others }) =>
      [1, 8, 64].map((inFlight) => ({
        label: `${name} c=${inFlight}`,
        parameters: { file, inFlight, seconds },
        variants: [
          ...[...CORE, ...others]
            .filter((driver) => drivers.includes(driver))
            .map((driver) => ({ label: driver, driver })),
          { label: 'C loop', command: [programs.limit, 'loop', String(seconds), String(inFlight), file] },
          ...(inFlight === 1 ? [{ label: 'C bare', command: [programs.limit, 'bare', String(seconds), file] }] : []),
        ],
      })),
    );
  },

  async sample(load, { file, inFlight, seconds }) {
    const driver = await load();
    return throughput(() => driver.run(file, []), { inFlight, seconds });
  },
};
