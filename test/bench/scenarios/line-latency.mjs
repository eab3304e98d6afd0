// @ts-check
/** From a child's write to the ring, and to a line in JavaScript (P15). */
import { quantile } from '../statistics.mjs';
import { nowNs } from './measures.mjs';

const INTERVAL_US = 5_000;
const POLL_LIMIT_MS = 10_000;

/** @type {import('./scenario.d.ts').Scenario} */
export const scenario = {
  name: 'line-latency',
  title: 'Write to ring (polled by a spinning main thread), write to a line in JavaScript',
  columns: [
    ['p50Us', 'p50 us'],
    ['p99Us', 'p99 us'],
  ],
  compare: { metric: 'p50Us', against: 'child-process' },
  rounds: { quick: 2, full: 5 },

  cells({ quick, programs, drivers }) {
    const parameters = { child: programs.child, count: quick ? 100 : 300 };
    const variants = (/** @type {string[]} */ names) =>
      names.filter((name) => drivers.includes(name)).map((driver) => ({ label: driver, driver }));
    return [
      { label: 'line', parameters, variants: variants(['custody', 'engine', 'child-process', 'bun']) },
      { label: 'ring', parameters: { ...parameters, polled: true }, variants: variants(['custody', 'engine']) },
    ];
  },

  async sample(load, { child, count, polled }) {
    const driver = await load();
    const args = ['lines', String(count), String(INTERVAL_US)];
    const latencies = /** @type {number[]} */ ([]);
    const onText = (/** @type {string} */ text) => {
      const now = nowNs();
      for (const [, stamp] of text.matchAll(/line (\d+)/g)) latencies.push((now - Number(stamp)) / 1_000);
    };
    if (polled) {
      if (driver.startPolled === undefined) throw new Error('this driver cannot be polled');
      const { take, finished } = driver.startPolled(child, args);
      for (const end = performance.now() + POLL_LIMIT_MS; latencies.length < count && performance.now() < end;) {
        const text = take();
        if (text.length > 0) onText(text);
      }
      await finished;
    } else {
      if (driver.eachLine === undefined) throw new Error('this driver has no lines');
      await driver.eachLine(child, args, onText);
    }
    if (latencies.length !== count) throw new Error(`${latencies.length} of ${count} lines arrived`);
    return { p50Us: quantile(latencies, 0.5), p99Us: quantile(latencies, 0.99) };
  },
};
