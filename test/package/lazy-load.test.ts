// Promised: importing the package loads no addon and no module of Node that takes milliseconds; the first command loads what it needs.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Consumer } from './consumer.js';

let consumer: Consumer;

beforeAll(async () => {
  consumer = await new Consumer().installWithNpm();
});

afterAll(() => {
  consumer[Symbol.dispose]();
});

/** What a host has loaded after the import, after a runner was made, and after a command. */
const PROGRAM = `
  const loaded = () => ({
    addon: process.report.getReport().sharedObjects.some((file) => file.endsWith('.node')),
    modules: process.moduleLoadList.filter((name) => / (child_process|worker_threads|net|dgram|stream|os|module|fs\\/promises|timers\\/promises)$/.test(name)),
  });
  const before = loaded();
  const { createRunner, run } = await import('custody');
  const imported = loaded();
  createRunner({ defaults: { timeoutMs: 1000 } });
  const made = loaded();
  await run('/bin/sh', ['-c', 'exit 0']);
  console.log(JSON.stringify({ before, imported, made, ran: loaded().addon }));
`;

it.runIf(process.platform === 'linux')(
  'FLG-04: loads nothing native and nothing heavy before the first command',
  async () => {
    consumer.write('program.mjs', PROGRAM);
    const { stdout } = await consumer.succeed(consumer.node(['program.mjs']));
    const { before, imported, made, ran } = JSON.parse(stdout) as Record<string, { addon: boolean; modules: string[] }>;
    expect(imported).toEqual({ addon: false, modules: before!.modules });
    expect(made).toEqual(imported);
    expect(ran).toBe(true);
  },
);
