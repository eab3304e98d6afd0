// @ts-check
/** Memory of the host: of a library that has run one command and is idle, and of each running command (P17). */
import { setTimeout as delay } from 'node:timers/promises';
import { memoryMb } from './measures.mjs';

const WARM_UP = 3;
const SETTLE_MS = 100;

/** @type {import('./scenario.d.ts').Scenario} */
export const scenario = {
  name: 'memory',
  title: 'Memory of the host',
  columns: [
    ['idleMb', 'idle after first use, MiB'],
    ['runningKb', 'each running command, KiB'],
  ],
  rounds: { quick: 1, full: 5 },

  cells({ programs, drivers }) {
    const names = ['custody', 'engine', 'child-process'].filter((name) => drivers.includes(name));
    return [
      {
        label: 'host',
        parameters: { file: programs.dynamicTrue, child: programs.child, count: 64 },
        variants: names.map((driver) => ({ label: driver, driver })),
      },
    ];
  },

  async sample(load, { file, child, count }) {
    const driver = await load();
    if (driver.startWaiting === undefined) throw new Error('this driver does not start');
    const beforeFirst = await restingMb();
    for (let i = 0; i < WARM_UP; i += 1) await driver.run(file, []);
    const idle = await restingMb();
    const stops = await Promise.all(Array.from({ length: count }, () => driver.startWaiting?.(child, ['wait'])));
    const running = await restingMb();
    await Promise.all(stops.map((stop) => stop?.()));
    return { idleMb: idle - beforeFirst, runningKb: ((running - idle) * 1_024) / count };
  },
};

async function restingMb() {
  const { gc } = /** @type {{ gc?: () => void }} */ (globalThis);
  if (gc === undefined) throw new Error('the garbage collector is not exposed');
  gc();
  await delay(SETTLE_MS);
  gc();
  return memoryMb('VmRSS');
}
