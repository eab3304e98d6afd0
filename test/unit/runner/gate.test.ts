import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { CommandValidationError } from '../../../src/core/errors.js';
import type { SettledFacts } from '../../../src/core/settled-facts.js';
import { readGateLimits, type GateOptions } from '../../../src/runner/gate-limits.js';
import { CONFIRMED } from '../../doubles/memory-backend.js';
import { createMemoryScene } from '../../doubles/memory-runner.js';

const MIB = 1024 * 1024;

function filesOf({ backend }: ReturnType<typeof createMemoryScene>): string[] {
  return backend.launches.map((launch) => launch.spec.file);
}

describe('the limits of a gate', () => {
  it('CON-02: has 64 slots, an endless queue and 256 MiB of buffers by default', () => {
    expect(readGateLimits({})).toEqual({ maxConcurrent: 64, maxQueued: Infinity, maxLiveBufferBytes: 256 * MIB });
  });

  it('CON-08: has buffers for as many runs of the default size as there are slots', () => {
    expect(readGateLimits({ maxConcurrent: 1024 }).maxLiveBufferBytes).toBe(2048 * MIB);
    expect(readGateLimits({ maxConcurrent: 1024, maxLiveBufferBytes: MIB }).maxLiveBufferBytes).toBe(MIB);
  });

  it.each<[keyof GateOptions, unknown[]]>([
    ['maxConcurrent', [0, 1025, 1.5, NaN, Infinity, '4', null]],
    ['maxQueued', [-1, 1_000_001, 0.5, NaN, Infinity]],
    ['maxLiveBufferBytes', [0, 2047, 4096.5, Infinity]],
  ])('CON-02: names %s when it is out of range', (property, values) => {
    for (const value of values)
      expect(() => readGateLimits({ [property]: value })).toThrow(expect.objectContaining({ property }));
  });
});

