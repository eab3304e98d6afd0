// @ts-check
/** 500 commands asked for in one turn: how late a chain of 1 ms timers runs, and what memory that takes. */
import { quantile } from '../statistics.mjs';
import { mainThreadUs, memoryMb } from './measures.mjs';

/** @type {import('./scenario.d.ts').Scenario} */
export const scenario = {
  name: 'burst',
  title: '500 commands at once through one runner (`true`; custody has a gate of 64)',
  columns: [
    ['delayP50Ms', 'loop delay p50 ms'],
    ['delayP99Ms', 'p99 ms'],
    ['delayMaxMs', 'worst ms'],
    ['allMs', 'until the last has ended, ms'],
    ['mainUs', 'main thread us each'],
    ['growthMb', 'memory, MiB more at the peak'],
  ],
  compare: { metric: 'delayP99Ms', against: 'child-process' },
  rounds: { quick: 2, full: 5 },

  cells({ programs, drivers }) {
    const names = ['custody', 'child-process', 'bun', 'deno'].filter((name) => drivers.includes(name));
    return [
      {
        label: 'true x 500',
        parameters: { file: programs.dynamicTrue, count: 500 },
        variants: names.map((driver) => ({ label: driver, driver })),
      },
    ];
  },

  async sample(load, { file, count }) {
    const driver = await load();
    for (let warm = 0; warm < 20; warm += 1) await driver.run(file, []);
    const delays = /** @type {number[]} */ ([]);
    const memoryBefore = memoryMb('VmRSS');
    const mainBefore = mainThreadUs();
    let last = performance.now();
    const tick = () => {
      const now = performance.now();
      delays.push(Math.max(0, now - last - 1));
      last = now;
      timer = setTimeout(tick, 1);
    };
    let timer = setTimeout(tick, 1);
    const begin = performance.now();
    await Promise.all(Array.from({ length: count }, () => driver.run(file, [])));
    const allMs = performance.now() - begin;
    clearTimeout(timer);
    return {
      delayP50Ms: quantile(delays, 0.5),
      delayP99Ms: quantile(delays, 0.99),
      delayMaxMs: Math.max(...delays),
      allMs,
      mainUs: (mainThreadUs() - mainBefore) / count,
      growthMb: Math.max(0, memoryMb('VmHWM') - memoryBefore),
    };
  },
};
