import { describe, expect, it } from 'vitest';
import { TimeBudget } from '../../../src/core/budget.js';
import { createMemoryScene } from '../../doubles/memory-runner.js';

const TIMED_OUT = { kind: 'not-started', cause: 'timeout', error: { code: 'TIMEOUT' } };

describe('a shared budget', () => {
  it('EXE-25: gives each run the smaller of its timeout and what is left', async () => {
    const { runner, backend } = createMemoryScene();
    const budget = new TimeBudget(1000, backend.clock);
    const first = runner.run('a', [], { budget, timeoutMs: 300 });
    expect(backend.last.spec.timeoutMs).toBe(300);
    backend.clock.advance(250);
    backend.last.exit(0);
    await first;
    const second = runner.run('b', [], { budget });
    expect(backend.last.spec).toMatchObject({ timeoutMs: 750, graceMs: 2000 });
    backend.clock.advance(750);
    backend.last.settle({
      status: { signal: 'SIGTERM', coreDumped: false },
      stop: { cause: 'timeout', manner: 'graceful' },
    });
    expect(await second).toMatchObject({ timedOut: true, reason: 'timed out after 750 ms' });
  });

  it('EXE-25: starts nothing once it is spent, not even with runSync, and also where there is no room to wait', async () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1, maxQueued: 0 } });
    const budget = new TimeBudget(10, backend.clock);
    void runner.run('a');
    backend.clock.advance(10);
    for (const nested of [false, true]) {
      const result = await runner.run('b', [], { budget, nested });
      expect(result.outcome).toMatchObject(TIMED_OUT);
      expect(result).toMatchObject({ timedOut: true, launches: 0, queuedMs: 0 });
      expect(result.reason).toBe('the time budget was spent before it was started');
    }
    expect(runner.runSync('b', [], { budget }).outcome).toMatchObject(TIMED_OUT);
    await expect(runner.run('b', [], { budget, reject: true })).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(backend.launches).toHaveLength(1);
    expect(runner.activity()).toMatchObject({ executing: 1, queued: 0 });
  });

  it('EXE-25: is used up by the queue', async () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1 } });
    const budget = new TimeBudget(1000, backend.clock);
    void runner.run('a');
    const late = runner.run('b', [], { budget });
    const inTime = runner.run('c');
    backend.clock.advance(1000);
    expect(await late).toMatchObject({ outcome: TIMED_OUT, queuedMs: 1000 });
    backend.last.exit(0);
    expect(backend.last.spec.file).toBe('c');
    backend.last.exit(0);
    await inTime;
  });

  it('EXE-25: leaves what the queue has not used', async () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1 } });
    void runner.run('a');
    const queued = runner.run('b', [], { budget: new TimeBudget(1000, backend.clock) });
    backend.clock.advance(400);
    backend.last.exit(0);
    expect(backend.last.spec.timeoutMs).toBe(600);
    backend.last.exit(0);
    expect((await queued).success).toBe(true);
  });

  it('EXE-25: loses to a queue timeout that comes first', async () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1 } });
    void runner.run('a');
    const late = runner.run('b', [], { budget: new TimeBudget(1000, backend.clock), queueTimeoutMs: 999 });
    backend.clock.advance(1000);
    expect((await late).outcome).toMatchObject({ error: { code: 'CONCURRENCY_LIMIT' } });
  });

  it('EXE-25: ends while a launch waits to be tried again', async () => {
    const { runner, backend } = createMemoryScene();
    const running = runner.run('a', [], { budget: new TimeBudget(5, backend.clock) });
    const failure = { operation: 'spawn', errno: 'EAGAIN', subject: 'none' } as const;
    backend.last.settle({ ending: 'not-started', status: null, failure });
    backend.clock.advance(10);
    expect(await running).toMatchObject({ outcome: TIMED_OUT, launches: 1 });
    expect(backend.launches).toHaveLength(1);
    expect(runner.activity().executing).toBe(0);
  });
});

describe('a total of its own', () => {
  it('D-04: covers the queue, the run and its grace period', async () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1 } });
    void runner.run('a');
    const running = runner.run('b', [], { totalBudgetMs: 10_000 });
    backend.clock.advance(3000);
    backend.last.exit(0);
    expect(backend.last.spec).toMatchObject({ timeoutMs: 5000, graceMs: 2000 });
    backend.last.exit(0);
    expect((await running).success).toBe(true);
  });

  it('D-04: gives the grace period at most half of what is left', () => {
    const { runner, backend } = createMemoryScene();
    void runner.run('a', [], { totalBudgetMs: 1000 });
    expect(backend.last.spec).toMatchObject({ timeoutMs: 500, graceMs: 500 });
    void runner.run('b', [], { totalBudgetMs: 1 });
    expect(backend.last.spec).toMatchObject({ timeoutMs: 1, graceMs: 0 });
    void runner.run('c', [], { totalBudgetMs: 1000, timeoutMs: 20, graceMs: 30 });
    expect(backend.last.spec).toMatchObject({ timeoutMs: 20, graceMs: 30 });
  });

  it('D-04: shortens the grace period of a late cancel', () => {
    const { runner, backend } = createMemoryScene();
    const handle = runner.start('a', [], { totalBudgetMs: 10_000 });
    backend.clock.advance(9_500);
    handle.stop();
    expect(backend.last.stops).toEqual([{ cause: 'cancelled', graceMs: 500 }]);
  });

  it('D-04: starts nothing when it was spent in the queue', async () => {
    const { runner, backend } = createMemoryScene({ gate: { maxConcurrent: 1 } });
    void runner.run('a');
    const late = runner.run('b', [], { totalBudgetMs: 100 });
    backend.clock.advance(100);
    expect(await late).toMatchObject({ outcome: TIMED_OUT, queuedMs: 100 });
    expect(backend.launches).toHaveLength(1);
  });
});

describe('D-03: a cancel', () => {
  it.each([
    [60_000, 4_000],
    [4_000, 4_000],
    [2_000, 2_000],
    [0, 0],
  ])(
    'with a grace period of %i ms kills after %i ms and settles within 5 s, confirmed or not',
    (graceMs, killsAfterMs) => {
      const { runner, backend } = createMemoryScene();
      runner.start('a', [], { graceMs }).stop();
      expect(backend.last.stops).toEqual([{ cause: 'cancelled', graceMs: killsAfterMs }]);
      expect(killsAfterMs + backend.last.spec.cleanupBudgetMs).toBe(5_000);
    },
  );
});