describe('slots', () => {
  it('CON-02: lets as many run as there are slots, and the others in the order in which they were asked for', async () => {
    const scene = createMemoryScene({ gate: { maxConcurrent: 2 } });
    const { runner, backend } = scene;
    const running = ['a', 'b', 'c', 'd', 'e'].map((file) => runner.run(file));
    expect(filesOf(scene)).toEqual(['a', 'b']);
    expect(runner.activity()).toMatchObject({ state: 'executing', executing: 2, queued: 3 });
    backend.launches[1]!.exit(0);
    expect(filesOf(scene)).toEqual(['a', 'b', 'c']);
    backend.launches[0]!.exit(0);
    backend.launches[2]!.exit(0);
    expect(filesOf(scene)).toEqual(['a', 'b', 'c', 'd', 'e']);
    for (const launch of backend.launches.slice(3)) launch.exit(0);
    expect((await Promise.all(running)).map((result) => result.command.file)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(runner.activity()).toMatchObject({ state: 'ready', executing: 0, queued: 0, bufferBytes: 0 });
  });

  it.each([
    { slots: 16, told: [] },
    { slots: 17, told: [true, false, true, false] },
  ])('tells the backend of a crowd that waits for $slots slots', async ({ slots, told }) => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: slots } });
    const controller = new AbortController();
    const running = Array.from({ length: slots }, () => runner.run('running'));
    expect(backend.crowds).toEqual([]);
    const waiting = [runner.run('first'), runner.run('second')];
    expect(backend.crowds).toEqual(told.slice(0, 1));
    backend.launches[0]!.exit(0);
    expect(backend.crowds).toEqual(told.slice(0, 1));
    backend.launches[1]!.exit(0);
    expect(backend.crowds).toEqual(told.slice(0, 2));
    const cancelled = runner.run('third', [], { signal: controller.signal });
    controller.abort();
    expect(backend.crowds).toEqual(told);
    for (const launch of backend.launches.slice(2)) launch.exit(0);
    await Promise.all([...running, ...waiting, cancelled]);
  });

  it('D-04: does not count the wait as running, and tells how long it was', async () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1 } });
    void runner.run('first');
    const second = runner.run('second', [], { timeoutMs: 1000 });
    backend.clock.advance(700);
    backend.last.exit(0);
    expect(backend.last.spec).toMatchObject({ file: 'second', timeoutMs: 1000 });
    backend.clock.advance(20);
    backend.last.exit(0);
    expect(await second).toMatchObject({ queuedMs: 700, durationMs: 20, success: true, launches: 1 });
    expect(backend.clock.timers.all).toBe(0);
  });

  it.each<[string, Partial<SettledFacts>]>([
    ['a failure', { status: { code: 1 } }],
    ['a crash', { status: { signal: 'SIGSEGV', coreDumped: false } }],
    ['a timeout', { status: { signal: 'SIGTERM', coreDumped: false }, stop: { cause: 'timeout', manner: 'graceful' } }],
    ['a kill', { status: { signal: 'SIGKILL', coreDumped: false }, stop: { cause: 'cancelled', manner: 'forced' } }],
    [
      'a launch that fails',
      { ending: 'not-started', failure: { operation: 'exec', errno: 'ENOENT', subject: 'none' } },
    ],
    ['a lost status', { ending: 'lost', status: null }],
    ['a detached start', { ending: 'detached', status: null }],
  ])('EXE-18, CON-06: frees its slot exactly once after %s', async (_name, facts) => {
    const scene = createMemoryScene({ gate: { maxConcurrent: 1 } });
    const { runner, backend } = scene;
    const first = runner.run('a');
    const others = ['b', 'c'].map((file) => runner.run(file));
    backend.last.settle(facts);
    await first;
    expect(filesOf(scene)).toEqual(['a', 'b']);
    expect(runner.activity()).toMatchObject({ executing: 1, queued: 1 });
    backend.last.exit(0);
    backend.last.exit(0);
    await Promise.all(others);
    expect(runner.activity()).toMatchObject({ executing: 0, queued: 0, bufferBytes: 0 });
  });

  it('CON-06: frees its slot when the backend refuses the launch by an exception', async () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1 } });
    const launch = backend.launch.bind(backend);
    const refuse = () => {
      throw new Error('no');
    };
    backend.launch = refuse;
    await expect(runner.run('a')).rejects.toThrow('no');
    backend.launch = launch;
    void runner.run('b');
    const queued = runner.run('c');
    const behind = runner.run('d');
    backend.launch = refuse;
    backend.last.exit(0);
    expect((await queued).outcome).toMatchObject({ kind: 'not-started', error: { code: 'UNKNOWN' } });
    expect((await behind).outcome).toMatchObject({ kind: 'not-started' });
    expect(runner.activity()).toMatchObject({ executing: 0, queued: 0, bufferBytes: 0 });
  });

  it('CON-11: frees the slot of an unconfirmed run and counts it until it is clean', async () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1 } });
    const first = runner.run('a');
    const unclean = backend.last;
    unclean.settle({ cleanup: { ...CONFIRMED, status: 'unconfirmed' } });
    await first;
    expect(runner.activity()).toMatchObject({ executing: 0, quarantined: 1 });
    void runner.run('b');
    expect(backend.launches).toHaveLength(2);
    unclean.cleanUp();
    expect(runner.activity()).toMatchObject({ executing: 1, quarantined: 0 });
  });

  it('CON-11: counts what a straggler policy kept only once it would not die', async () => {
    const { runner, backend } = createMemoryScene();
    const first = runner.run('a', [], { stragglers: 'report' });
    backend.last.settle({ cleanup: { ...CONFIRMED, status: 'kept' } });
    await first;
    expect(runner.activity().quarantined).toBe(0);
    backend.last.cleanUp({ status: 'unconfirmed' });
    expect(runner.activity().quarantined).toBe(1);
  });

  it('CON-01: is shared by the scopes of a runner', () => {
    const scene = createMemoryScene({ gate: { maxConcurrent: 1 } });
    void scene.runner.scope().run('a');
    void scene.runner.scope().run('b');
    void scene.runner.run('c');
    expect(scene.runner.activity()).toMatchObject({ executing: 1, queued: 2 });
  });
});

