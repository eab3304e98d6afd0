import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { OutputHandlers } from '../../../src/core/output-handlers.js';
import type { SettledFacts } from '../../../src/core/settled-facts.js';
import { createMemoryScene } from '../../doubles/memory-runner.js';

const SHORT: Partial<SettledFacts> = {
  ending: 'not-started',
  status: null,
  failure: { operation: 'fork', errno: 'EAGAIN', subject: 'none' },
};

function recorder(): { readonly heard: string[]; readonly handlers: OutputHandlers } {
  const heard: string[] = [];
  const handlers = {
    onLine: ({ text }: { text: string }) => heard.push(text),
    onEnd: () => heard.push('end'),
  };
  return { heard, handlers };
}

async function* input(): AsyncGenerator<string> {
  yield await Promise.resolve('data');
}

describe('handlers of a run that waits for its turn', () => {
  it('STR-02: hear its lines once it runs', async () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1 } });
    const { heard, handlers } = recorder();
    void runner.run('first');
    const second = runner.run('second', [], handlers);
    backend.last.exit(0);
    expect(backend.last.streams.stdout.flow).toBe('drop');
    backend.last.start().write('stdout', 'a\n').write('stderr', 'b\n');
    expect(heard).toEqual(['a', 'b']);
    backend.last.exit(0);
    expect((await second).stdout).toBe('a\n');
    expect(heard).toEqual(['a', 'b', 'end']);
    expect(backend.last.isReleased).toBe(true);
  });

  it('STR-09: hear the end, once, of one that was never launched', async () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1 } });
    const { heard, handlers } = recorder();
    void runner.run('first');
    const late = runner.run('late', [], { ...handlers, queueTimeoutMs: 20, tee: '/nowhere/file' });
    backend.clock.advance(20);
    expect((await late).output).toMatchObject({ handlers: { failures: 0 }, tee: null });
    expect(heard).toEqual(['end']);
  });

  it('STR-11: give back the input of one that was never launched', async () => {
    const { runner } = createMemoryScene();
    const source = input();
    await runner.run('tool', [], { input: source, signal: AbortSignal.abort() });
    expect(await source.next()).toEqual({ done: true, value: undefined });
  });
});

describe('input that cannot be read', () => {
  const unreadable = {
    [Symbol.asyncIterator]: (): AsyncIterator<string> => {
      throw new Error('locked');
    },
  };

  it('EXE-02: stops the run, as one that fails later does', async () => {
    const { runner, backend } = createMemoryScene();
    const running = runner.run('tool', [], { input: unreadable });
    expect(backend.last.stops).toHaveLength(1);
    backend.last.exit(0);
    expect(await running).toMatchObject({ reason: 'the input failed: locked' });
  });

  it('EXE-02: is nothing to a run that was never launched', async () => {
    const { runner } = createMemoryScene();
    const { outcome } = await runner.run('tool', [], { input: unreadable, signal: AbortSignal.abort() });
    expect(outcome.kind).toBe('not-started');
  });

  it('EXE-02: may be a stream of Node that fails while its run waits for its turn', async () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1 } });
    void runner.run('first');
    const source = new Readable({ read: () => undefined });
    const second = runner.run('second', [], { input: source as AsyncIterable<Uint8Array> });
    // Without a listener this is an uncaught exception.
    source.destroy(new Error('no such file'));
    await new Promise((resolve) => source.once('close', resolve));
    backend.last.exit(0);
    await expect.poll(() => backend.last.stops.length).toBe(1);
    backend.last.exit(0);
    expect(await second).toMatchObject({ reason: 'the input failed: no such file' });
  });

  it('EXE-14: closes a stream of Node that no launch has read', async () => {
    const { runner } = createMemoryScene();
    const source = new Readable({ read: () => undefined });
    const input = source as AsyncIterable<Uint8Array>;
    await runner.run('tool', [], { input, signal: AbortSignal.abort() });
    expect(source.destroyed).toBe(true);
  });
});

describe('handlers of a run that is launched again', () => {
  it('STR-02: hear the launch that succeeds, and each line once', async () => {
    const { runner, backend } = createMemoryScene();
    const { heard, handlers } = recorder();
    const running = runner.run('tool', [], { ...handlers, backpressure: 'block' });
    backend.last.settle(SHORT);
    backend.clock.advance(10);
    expect(backend.launches).toHaveLength(2);
    expect(backend.last.streams.stdout.flow).toBe('block');
    backend.last.start().write('stdout', 'a\n').exit(0);
    expect(await running).toMatchObject({ stdout: 'a\n', launches: 2 });
    expect(heard).toEqual(['a', 'end']);
    expect(backend.launches.map(({ isReleased }) => isReleased)).toEqual([true, true]);
  });

  it('STR-09: hear the end of one that is cancelled between its launches', async () => {
    const { runner, backend } = createMemoryScene();
    const { heard, handlers } = recorder();
    const controller = new AbortController();
    const running = runner.run('tool', [], { ...handlers, signal: controller.signal });
    backend.last.settle(SHORT);
    controller.abort();
    expect((await running).cancelled).toBe(true);
    expect(heard).toEqual(['end']);
  });
});

describe('what an observer of output sees of a run with handlers', () => {
  it('STR-02: both hear it, also after the handle let the streams flow', async () => {
    const ends: number[] = [];
    const observers = [{ output: ({ stdoutBytes }: { stdoutBytes: number }) => void ends.push(stdoutBytes) }];
    const { runner, backend } = createMemoryScene({ observers });
    const handle = runner.start('tool');
    await Promise.resolve();
    expect(backend.last.streams.stdout.flow).toBe('drop');
    backend.last.start().write('stdout', 'a\n').exit(0);
    await handle.result;
    expect(ends).toContain(2);
  });
});
