// Promised    : the addon loads, and contains what it starts, in every kind of host that is made of Node.
// Not promised: Electron itself; what is shown is a Node under another name that says it is Electron run as Node.
import { copyFileSync, cpSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Consumer } from './consumer.js';
import { root } from './tree.js';

let consumer: Consumer;

beforeAll(async () => {
  consumer = await new Consumer().installWithNpm();
  cpSync(join(import.meta.dirname, 'hosts'), join(consumer.path, 'hosts'), { recursive: true });
});

afterAll(() => {
  consumer[Symbol.dispose]();
});

describe.runIf(process.platform === 'linux')('FLG-05: the addon loads', () => {
  it.each(['plain', 'workers', 'cluster'])('in the host %s', async (name) => {
    const ended = await consumer.succeed(consumer.node([join('hosts', `${name}.mjs`)]));
    expect(ended).toEqual({ code: 0, stdout: 'checked\n', stderr: '' });
  });

  it('in the processes of `node --test`', async () => {
    const { stdout } = await consumer.succeed(consumer.node(['--test', '--test-reporter=tap', 'hosts/node-test.mjs']));
    expect(stdout).toContain('# pass 1');
  });

  it.each(['threads', 'forks'])('in the pool %s of vitest', async (pool) => {
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const options = ['run', '--globals', '--pool', pool, '--reporter', 'json'];
    consumer.write('vitest.config.mjs', `export default { test: { include: ['hosts/vitest-test.mjs'] } };\n`);
    const { stdout } = await consumer.succeed(consumer.node([vitest, ...options]));
    expect(JSON.parse(stdout)).toMatchObject({ numPassedTests: 1, numFailedTests: 0 });
  });

  it.each([{}, { ELECTRON_RUN_AS_NODE: '1' }])('in a host of another name, %o', async (environment) => {
    const host = join(consumer.path, 'Some App');
    copyFileSync(process.execPath, host);
    chmodSync(host, 0o755);
    const ended = await consumer.succeed(consumer.run(host, ['hosts/plain.mjs'], environment));
    expect(ended.stdout).toBe('checked\n');
  });
});
