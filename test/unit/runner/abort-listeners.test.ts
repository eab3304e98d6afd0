import { getEventListeners } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
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
