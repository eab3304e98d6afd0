import { describe, expect, it } from 'vitest';
import type { RunOptions } from '../../../src/core/run-options.js';
import type { OutputLine, RunHandle } from '../../../src/runner/runner.js';
import type { MemoryLaunch } from '../../doubles/memory-backend.js';
import { createMemoryScene } from '../../doubles/memory-runner.js';

function start(options: RunOptions = {}): { handle: RunHandle; launch: MemoryLaunch; advance: (ms: number) => void } {
  const { runner, backend } = createMemoryScene();
  const handle = runner.start('tool', [], options);
  return { handle, launch: backend.last.start(), advance: (ms) => backend.clock.advance(ms) };
}

async function collect(lines: AsyncIterable<OutputLine>): Promise<OutputLine[]> {
  const all: OutputLine[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

function texts(lines: readonly OutputLine[]): string[] {
  return lines.map((line) => line.text);
}

describe('lines', () => {
  it('come as they are written, numbered, timed and in order of arrival', async () => {
    const { handle, launch, advance } = start();
    const collecting = collect(handle.lines());
    launch.write('stdout', 'a\n');
    advance(5);
    launch.write('stderr', 'b\n').write('stdout', 'c\r\n').exit(0);
    const at = Date.UTC(2024, 0, 1);
    expect(await collecting).toEqual([
      { stream: 'stdout', text: 'a', timestamp: at, seq: 0, partial: false, dropped: 0 },
      { stream: 'stderr', text: 'b', timestamp: at + 5, seq: 1, partial: false, dropped: 0 },
      { stream: 'stdout', text: 'c', timestamp: at + 5, seq: 2, partial: false, dropped: 0 },
    ]);
  });

  it('include what was written before, also of a run that has ended', async () => {
    const { handle, launch } = start();
    launch.write('stderr', 'x\n').write('stdout', 'y\n').exit(0);
    expect(texts(await collect(handle.lines()))).toEqual(['x', 'y']);
  });

  it('end with an unfinished line, whatever ended the run', async () => {
    const { handle, launch } = start();
    const collecting = collect(handle.lines());
    launch.write('stdout', 'a\nb').settle({ stop: { cause: 'timeout', manner: 'forced' } });
    expect((await collecting).map(({ text, partial }) => [text, partial])).toEqual([
      ['a', false],
      ['b', true],
    ]);
    expect((await handle.result).timedOut).toBe(true);
  });

  it('are put together from pieces, characters too', async () => {
    const { handle, launch } = start();
    const collecting = collect(handle.lines());
    for (const byte of Buffer.from('€uro\nx\n')) launch.write('stdout', Uint8Array.of(byte));
    launch.exit(0);
    expect(texts(await collecting)).toEqual(['€uro', 'x']);
  });

  it('report as a gap what had been dropped', async () => {
    const { handle, launch } = start({ maxOutputBytes: 1024 });
    launch.write('stdout', `${'h'.repeat(200)}\n${'m'.repeat(4999)}\n`).exit(0);
    const lines = await collect(handle.lines());
    expect(lines.map(({ text, partial, dropped }) => [text.length, partial, dropped])).toEqual([
      [200, false, 0],
      [55, true, 0],
      [0, false, 5201 - 1024],
      [767, false, 0],
    ]);
  });

  it('lose no byte when the log of segments was too short', async () => {
    const { handle, launch } = start();
    launch.write('stdout', 'a\n').write('stderr', 'b\n').write('stdout', 'c\n');
    launch.firstSegment = 2;
    launch.exit(0);
    expect(texts(await collect(handle.lines())).sort()).toEqual(['a', 'b', 'c']);
    launch.firstSegment = 3;
    expect(texts(await collect(handle.lines())).sort()).toEqual(['a', 'b', 'c']);
  });

  it('of one stream leave the other alone', async () => {
    const { handle, launch } = start();
    launch.write('stdout', 'a\n').write('stderr', 'b\n').exit(0);
    expect(texts(await collect(handle.lines({ streams: ['stderr'] })))).toEqual(['b']);
  });

  it('serve those who ask ahead, in order', async () => {
    const { handle, launch } = start();
    const lines = handle.lines();
    const asked = [lines.next(), lines.next(), lines.next()];
    launch.write('stdout', 'a\nb\n').exit(0);
    expect((await Promise.all(asked)).map(({ value }) => (value as OutputLine | undefined)?.text)).toEqual([
      'a',
      'b',
      undefined,
    ]);
  });
});

describe('the pace', () => {
  it('is the reader`s: the backend hears how far it has come only when lines are taken', async () => {
    const { handle, launch } = start();
    const lines = handle.lines();
    launch.write('stdout', `${'x'.repeat(70_000)}\n`).write('stdout', 'y\n');
    expect(launch.streams.stdout.acknowledged).toBe(0);
    await lines.next();
    expect(launch.streams.stdout.acknowledged).toBe(70_001);
    await lines.next();
    await lines.next();
    expect(launch.streams.stdout.acknowledged).toBe(70_003);
  });

  it('is not changed by a tail or a read', async () => {
    const { handle, launch } = start();
    handle.lines();
    launch.write('stdout', 'a\n');
    handle.tail('stdout', { lines: 1 });
    handle.read('stdout', 0);
    expect(launch.streams.stdout.acknowledged).toBe(0);
    launch.exit(0);
    await handle.result;
  });
});

describe('leaving the loop', () => {
  it('stops the run, frees the child and waits until it has settled', async () => {
    const { handle, launch } = start();
    launch.write('stdout', 'a\nb\n');
    let hasLeft = false;
    const leaving = (async () => {
      for await (const line of handle.lines()) if (line.text === 'a') break;
      hasLeft = true;
    })();
    await expect.poll(() => launch.stops.length).toBe(1);
    expect(launch.streams.stdout.flow).toBe('off');
    expect(hasLeft).toBe(false);
    launch.end({ signal: 'SIGTERM', coreDumped: false });
    await leaving;
    expect(await handle.result).toMatchObject({ cancelled: true, reason: 'iterator closed' });
  });

  it('does not stop a run that has ended, and ends the iteration', async () => {
    const { handle, launch } = start();
    launch.write('stdout', 'a\nb\n').exit(0);
    const lines = handle.lines();
    await lines.next();
    await lines.return?.();
    expect(await lines.next()).toEqual({ done: true, value: undefined });
    expect(launch.stops).toEqual([]);
  });

  it('passes on what was thrown into it', async () => {
    const { handle, launch } = start();
    launch.exit(0);
    await expect(handle.lines().throw?.(new Error('mine'))).rejects.toThrow('mine');
  });
});
