import { describe, expect, it, vi } from 'vitest';
import type { RunOptions } from '../../../src/core/run-options.js';
import type { RunHandle } from '../../../src/runner/runner.js';
import { CONFIRMED, type MemoryBackend, type MemoryLaunch } from '../../doubles/memory-backend.js';
import { createMemoryScene } from '../../doubles/memory-runner.js';

function start(options: RunOptions = {}): { handle: RunHandle; launch: MemoryLaunch; backend: MemoryBackend } {
  const { runner, backend } = createMemoryScene();
  const handle = runner.start('tool', [], options);
  return { handle, launch: backend.last, backend };
}

describe('what a handle shows', () => {
  it('follows the run', async () => {
    const { handle, launch } = start();
    expect(handle).toMatchObject({ id: 'exec-1', pid: undefined, state: 'queued' });
    launch.start(7);
    expect(handle).toMatchObject({ pid: 7, state: 'running' });
    launch.exit(0);
    expect(handle.state).toBe('settled');
    expect(await handle.result).toMatchObject({ success: true });
    expect(await handle.result).toBe(await handle.result);
  });

  it('is cancelled, not running, for a signal that was aborted before', async () => {
    const { runner } = createMemoryScene();
    const handle = runner.start('tool', [], { signal: AbortSignal.abort() });
    expect(handle.state).toBe('settled');
    expect((await handle.result).cancelled).toBe(true);
    expect(handle.read('stdout', 0)).toEqual({ bytes: new Uint8Array(0), next: 0, dropped: 0, end: true });
    await handle.dispose();
  });

  it('has the receipt in its final form', async () => {
    const { handle, launch } = start({ stragglers: 'report' });
    launch.start().exit(0, { cleanup: { ...CONFIRMED, status: 'unconfirmed' } });
    expect((await handle.result).cleanup.status).toBe('unconfirmed');
    launch.cleanUp({ status: 'confirmed' });
    expect((await handle.cleanup).status).toBe('confirmed');
  });

  it('has the receipt of the result where that is final', async () => {
    const { handle, launch } = start();
    launch.start().exit(0);
    expect(await handle.cleanup).toBe((await handle.result).cleanup);
  });

  it('rejects only for those who ask for the result', async () => {
    const { handle, launch } = start({ reject: true });
    launch.start().exit(1);
    await handle.dispose();
    await expect(handle.result).rejects.toMatchObject({ code: 'NON_ZERO_EXIT' });
  });
});

describe('stopping', () => {
  it('asks politely, kills at once, and keeps the first reason', async () => {
    const { handle, launch } = start({ graceMs: 700 });
    handle.stop('first');
    handle.stop('second');
    handle.kill();
    expect(launch.stops.map((stop) => stop.graceMs)).toEqual([700, 700, 0]);
    launch.end({ signal: 'SIGKILL', coreDumped: false });
    expect(await handle.result).toMatchObject({ cancelled: true, reason: 'first' });
  });

  it('does nothing after the run has been disposed of', async () => {
    const { handle, launch } = start();
    launch.start().exit(0);
    await handle.dispose();
    handle.stop();
    handle.kill();
    handle.unref();
    handle.resume();
    handle.endInput();
    expect(launch.stops).toEqual([]);
  });

  it('lets the event loop end or not', () => {
    const { handle, launch } = start();
    handle.unref();
    expect(launch.isReferenced).toBe(false);
    handle.ref();
    expect(launch.isReferenced).toBe(true);
  });

  it('tells of a suspended command and resumes it', () => {
    const { handle, launch } = start();
    let suspensions = 0;
    handle.onSuspended(() => (suspensions += 1));
    launch.listener.suspended();
    handle.resume();
    expect(suspensions).toBe(1);
    expect(launch.resumes).toBe(1);
  });
});

describe('dispose', () => {
  it('stops the run, waits for its teardown and releases it, once', async () => {
    const { handle, launch } = start();
    launch.start();
    const disposals = [handle.dispose(), handle.dispose(), handle[Symbol.asyncDispose]()];
    expect(launch.stops).toHaveLength(1);
    launch.end({ signal: 'SIGTERM', coreDumped: false });
    await Promise.all(disposals);
    expect(launch.isReleased).toBe(true);
    expect((await handle.result).cancelled).toBe(true);
  });

  it('does not stop what has ended', async () => {
    const { handle, launch } = start();
    launch.start().exit(0);
    expect(launch.isReleased).toBe(false);
    await handle.dispose();
    expect(launch).toMatchObject({ stops: [], isReleased: true });
  });

  it('ends what a policy kept alive', async () => {
    const { handle, launch } = start({ stragglers: 'report' });
    launch.start().exit(0, { cleanup: { ...CONFIRMED, status: 'kept' } });
    const disposal = handle.dispose();
    expect(launch.stops).toHaveLength(1);
    launch.cleanUp();
    await disposal;
    expect(launch.isReleased).toBe(true);
  });

  it('does not wait for a confirmation that nobody can give', async () => {
    const { handle, launch } = start();
    launch.start().exit(0, { cleanup: { ...CONFIRMED, status: 'unconfirmed', mechanism: 'child-only' } });
    await handle.dispose();
    expect((await handle.cleanup).status).toBe('unconfirmed');
  });

  it('D-03: gives up after 5 s, of which stopping is a part', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { handle, launch } = start();
      const ends: unknown[] = [];
      const disposal = handle.dispose().catch((error: unknown) => void ends.push(error));
      vi.advanceTimersByTime(4_000);
      launch.end({ signal: 'SIGTERM', coreDumped: false }, { cleanup: { ...CONFIRMED, status: 'unconfirmed' } });
      await vi.advanceTimersByTimeAsync(999);
      expect(ends).toEqual([]);
      await vi.advanceTimersByTimeAsync(1);
      expect(ends).toMatchObject([{ code: 'CLEANUP_UNCONFIRMED' }]);
      await disposal;
    } finally {
      vi.useRealTimers();
    }
  });

  it('rejects when the teardown stays unconfirmed', async () => {
    const { handle, launch } = start();
    launch.start().exit(0, { cleanup: { ...CONFIRMED, status: 'unconfirmed' } });
    const disposal = handle.dispose();
    launch.cleanUp({ status: 'unconfirmed' });
    await expect(disposal).rejects.toMatchObject({ code: 'CLEANUP_UNCONFIRMED' });
  });
});

