// @ts-check
/**
 * How far from its deadline a command is told to end while the host's event loop is blocked (P11).
 *
 * Two outside views, by stamps of the child on the clock that the host reads as well: against the call that started the
 * command (creating the process counts as error), and against the child's own first instruction in main.
 */
import { quantile } from '../statistics.mjs';
import { nowNs } from './measures.mjs';

const TIMEOUT_MS = 200;
const BLOCK_MS = 500;

/** @type {import('./scenario.d.ts').Scenario} */
export const scenario = {
  name: 'deadline',
  title: `Error of a ${TIMEOUT_MS} ms deadline while the event loop is blocked for ${BLOCK_MS} ms`,
  columns: [
    ['fromCallMs', 'from the call, median ms'],
    ['fromCallWorstMs', 'from the call, worst ms'],
    ['fromChildMs', "from the child's start, median ms"],
    ['fromChildWorstMs', "from the child's start, worst ms"],
  ],
  compare: { metric: 'fromCallMs', against: 'child-process' },
  rounds: { quick: 1, full: 5 },

  cells({ quick, programs, drivers }) {
    const names = ['custody', 'custody-group', 'engine', 'child-process', 'bun'].filter((name) =>
      drivers.includes(name),
    );
    return [
      {
        label: `timeout ${TIMEOUT_MS} ms`,
        parameters: { child: programs.child, count: quick ? 4 : 8 },
        variants: names.map((driver) => ({ label: driver, driver })),
      },
    ];
  },

  async sample(load, { child, count }) {
    const driver = await load();
    if (driver.runWithTimeout === undefined) throw new Error('this driver has no timeout');
    await driver.run(child, ['flood', '0']);
    const fromCall = [];
    const fromChild = [];
    for (let i = 0; i < count; i += 1) {
      const called = nowNs();
      const running = driver.runWithTimeout(child, ['await-terminate'], TIMEOUT_MS);
      // A library may need a turn of the loop to get going; the goal is about what happens after that.
      await new Promise((resolve) => setImmediate(resolve));
      for (const end = performance.now() + BLOCK_MS; performance.now() < end;);
      const text = await running;
      const [, started, terminated] = /started (\d+)\nterminated (\d+)/.exec(text) ?? [];
      if (terminated === undefined) throw new Error(`the child was not told to end: ${JSON.stringify(text)}`);
      fromCall.push(Math.abs((Number(terminated) - called) / 1e6 - TIMEOUT_MS));
      fromChild.push(Math.abs((Number(terminated) - Number(started)) / 1e6 - TIMEOUT_MS));
    }
    return {
      fromCallMs: quantile(fromCall, 0.5),
      fromCallWorstMs: Math.max(...fromCall),
      fromChildMs: quantile(fromChild, 0.5),
      fromChildWorstMs: Math.max(...fromChild),
    };
  },
};
