// Promised    : whatever comes first decides how a run ends, in every order in which its events can come, and nothing of the
//               run is left at the gate, at its signal or on the clock.
// Not promised: anything about the order of events inside a backend; that is `lifecycle-race.test.ts` and the vectors.
import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../../src/core/run-result.js';
import type { SettledFacts } from '../../../src/core/settled-facts.js';
import { TimeBudget } from '../../../src/core/budget.js';
import type { MemoryLaunch } from '../../doubles/memory-backend.js';
import { createMemoryScene } from '../../doubles/memory-runner.js';
import { permutationsOf } from '../../doubles/permutations.js';

/** What can happen to a run that waits for the slot of another one. Each happens once, if it can. */
const EVENTS = ['abort', 'stop', 'late', 'slot', 'exit', 'timeout', 'shortage'] as const;
type RaceEvent = (typeof EVENTS)[number];
type Ending = 'exited' | 'timeout' | 'queue' | 'by abort' | 'by stop';

const LATE_MS = 100;
const SIGTERM = { signal: 'SIGTERM', coreDumped: false } as const;
const SHORTAGE: Partial<SettledFacts> = {
  ...{ ending: 'not-started', status: null, pid: undefined },
  failure: { operation: 'spawn', errno: 'EAGAIN', subject: 'none' },
};

/** What has to come of an order of events: a model of three states. The system is never short of anything after a cancel. */
function expectedEnding(order: readonly RaceEvent[], late: 'queue' | 'timeout'): Ending {
  let state: 'waits' | 'runs' | 'tries again' = 'waits';
  let cancelledBy: Ending | undefined;
  for (const event of order) {
    if (event === 'abort' || event === 'stop') {
      if (state !== 'runs') return `by ${event}`;
      cancelledBy ??= `by ${event}`;
    } else if (event === 'late') {
      if (state === 'waits') return late;
      state = 'runs';
    } else if (event === 'slot') {
      state = 'runs';
    } else if (state === 'runs') {
      if (event !== 'shortage') return cancelledBy ?? (event === 'exit' ? 'exited' : 'timeout');
      if (cancelledBy === undefined) state = 'tries again';
    }
  }
  return cancelledBy ?? 'exited';
}

function endingOf({ outcome, reason }: RunResult): Ending {
  if (outcome.kind === 'exited') return 'exited';
  if (outcome.kind === 'not-started' && outcome.error.code === 'CONCURRENCY_LIMIT') return 'queue';
  if ('cause' in outcome && outcome.cause === 'timeout') return 'timeout';
  return `by ${String(reason)}` as Ending;
}

/** Plays one order and looks at everything the run may have left. */
async function play(order: readonly RaceEvent[], late: 'queue' | 'timeout'): Promise<Ending> {
  const { runner, backend, liveRuns } = createMemoryScene({ gate: { maxConcurrent: 1 } });
  const controller = new AbortController();
  void runner.run('blocker');
  const blocker = backend.last;
  const budget = new TimeBudget(late === 'timeout' ? LATE_MS : 1e6, backend.clock);
  const handle = runner.start('raced', [], { signal: controller.signal, queueTimeoutMs: LATE_MS, budget });
  let settlings = 0;
  void handle.result.then(() => (settlings += 1));
  /** The launch that has not settled. */
  const live = (): MemoryLaunch | undefined => {
    const { last } = backend;
    return last !== blocker && last.state !== 'settled' ? last : undefined;
  };
  const stopOr = (cause: 'timeout' | null): Partial<SettledFacts> => {
    const first = live()?.stops[0]?.cause ?? cause;
    return first === null ? {} : { status: SIGTERM, stop: { cause: first, manner: 'graceful' } };
  };
  const acts: Readonly<Record<RaceEvent, () => void>> = {
    abort: () => controller.abort('abort'),
    stop: () => handle.stop('stop'),
    late: () => backend.clock.advance(LATE_MS),
    slot: () => blocker.exit(0),
    exit: () => live()?.settle(stopOr(null)),
    timeout: () => live()?.settle(stopOr('timeout')),
    shortage: () => {
      if (live()?.stops.length === 0) live()?.settle(SHORTAGE);
    },
  };
  for (const event of order) acts[event]();
  // What still runs comes to its end.
  acts.exit();
  const result = await handle.result;
  controller.abort('too late');
  handle.stop('too late');
  await Promise.resolve();
  expect(settlings).toBe(1);
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  expect(backend.clock.timers.all).toBe(0);
  expect(runner.activity()).toMatchObject({ state: 'ready', executing: 0, queued: 0, bufferBytes: 0 });
  expect(liveRuns()).toBe(0);
  void runner.run('next');
  expect(backend.last.spec.file).toBe('next');
  return endingOf(result);
}

describe.each(['queue', 'timeout'] as const)('CAN-06: with %s as the limit of the wait', (late) => {
  it.each(EVENTS)('the first cause wins in every order that begins with %s', async (first) => {
    const rest = EVENTS.filter((event) => event !== first);
    for (const others of permutationsOf(rest)) {
      const order = [first, ...others];
      expect(await play(order, late), order.join(' ')).toBe(expectedEnding(order, late));
    }
  });
});