describe('read', () => {
  it('gives bytes by cursor, as often as asked', () => {
    const { handle, launch } = start();
    launch.start().write('stdout', 'abc');
    expect(handle.read('stdout', 1)).toEqual({ bytes: new Uint8Array([0x62, 0x63]), next: 3, dropped: 0, end: false });
    expect(handle.read('stdout', 3)).toMatchObject({ next: 3, end: false });
    launch.exit(0);
    expect(handle.read('stdout', 3)).toMatchObject({ next: 3, end: true });
  });

  it('gives bytes of its own', () => {
    const { handle, launch } = start();
    launch.start().write('stdout', 'abc').write('stderr', 'xyz');
    const { bytes } = handle.read('stdout', 0);
    handle.read('stderr', 0);
    expect(Buffer.from(bytes).toString()).toBe('abc');
  });

  it('counts everything as dropped once it is released', async () => {
    const { handle, launch } = start();
    launch.start().write('stdout', 'abc').exit(0);
    await handle.dispose();
    expect(handle.read('stdout', 1)).toEqual({ bytes: new Uint8Array(0), next: 3, dropped: 2, end: true });
    expect(handle.tail('stdout', { lines: 1 })).toBe('');
  });

  it.each([-1, 0.5, NaN])('refuses %d as a cursor', (cursor) => {
    expect(() => start().handle.read('stdout', cursor)).toThrow(expect.objectContaining({ property: 'cursor' }));
  });

  it('refuses other streams', () => {
    expect(() => start().handle.read('stdin' as 'stdout', 0)).toThrow(expect.objectContaining({ property: 'stream' }));
  });
});

describe('lines', () => {
  it('refuses a second loop beside the first, and takes one after it', async () => {
    const { handle, launch } = start();
    const first = handle.lines();
    expect(() => handle.lines()).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
    launch.start().write('stdout', 'a\n').exit(0);
    const seen = [await first.next(), await first.next()];
    expect(seen.map(({ done }) => done)).toEqual([false, true]);
    expect((await handle.lines().next()).value).toMatchObject({ text: 'a' });
  });

  it('watches only streams that are captured and wanted', () => {
    const { handle, launch } = start({ stderr: 'inherit' });
    handle.lines();
    expect([launch.streams.stdout.flow, launch.streams.stderr.flow]).toEqual(['block', 'off']);
    const other = start();
    other.handle.lines({ streams: ['stderr'] });
    expect([other.launch.streams.stdout.flow, other.launch.streams.stderr.flow]).toEqual(['off', 'block']);
  });
});

describe('write', () => {
  it('delivers text and bytes in order and ends after them', async () => {
    const { handle, launch } = start({ stdin: 'pipe', input: 'x' });
    expect(launch.spec.stdin).toMatchObject({ kind: 'pipe', keepOpen: true });
    await handle.write('ü');
    await handle.write(new Uint8Array([0x61]));
    handle.endInput();
    expect(launch).toMatchObject({ stdin: 'üa', isStdinClosed: true });
  });

  it('needs a pipe', async () => {
    const { handle, launch } = start();
    await expect(handle.write('x')).rejects.toMatchObject({ property: 'stdin' });
    handle.endInput();
    expect(launch.isStdinClosed).toBe(false);
  });

  it('refuses what is no chunk, and anything after the end', async () => {
    const { handle } = start({ stdin: 'pipe' });
    await expect(handle.write(5 as unknown as string)).rejects.toMatchObject({ property: 'chunk' });
    handle.endInput();
    await expect(handle.write('x')).rejects.toMatchObject({ property: 'chunk' });
  });

  it('drops what is written after the run has settled', async () => {
    const { handle, launch } = start({ stdin: 'pipe' });
    launch.start().exit(0);
    await handle.write('late');
    expect(launch.stdin).toBe('');
  });
});
