// @ts-check
/** A flood of output of which 1 MiB is kept (P12). */
import { writeFileSync } from 'node:fs';
import { mainThreadUs, memoryMb } from './measures.mjs';

const KEEP_BYTES = 2 ** 20;
const WARM_UP_BYTES = 2 ** 16;

/** @type {import('./scenario.d.ts').Scenario} */
export const scenario = {
  name: 'flood',
  title: 'A flood of output, 1 MiB kept',
  columns: [
    ['mbPerSecond', 'MB/s'],
    ['mainMs', 'main thread, ms'],
    ['growthMb', 'peak RSS growth, MiB'],
  ],
  compare: { metric: 'mbPerSecond', against: 'child-process' },
  rounds: { quick: 2, full: 5 },

  cells({ quick, programs, drivers }) {
    const bytes = quick ? 2 ** 28 : 2 ** 30;
    const names = ['custody', 'custody-group', 'engine', 'child-process', 'bun'].filter((name) =>
      drivers.includes(name),
    );
    return [
      {
        label: 'flood',
        parameters: { child: programs.child, bytes },
        variants: [
          ...names.map((driver) => ({ label: driver, driver })),
          { label: 'C reader', command: [programs.limit, 'drain', programs.child, String(bytes)] },
          { label: 'C discarder', command: [programs.limit, 'discard', programs.child, String(bytes)] },
        ],
      },
    ];
  },

  async sample(load, { child, bytes }) {
    const driver = await load();
    if (driver.drain === undefined) throw new Error('this driver does not drain');
    await driver.drain(child, ['flood', String(WARM_UP_BYTES)], KEEP_BYTES);
    const rssBefore = memoryMb('VmRSS');
    writeFileSync('/proc/self/clear_refs', '5'); // forget the peak so far
    const mainBefore = mainThreadUs();
    const begin = performance.now();
    const total = await driver.drain(child, ['flood', String(bytes)], KEEP_BYTES);
    const seconds = (performance.now() - begin) / 1_000;
    if (total !== bytes) throw new Error(`${total} of ${bytes} bytes arrived`);
    return {
      mbPerSecond: bytes / 1e6 / seconds,
      mainMs: (mainThreadUs() - mainBefore) / 1_000,
      growthMb: memoryMb('VmHWM') - rssBefore,
    };
  },
};
