import { describe, expect, it } from 'vitest';
import { createRunner } from '../../../src/index.js';
import { createMemoryScene } from '../../doubles/memory-runner.js';

describe('OBS-06: health', () => {
  it('is ok while nothing speaks against it, and starts nothing', () => {
    const { runner, backend } = createMemoryScene();
    expect(runner.health()).toMatchObject({ status: 'ok', problems: [], containment: 'group', probed: false });
    expect(backend.launches).toEqual([]);
  });

  it('names runs that may have left processes, until they are known to be gone', async () => {
    const { runner, backend } = createMemoryScene();
    const pending = runner.run('make');
    const cleanup = { status: 'unconfirmed', mechanism: 'group', leaderReaped: true, steps: [] } as const;
    backend.last.start().exit(0, { cleanup: { ...cleanup, killed: [], survivors: [], elapsedMs: 1 } });
    await pending;
    expect(runner.health()).toMatchObject({ status: 'degraded', problems: ['1 runs may have left processes behind'] });
    backend.last.cleanUp();
    expect(runner.health().status).toBe('ok');
  });

  it('says why the fallback serves, and that the runner is closed', async () => {
    const runner = createRunner({ native: 'off' });
    const { status, backend, problems } = runner.health();
    expect({ status, backend }).toEqual({ status: 'degraded', backend: 'fallback' });
    expect(problems[0]).toBe('the fallback serves: the native backend is switched off');
    await runner.close();
    expect(runner.health().status).toBe('closed');
  });

  it('lists what observers say of themselves, and one that fails at that as a fault', () => {
    const { runner } = createMemoryScene({
      observers: [
        { health: () => ({ problems: ['the audit store is not writable'], refusal: null }) },
        {
          health: () => {
            throw new Error('broken');
          },
        },
      ],
    });
    expect(runner.health()).toMatchObject({
      status: 'degraded',
      problems: ['the audit store is not writable', 'observers failed 1 times, last: broken'],
    });
  });
});
