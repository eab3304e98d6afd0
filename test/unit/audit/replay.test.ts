import { afterEach, beforeEach, expect, it } from 'vitest';
import { replayPlan } from '../../../src/audit/replay.js';
import { appendRun, AuditScene, endOf, startOf } from './audit-scene.js';

let scene: AuditScene;

beforeEach(() => {
  scene = new AuditScene();
});
afterEach(() => scene.close());

it('AUD-14: a record gives the command back, and names what was redacted', async () => {
  const store = scene.open();
  const start = startOf({ executable: '/usr/bin/deploy', args: ['--to', 'here', '--token', 'hunter2'] });
  const env = { STAGE: 'test', API_KEY: 'abc' };
  const request = {
    ...start.request,
    env,
    unsetEnv: ['GONE'],
    secretNames: ['PASS'],
    timeoutMs: 5_000,
    hasInput: true,
  };
  store.append({ ...start, shell: 'sh', request });
  store.append(endOf());
  expect(replayPlan(await store.records('exec-1'))).toEqual({
    executable: '/usr/bin/deploy',
    arguments: ['--to', 'here', '--token', '[REDACTED]'],
    options: {
      cwd: '/work',
      env: { STAGE: 'test', GONE: undefined },
      envMode: 'inherit',
      shell: 'sh',
      timeoutMs: 5_000,
    },
    missing: [
      { part: 'argument', name: '3' },
      { part: 'env', name: 'API_KEY' },
      { part: 'secret', name: 'PASS' },
      { part: 'input', name: '' },
    ],
  });
});

it('AUD-14: gives nothing back of what was pruned', async () => {
  const store = scene.open();
  appendRun(store);
  await store.prune({ runId: 'exec-1' });
  expect(replayPlan(await store.records('exec-1'))).toBeUndefined();
});
