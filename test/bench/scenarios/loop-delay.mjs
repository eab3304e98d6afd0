// @ts-check
/** How late a chain of 1 ms timers runs while 8 commands are in flight (P10). */
import { quantile } from '../statistics.mjs';
import { throughput } from './measures.mjs';

/** @type {import('./scenario.d.ts').Scenario} */
export const scenario = {
  name: 'loop-delay',
  title: 'Event-loop delay (`true`, c=8, all cores busy)',
  columns: [
    ['delayP50Ms', 'p50 ms'],
    ['delayP99Ms', 'p99 ms'],
    ['delayMaxMs', 'worst ms'],
    ['perSecond', 'commands/s'],
  ],
  compare: { metric: 'delayP99Ms', against: 'child-process' },
  rounds: { quick: 2, full: 5 },

  cells({ quick, programs, drivers }) {
    const names = ['custody', 'engine', 'child-process', 'bun', 'deno'].filter((name) => drivers.includes(name));
    return [
      {
        label: 'true c=8',
        parameters: { file: programs.dynamicTrue, inFlight: 8, seconds: quick ? 0.5 : 1.5 },
        variants: names.map((driver) => ({ label: driver, driver })),
      },
    ];
  },

  async sample(load, { file, inFlight, seconds }) {
    const driver = await load();
    const delays = /** @type {number[]} */ ([]);
    let last = 0;
    const tick = () => {
      const now = performance.now();
      delays.push(Math.max(0, now - last - 1));
      last = now;
      timer = setTimeout(tick, 1);
    };
    await driver.run(file, []);
    last = performance.now();
    let timer = setTimeout(tick, 1);
    const { perSecond = 0 } = await throughput(() => driver.run(file, []), { inFlight, seconds });
    clearTimeout(timer);
    return {
      delayP50Ms: quantile(delays, 0.5),
      delayP99Ms: quantile(delays, 0.99),
      delayMaxMs: Math.max(...delays),
      perSecond,
    };
  },
};