describe('the queue', () => {
  it('CON-04: gives up after its own timeout, with nothing launched', async () => {
    const scene = createMemoryScene({ gate: { maxConcurrent: 1 } });
    void scene.runner.run('a');
    const late = scene.runner.run('b', [], { queueTimeoutMs: 50 });
    const next = scene.runner.run('c');
    scene.backend.clock.advance(50);
    const result = await late;
    expect(result.outcome).toMatchObject({
      kind: 'not-started',
      error: { code: 'CONCURRENCY_LIMIT', message: 'none of 1 slots became free within 50 ms' },
    });
    expect(result).toMatchObject({
      timedOut: false,
      cancelled: false,
      exitCode: -1,
      pid: null,
      queuedMs: 50,
      launches: 0,
    });
    scene.backend.last.exit(0);
    expect(filesOf(scene)).toEqual(['a', 'c']);
    scene.backend.last.exit(0);
    expect((await next).success).toBe(true);
  });

  it('CON-04: waits as long as the command may run, unless told otherwise', async () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1 } });
    void runner.run('a');
    const waiting = runner.run('b', [], { timeoutMs: 4000 });
    backend.clock.advance(3999);
    expect(runner.activity().queued).toBe(1);
    backend.clock.advance(1);
    expect((await waiting).outcome).toMatchObject({ error: { code: 'CONCURRENCY_LIMIT' } });
  });

  it('CON-04: does not wait at all with a queue timeout of 0', async () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1 } });
    const first = runner.run('a', [], { queueTimeoutMs: 0 });
    const second = await runner.run('b', [], { queueTimeoutMs: 0 });
    expect(second.outcome).toMatchObject({ kind: 'not-started', error: { code: 'CONCURRENCY_LIMIT' } });
    backend.last.exit(0);
    expect((await first).success).toBe(true);
  });

  it('CON-04: takes no more than maxQueued', async () => {
    const { runner } = createMemoryScene({ gate: { maxConcurrent: 1, maxQueued: 1 } });
    void runner.run('a');
    void runner.run('b');
    expect((await runner.run('c')).outcome).toMatchObject({
      kind: 'not-started',
      error: { code: 'CONCURRENCY_LIMIT' },
    });
    await expect(runner.run('d', [], { reject: true })).rejects.toMatchObject({ code: 'CONCURRENCY_LIMIT' });
    expect(runner.activity()).toMatchObject({ executing: 1, queued: 1 });
  });

  it('CAN-01: is left by a run whose signal aborts, without a listener', async () => {
    const scene = createMemoryScene({ gate: { maxConcurrent: 1 } });
    const controller = new AbortController();
    void scene.runner.run('a');
    const waiting = scene.runner.run('b', [], { signal: controller.signal });
    const behind = scene.runner.run('c');
    controller.abort('enough');
    expect(await waiting).toMatchObject({ cancelled: true, reason: 'enough', outcome: { kind: 'not-started' } });
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    expect(scene.backend.clock.timers.all).toBe(1);
    scene.backend.last.exit(0);
    expect(filesOf(scene)).toEqual(['a', 'c']);
    scene.backend.last.exit(0);
    await behind;
  });

  it('CAN-01: is left by stop(), and state tells about the wait', async () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1 } });
    void runner.run('a');
    const handle = runner.start('b');
    expect(handle).toMatchObject({ state: 'queued', pid: undefined });
    handle.stop('not needed');
    expect(await handle.result).toMatchObject({ cancelled: true, reason: 'not needed' });
    expect(handle.state).toBe('settled');
    expect(backend.launches).toHaveLength(1);
  });

  it('CON-06: is emptied when the runner closes', async () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1 } });
    const results = [runner.run('a'), runner.run('b'), runner.run('c')];
    const closing = runner.close();
    backend.last.end({ signal: 'SIGTERM', coreDumped: false });
    await closing;
    expect((await Promise.all(results)).map((result) => result.reason)).toEqual(Array(3).fill('the runner is closed'));
    expect(backend.launches).toHaveLength(1);
    expect(runner.activity()).toMatchObject({ executing: 0, queued: 0 });
  });

  it('keeps the event loop alive unless the handle says otherwise, also after the launch', () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1 } });
    void runner.run('a');
    const handle = runner.start('b');
    expect(backend.clock.timers).toEqual({ all: 1, referenced: 1 });
    handle.unref();
    expect(backend.clock.timers).toEqual({ all: 1, referenced: 0 });
    backend.last.exit(0);
    expect(backend.last).toMatchObject({ isReferenced: false });
  });

  it('CON-02: survives a long row of runs that are over the moment they get their turn', async () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1 } });
    void runner.run('a');
    backend.launch = () => {
      throw new Error('no');
    };
    const waiting = Array.from({ length: 20_000 }, () => runner.run('b'));
    backend.last.exit(0);
    expect((await Promise.all(waiting)).every((result) => result.outcome.kind === 'not-started')).toBe(true);
    expect(runner.activity()).toMatchObject({ executing: 0, queued: 0 });
  });
});

