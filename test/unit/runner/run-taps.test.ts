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
