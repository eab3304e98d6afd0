import { getEventListeners } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { createMemoryScene } from '../../doubles/memory-runner.js';
import { listenForAbort, stopListeningForAbort } from '../../../src/runner/abort-listeners.js';

const target = () => ({ aborted: vi.fn<() => void>() });

describe('listening for an abort', () => {
  it('tells every target of a signal through one listener', () => {
    const controller = new AbortController();
    const targets = Array.from({ length: 20 }, target);
    for (const each of targets) listenForAbort(controller.signal, each);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    controller.abort();
    for (const each of targets) expect(each.aborted).toHaveBeenCalledTimes(1);
  });

  it('takes its listener away with the last target', () => {
    const { signal } = new AbortController();
    const [first, second] = [target(), target()];
    listenForAbort(signal, first);
    listenForAbort(signal, second);
    stopListeningForAbort(signal, first);
    stopListeningForAbort(signal, first);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    stopListeningForAbort(signal, second);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('goes on telling the others when a target stops listening while it is told', () => {
    const controller = new AbortController();
    const second = target();
    const first = {
      aborted: vi.fn(() => {
        stopListeningForAbort(controller.signal, first);
      }),
    };
    listenForAbort(controller.signal, first);
    listenForAbort(controller.signal, second);
    controller.abort();
    expect(first.aborted).toHaveBeenCalledTimes(1);
    expect(second.aborted).toHaveBeenCalledTimes(1);
  });
});

describe('a signal that is none of the platform`s', () => {
  const fake = (more: object): AbortSignal =>
    ({ aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined, ...more }) as never;
  const thrower = (): never => {
    throw new Error('no listeners here');
  };

  it('CAN-01, CMD-14: cannot be listened to: nothing is started', async () => {
    const { runner, backend } = createMemoryScene();
    const signal = fake({ addEventListener: thrower });
    await expect(runner.run('tool', [], { signal })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      issues: [{ property: 'signal', message: 'cannot be listened to' }],
    });
    expect(() => runner.start('tool', [], { signal })).toThrow('cannot be listened to');
    expect(backend.launches).toHaveLength(0);
  });

  it('CAN-01: that aborts while it is listened to starts nothing', async () => {
    const { runner, backend } = createMemoryScene();
    const signal = fake({
      addEventListener: (_type: string, listener: { handleEvent(): void }) => {
        listener.handleEvent();
      },
    });
    expect(await runner.run('tool', [], { signal })).toMatchObject({ cancelled: true, pid: null });
    expect(backend.launches).toHaveLength(0);
  });

  it('CAN-01: that cannot be left keeps nobody from a result', async () => {
    const { runner, backend } = createMemoryScene();
    const running = runner.run('tool', [], { signal: fake({ removeEventListener: thrower }) });
    backend.last.exit(0);
    expect(await running).toMatchObject({ success: true });
  });
});
