// @ts-check
/** From a child's last instruction to the host's JavaScript (P14). */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quantile } from '../statistics.mjs';
import { nowNs } from './measures.mjs';

const WARM_UP = 10;

/** @type {import('./scenario.d.ts').Scenario} */
export const scenario = {
  name: 'exit-latency',
  title: 'Exit to JavaScript',
  columns: [
    ['p50Us', 'p50 us'],
    ['p99Us', 'p99 us'],
  ],
  compare: { metric: 'p50Us', against: 'child-process' },
  rounds: { quick: 2, full: 5 },

  cells({ quick, programs, drivers }) {
    const names = ['custody', 'engine', 'child-process', 'bun'].filter((name) => drivers.includes(name));
    return [
      {
        label: 'c=1',
        parameters: { child: programs.child, count: quick ? 60 : 300 },
        variants: names.map((driver) => ({ label: driver, driver })),
      },
    ];
  },

  async sample(load, { child, count }) {
    const driver = await load();
    const run = driver.runUntilExit ?? driver.run;
    const folder = mkdtempSync(join(tmpdir(), 'custody-bench-'));
    const path = join(folder, 'stamp');
    writeFileSync(path, new Uint8Array(8));
    const fd = openSync(path, 'r');
    const stamp = new BigUint64Array(1);
    const latencies = [];
    for (let i = 0; i < count + WARM_UP; i += 1) {
      await run(child, ['stamp-exit', path]);
      const now = nowNs();
      readSync(fd, stamp, 0, 8, 0);
      if (i >= WARM_UP) latencies.push((now - Number(stamp[0])) / 1_000);
    }
    closeSync(fd);
    rmSync(folder, { recursive: true });
    return { p50Us: quantile(latencies, 0.5), p99Us: quantile(latencies, 0.99) };
  },
};