describe('a handle whose run waits', () => {
  it('keeps what is written, the end of input and the lines that are read for the launch', async () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1 } });
    void runner.run('a');
    const handle = runner.start('cat', [], { stdin: 'pipe' });
    const written = handle.write('hello');
    handle.endInput();
    const lines = handle.lines();
    const first = lines.next();
    expect(handle.read('stdout', 0)).toMatchObject({ bytes: new Uint8Array(), next: 0, end: false });
    expect(handle.tail('stdout', { lines: 5 })).toBe('');
    backend.last.exit(0);
    const launch = backend.last;
    await written;
    expect(launch).toMatchObject({ stdin: 'hello', isStdinClosed: true });
    expect(launch.streams.stdout.flow).toBe('block');
    launch.start().write('stdout', 'hello\n').exit(0);
    expect((await first).value).toMatchObject({ text: 'hello' });
    expect((await lines.next()).done).toBe(true);
  });

  it('ends the input of a command to which nothing was written', () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1 } });
    void runner.run('a');
    runner.start('cat', [], { stdin: 'pipe' }).endInput();
    backend.last.exit(0);
    expect(backend.last.isStdinClosed).toBe(true);
  });

  it('lets output that nobody reads go', async () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1 } });
    void runner.run('a');
    runner.start('b');
    await Promise.resolve();
    backend.last.exit(0);
    expect(backend.last.spec.holdsOutput).toBe(true);
    expect(backend.last.streams.stdout.flow).toBe('off');
  });

  it('is disposed without ever being launched', async () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1 } });
    void runner.run('a');
    await runner.start('b').dispose();
    expect(backend.launches).toHaveLength(1);
    expect(runner.activity()).toMatchObject({ executing: 1, queued: 0 });
  });
});

describe('buffers', () => {
  const gate = { maxLiveBufferBytes: 10_000 };

  it('CON-08: makes a run wait until the buffers of others are free', () => {
    const scene = createMemoryScene({ gate });
    void scene.runner.run('a', [], { maxOutputBytes: 4000 });
    void scene.runner.run('b', [], { maxOutputBytes: 2000, stderr: 'ignore' });
    expect(scene.runner.activity().bufferBytes).toBe(10_000);
    void scene.runner.run('c', [], { maxOutputBytes: 1024 });
    void scene.runner.run('d', [], { stdout: 'ignore', stderr: 'inherit' });
    expect(filesOf(scene)).toEqual(['a', 'b']);
    scene.backend.launches[1]!.exit(0);
    expect(scene.runner.activity().bufferBytes).toBe(8000);
    // In order: d needs nothing and still does not pass c.
    expect(filesOf(scene)).toEqual(['a', 'b']);
    scene.backend.launches[0]!.exit(0);
    expect(filesOf(scene)).toEqual(['a', 'b', 'c', 'd']);
    expect(scene.runner.activity().bufferBytes).toBe(2048);
  });

  it('CON-08: counts what handles keep until they let go, as much as there is', async () => {
    const scene = createMemoryScene({ gate });
    const handle = scene.runner.start('a', [], { maxOutputBytes: 4000 });
    scene.backend.last.start().write('stdout', 'x'.repeat(3000)).exit(0);
    await handle.result;
    expect(scene.runner.activity()).toMatchObject({ executing: 0, bufferBytes: 0, keptBytes: 3000 });
    void scene.runner.run('b', [], { maxOutputBytes: 3000 });
    void scene.runner.run('c', [], { maxOutputBytes: 2000, stderr: 'ignore' });
    expect(filesOf(scene)).toEqual(['a', 'b']);
    await handle.dispose();
    expect(filesOf(scene)).toEqual(['a', 'b', 'c']);
    expect(scene.runner.activity()).toMatchObject({ bufferBytes: 8000, keptBytes: 0 });
  });

  it('CON-08: lets a run pass by itself, whatever handles keep', async () => {
    const scene = createMemoryScene({ gate });
    const handle = scene.runner.start('a', [], { maxOutputBytes: 5000 });
    scene.backend.last.start().write('stdout', 'x'.repeat(5000)).exit(0);
    await handle.result;
    void scene.runner.run('b', [], { maxOutputBytes: 5000 });
    void scene.runner.run('c', [], { maxOutputBytes: 1024 });
    expect(filesOf(scene)).toEqual(['a', 'b']);
    scene.backend.last.exit(0);
    expect(filesOf(scene)).toEqual(['a', 'b', 'c']);
    scene.backend.last.exit(0);
    expect(scene.runner.activity()).toMatchObject({ executing: 0, bufferBytes: 0, keptBytes: 5000 });
  });

  it('CON-08: lets those behind a large run pass when it gives up', () => {
    const scene = createMemoryScene({ gate });
    void scene.runner.run('a', [], { maxOutputBytes: 4000 });
    const large = scene.runner.start('b', [], { maxOutputBytes: 5000 });
    void scene.runner.run('c', [], { maxOutputBytes: 1024, stderr: 'ignore' });
    expect(filesOf(scene)).toEqual(['a']);
    large.stop();
    expect(filesOf(scene)).toEqual(['a', 'c']);
  });

  it('CON-08: refuses a run that could never fit', async () => {
    const { runner } = createMemoryScene({ gate });
    const running = runner.run('a', [], { maxOutputBytes: 5001 });
    await expect(running).rejects.toBeInstanceOf(CommandValidationError);
    await expect(running).rejects.toMatchObject({ property: 'maxOutputBytes' });
    expect(() => runner.start('a', [], { maxOutputBytes: 5001 })).toThrow(CommandValidationError);
    expect(runner.activity()).toMatchObject({ executing: 0, queued: 0 });
  });

  it('CON-08: frees the rings of a run before those of the next one are made', async () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1 } });
    const first = runner.run('a');
    void runner.run('b');
    const launch = backend.launch.bind(backend);
    const releasedBefore: boolean[] = [];
    backend.launch = (...args) => {
      releasedBefore.push(backend.last.isReleased);
      return launch(...args);
    };
    backend.last.exit(0);
    await first;
    expect(releasedBefore).toEqual([true]);
  });
});

