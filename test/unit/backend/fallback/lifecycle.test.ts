import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ACTION_CAPACITY,
  type Action,
  type LifecyclePlan,
  type TimerKind,
} from '../../../../src/backend/fallback/lifecycle-action.js';
import { Lifecycle } from '../../../../src/backend/fallback/lifecycle.js';
import type { StopCause } from '../../../../src/core/outcome.js';

/** What the world can do to a run. A spawn answers once; everything else may come at any time and repeatedly. */
type Input =
  | { readonly kind: 'spawn'; readonly ok: boolean }
  | { readonly kind: 'stream-ended' | 'leader-exited' | 'empty' | 'occupied' | 'suspended' | 'resumed' | 'activity' }
  | { readonly kind: 'timer'; readonly timer: TimerKind; readonly paused: boolean }
  | { readonly kind: 'stop'; readonly cause: StopCause; readonly graceMs: number };

const causes: StopCause[] = ['timeout', 'idle', 'output-limit', 'resource-limit', 'cancelled', 'host-exit'];
const timers: TimerKind[] = ['deadline', 'idle', 'step', 'drain'];

const input: fc.Arbitrary<Input> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('spawn'), ok: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('stream-ended', 'leader-exited', 'empty', 'occupied', 'suspended', 'resumed', 'activity'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('timer'), timer: fc.constantFrom(...timers), paused: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('stop'),
      cause: fc.constantFrom(...causes),
      graceMs: fc.constantFrom(0, 1, 50),
    }),
  },
);

const plan: fc.Arbitrary<LifecyclePlan> = fc.record({
  timeoutMs: fc.constantFrom(1, 100),
  idleMs: fc.constantFrom(0, 10),
  graceMs: fc.constantFrom(0, 20),
  drainMs: fc.constantFrom(0, 5),
  stragglerGraceMs: fc.constantFrom(0, 5),
  cleanupBudgetMs: fc.constantFrom(0, 50),
  stragglers: fc.constantFrom('kill', 'report', 'leave'),
});

/** Feeds inputs as a caller does, and keeps what came out. */
class Play {
  readonly lifecycle: Lifecycle;
  readonly actions: Action[] = [];
  readonly longestList: number[] = [];
  readonly armed = new Set<TimerKind>();
  now = 0;

  constructor(lifecyclePlan: LifecyclePlan, openStreams: number) {
    this.lifecycle = new Lifecycle(lifecyclePlan, openStreams);
  }

  feed(step: Input): readonly Action[] {
    this.now += 1;
    const actions = this.#answer(step);
    this.actions.push(...actions);
    this.longestList.push(actions.length);
    for (const action of actions) {
      if (action.kind === 'arm-timer') this.armed.add(action.timer);
      if (action.kind === 'cancel-timer') this.armed.delete(action.timer);
    }
    return actions;
  }

  count(kind: Action['kind']): number {
    return this.actions.filter((action) => action.kind === kind).length;
  }

  #answer(step: Input): Action[] {
    const { lifecycle, now } = this;
    switch (step.kind) {
      case 'spawn':
        if (lifecycle.phase === 'queued') return lifecycle.spawnBegan();
        if (lifecycle.phase !== 'spawning') return [];
        return step.ok ? lifecycle.spawnOk(now) : lifecycle.spawnFailed();
      case 'timer':
        this.armed.delete(step.timer);
        return lifecycle.timerFired(step.timer, now, step.paused);
      case 'stop':
        return lifecycle.stopRequested(step.cause, step.graceMs, now);
      case 'stream-ended':
        return lifecycle.streamEnded();
      case 'leader-exited':
        return lifecycle.spawned ? lifecycle.leaderHasExited() : [];
      case 'empty':
        return lifecycle.containerEmpty(now);
      case 'occupied':
        return lifecycle.containerOccupied(now);
      case 'suspended':
        return lifecycle.suspended(now);
      case 'resumed':
        return lifecycle.resumed(now);
      case 'activity':
        lifecycle.activity(now);
        return [];
    }
  }
}

const plays = fc.tuple(plan, fc.nat(2), fc.array(input, { maxLength: 60 }));

describe('Lifecycle', () => {
  it('fits its action lists, settles at most once and keeps the first cause, whatever happens', () => {
    fc.assert(
      fc.property(plays, ([lifecyclePlan, openStreams, inputs]) => {
        const play = new Play(lifecyclePlan, openStreams);
        let firstCause: StopCause | null = null;
        for (const step of inputs) {
          const wasSettled = play.lifecycle.phase === 'settled';
          const actions = play.feed(step);
          expect(actions.length).toBeLessThanOrEqual(ACTION_CAPACITY);
          if (wasSettled) expect(play.lifecycle.phase).toBe('settled');
          if (firstCause !== null) expect(play.lifecycle.cause).toBe(firstCause);
          firstCause = play.lifecycle.cause;
        }
        const isSettled = play.lifecycle.phase === 'settled';
        expect(play.count('emit-settled')).toBe(isSettled ? 1 : 0);
        expect(play.count('emit-started')).toBeLessThanOrEqual(1);
        expect(play.count('reap-leader')).toBeLessThanOrEqual(1);
      }),
      { numRuns: 2000 },
    );
  });

  it('never waits for nothing: an unsettled run has a timer or something outstanding', () => {
    fc.assert(
      fc.property(plays, ([lifecyclePlan, openStreams, inputs]) => {
        const play = new Play(lifecyclePlan, openStreams);
        for (const step of inputs) play.feed(step);
        // The world goes on as it must: a spawn answers, the leader dies of a kill, streams end, groups become empty.
        const rest: Input[] = [
          { kind: 'spawn', ok: true },
          { kind: 'spawn', ok: true },
          { kind: 'stop', cause: 'host-exit', graceMs: 0 },
          { kind: 'leader-exited' },
          { kind: 'empty' },
          { kind: 'empty' },
          { kind: 'stream-ended' },
          { kind: 'stream-ended' },
        ];
        for (const step of rest) play.feed(step);
        expect(play.lifecycle.phase).toBe('settled');
      }),
      { numRuns: 2000 },
    );
  });

  it('settles although nothing ever ends, because its limits pass', () => {
    fc.assert(
      fc.property(plays, ([lifecyclePlan, openStreams, inputs]) => {
        const play = new Play(lifecyclePlan, openStreams);
        for (const step of inputs) play.feed(step);
        if (!play.lifecycle.spawned) return;
        play.feed({ kind: 'resumed' });
        for (let turn = 0; turn < 20 && play.armed.size > 0; turn += 1) {
          play.now += 1000;
          for (const timer of [...play.armed]) play.feed({ kind: 'timer', timer, paused: false });
        }
        const waitsForLook = play.lifecycle.phase === 'draining' && play.lifecycle.container === 'unknown';
        if (!waitsForLook) expect(play.lifecycle.phase).toBe('settled');
      }),
      { numRuns: 2000 },
    );
  });
});
