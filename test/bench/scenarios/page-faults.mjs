// @ts-check
/**
 * How much running commands slow another thread of the host that is busy faulting pages in (P16).
 *
 * A fork, and a vfork less so, takes the lock that page faults need. The rate is per second in which the thread was not
 * merely waiting for a core, so that competition for cores does not count and waiting for the lock does.
 */
import { Worker } from 'node:worker_threads';
import { throughput } from './measures.mjs';

const PAGE_BYTES = 4_096;
/** Above the allocator's largest threshold, so that every buffer is mapped fresh. */
const BUFFER_BYTES = 64 * 2 ** 20;

const worker = `
  const { readFileSync } = require('node:fs');
  const { parentPort } = require('node:worker_threads');
  const waitedMs = () => Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[1]) / 1e6;
  parentPort.on('message', (seconds) => {
    const begin = performance.now();
    const waitedBefore = waitedMs();
    let faults = 0;
    while (performance.now() - begin < seconds * 1_000) {
      const pages = new Uint8Array(${BUFFER_BYTES});
      for (let offset = 0; offset < pages.length; offset += ${PAGE_BYTES}) pages[offset] = 1;
      faults += pages.length / ${PAGE_BYTES};
    }
    parentPort.postMessage(faults / (performance.now() - begin - (waitedMs() - waitedBefore)));
  });
`;

/** @type {import('./scenario.d.ts').Scenario} */
export const scenario = {
  name: 'page-faults',
  title: 'Page-fault rate of another thread while commands run (`true`, c=1)',
  columns: [
    ['share', 'of the undisturbed rate'],
    ['perMs', 'faults/ms, disturbed'],
  ],
  compare: { metric: 'share', against: 'child-process' },
  rounds: { quick: 1, full: 5 },

  cells({ quick, programs, drivers }) {
    const names = ['custody', 'engine', 'child-process'].filter((name) => drivers.includes(name));
    return [
      {
        label: 'true c=1',
        parameters: { file: programs.dynamicTrue, seconds: quick ? 0.6 : 1.5 },
        variants: names.map((driver) => ({ label: driver, driver })),
      },
    ];
  },

  async sample(load, { file, seconds }) {
    const driver = await load();
    const thread = new Worker(worker, { eval: true });
    /** @returns {Promise<number>} Faults per millisecond. */
    const rate = () =>
      new Promise((resolve, reject) => {
        thread.once('message', resolve).once('error', reject);
        thread.postMessage(seconds);
      });
    await rate();
    const undisturbed = await rate();
    const disturbedRate = rate();
    await throughput(() => driver.run(file, []), { inFlight: 1, seconds });
    const disturbed = await disturbedRate;
    await thread.terminate();
    return { share: disturbed / undisturbed, perMs: disturbed };
  },
};