describe('nested runs', () => {
  it('CON-06: does not wait for the slot of the run that waits for it', async () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1 } });
    const outer = runner.start('outer');
    const inner = runner.run('inner', [], { nested: true });
    expect(backend.last.spec.file).toBe('inner');
    expect(runner.activity()).toMatchObject({ executing: 2, queued: 0 });
    backend.last.exit(0);
    expect((await inner).success).toBe(true);
    backend.launches[0]!.exit(0);
    await outer.result;
    expect(runner.activity()).toMatchObject({ executing: 0, bufferBytes: 0 });
  });

  it('CON-07: refuses at once what exceeds the places beside the slots', async () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 2 } });
    const options = { nested: true };
    void runner.run('a', [], options);
    void runner.run('b', [], options);
    expect((await runner.run('c', [], options)).outcome).toMatchObject({
      kind: 'not-started',
      error: { code: 'CONCURRENCY_LIMIT', message: '2 nested commands are under way, and no more may be' },
    });
    backend.last.exit(0);
    void runner.run('d', [], options);
    expect(backend.last.spec.file).toBe('d');
  });
});

describe('runSync', () => {
  it('CON-02: neither waits nor takes the slot of another', () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1 } });
    void runner.run('a');
    void runner.run('b');
    let during = 0;
    backend.onLaunchSync = (launch) => {
      during = runner.activity().executing;
      launch.start().exit(0);
    };
    expect(runner.runSync('c')).toMatchObject({ success: true, queuedMs: 0, launches: 1 });
    expect(during).toBe(2);
    expect(runner.activity()).toMatchObject({ executing: 1, queued: 1 });
  });
});

describe('activity', () => {
  it('CON-09: does not load the backend', () => {
    const { runner, backend } = createMemoryScene();
    expect(runner.activity()).toEqual({
      ...{ state: 'ready', executing: 0, queued: 0, quarantined: 0, bufferBytes: 0, keptBytes: 0, targets: {} },
    });
    expect(backend.launches).toEqual([]);
  });

  it('CON-03, EXR-05: counts by target, which is ready, executing and ready again, also after a failure', async () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 11 } });
    const options = { target: 'host-1' };
    const results = Array.from({ length: 12 }, () => runner.run('a', [], options));
    results.push(runner.run('b', [], { target: '__proto__' }));
    const { targets } = runner.activity();
    expect(targets['host-1']).toEqual({ state: 'executing', executing: 11, queued: 1 });
    expect(Object.entries(targets)).toContainEqual(['__proto__', { state: 'ready', executing: 0, queued: 1 }]);
    for (let index = 0; index < 13; index++) backend.launches[index]!.exit(index % 2);
    await Promise.all(results);
    expect(runner.activity().targets).toEqual({});
  });
});

