// @ts-check
/** Commands per second while the host holds 50 MB, 500 MB or 2 GB (P8, P9). */
import { memoryMb, throughput, touchedMemory } from './measures.mjs';

const SIZES = /** @type {const} */ ([
  ['50 MB', 0],
  ['500 MB', 450],
  ['2 GB', 2_000],
]);

/** @type {import('./scenario.d.ts').Scenario} */
export const scenario = {
  name: 'host-memory',
  title: 'Commands per second as the host grows (`true`, c=8)',
  columns: [
    ['perSecond', 'commands/s'],
    ['mainUs', 'main thread, us each'],
    ['rssMb', 'host RSS, MiB'],
  ],
  compare: { metric: 'perSecond', against: 'child-process, 50 MB' },
  rounds: { quick: 1, full: 5 },

  cells({ quick, programs, drivers }) {
    const names = (
      quick
        ? ['custody', 'custody-group', 'child-process']
        : ['custody', 'custody-group', 'engine', 'child-process', 'bun', 'deno']
    ).filter((name) => drivers.includes(name));
    return [
      {
        label: 'true c=8',
        parameters: { file: programs.dynamicTrue, inFlight: 8, seconds: quick ? 0.4 : 1 },
        variants: SIZES.flatMap(([size, ballastMb]) =>
          names.map((driver) => ({ label: `${driver}, ${size}`, driver, parameters: { ballastMb } })),
        ),
      },
    ];
  },

  async sample(load, { file, inFlight, seconds, ballastMb }) {
    const driver = await load();
    const ballast = touchedMemory(ballastMb);
    const rssMb = memoryMb('VmRSS');
    const metrics = await throughput(() => driver.run(file, []), { inFlight, seconds });
    return { ...metrics, rssMb: ballast.length >= 0 ? rssMb : 0 };
  },
};