describe('a shortage of the system', () => {
  const shortage = (errno: string): Partial<SettledFacts> => ({
    ...{ ending: 'not-started', status: null, pid: undefined },
    failure: { operation: 'spawn', errno, subject: 'none' },
  });

  it.each(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM'])(
    'CON-07: tries a launch again after %s, and says so',
    async (errno) => {
      const { runner, backend, liveRuns } = createMemoryScene();
      const running = runner.run('a');
      backend.last.settle(shortage(errno));
      expect(backend.launches).toHaveLength(1);
      expect(backend.last.isReleased).toBe(true);
      expect(liveRuns()).toBe(0);
      expect(runner.activity()).toMatchObject({ executing: 1 });
      backend.clock.advance(10);
      backend.last.start().exit(0);
      expect(await running).toMatchObject({ success: true, launches: 2 });
      expect(liveRuns()).toBe(0);
    },
  );

  it('CON-07: gives up after five launches within a second', async () => {
    const { runner, backend } = createMemoryScene();
    const running = runner.run('a');
    for (let launches = 1; launches <= 5; launches++) {
      expect(backend.launches).toHaveLength(launches);
      backend.last.settle(shortage('EMFILE'));
      backend.clock.advance(300);
    }
    const result = await running;
    expect(result.outcome).toMatchObject({ kind: 'not-started', error: { code: 'RESOURCE_LIMIT', errno: 'EMFILE' } });
    expect(result.launches).toBe(5);
    expect(runner.activity().executing).toBe(0);
  });

  it('CON-07: admits nobody meanwhile, and everybody afterwards', async () => {
    const scene = createMemoryScene();
    const first = scene.runner.run('a');
    scene.backend.last.settle(shortage('EAGAIN'));
    const second = scene.runner.run('b');
    expect(filesOf(scene)).toEqual(['a']);
    scene.backend.clock.advance(10);
    expect(filesOf(scene)).toEqual(['a', 'a', 'b']);
    for (const launch of scene.backend.launches.slice(1)) launch.exit(0);
    expect((await Promise.all([first, second])).map((result) => result.success)).toEqual([true, true]);
  });

  it('CAN-01: does not try again what was cancelled, and lets the others go on', async () => {
    const scene = createMemoryScene();
    const controller = new AbortController();
    const first = scene.runner.run('a', [], { signal: controller.signal });
    scene.backend.last.settle(shortage('EAGAIN'));
    void scene.runner.run('b');
    controller.abort('enough');
    expect(await first).toMatchObject({ cancelled: true, reason: 'enough', launches: 1 });
    expect(filesOf(scene)).toEqual(['a', 'b']);
    expect(scene.backend.clock.timers.all).toBe(0);
  });

  it('does not try again where input may have been lost, after another failure, or without a loop to wait in', async () => {
    const { runner, backend } = createMemoryScene();
    const piped = runner.start('a', [], { stdin: 'pipe' });
    backend.last.settle(shortage('EAGAIN'));
    expect(await piped.result).toMatchObject({ launches: 1, success: false });
    const missing = runner.run('a');
    backend.last.settle(shortage('ENOENT'));
    expect(await missing).toMatchObject({ launches: 1, success: false });
    backend.onLaunchSync = (launch) => launch.settle(shortage('EAGAIN'));
    expect(runner.runSync('a')).toMatchObject({ launches: 1, success: false });
    expect(runner.activity().executing).toBe(0);
  });

  it('gives the second launch what the first one was asked for', () => {
    const { runner, backend } = createMemoryScene();
    const handle = runner.start('a');
    const lines = handle.lines();
    void lines.next();
    backend.last.settle(shortage('EAGAIN'));
    handle.unref();
    backend.clock.advance(10);
    expect(backend.launches).toHaveLength(2);
    expect(backend.last).toMatchObject({ isReferenced: false });
    expect(backend.last.streams.stdout.flow).toBe('block');
  });
});
