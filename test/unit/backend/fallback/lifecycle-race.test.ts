// Promised    : in every order of deadline, idle limit, cancel, output limit and exit, the first stop that finds the leader
//               alive is the cause, for good, and the run settles once. `lifecycle-vectors.json` holds the C++ twin to this one.
// Not promised: how long anything takes.
import { describe, expect, it } from 'vitest';
import { Lifecycle } from '../../../../src/backend/fallback/lifecycle.js';
import type { Action, LifecyclePlan, TimerKind } from '../../../../src/backend/fallback/lifecycle-action.js';
import type { StopCause } from '../../../../src/core/outcome.js';
import { permutationsOf } from '../../../doubles/permutations.js';

const EVENTS = ['spawned', 'deadline', 'idle', 'cancel', 'host-exit', 'output-limit', 'exit'] as const;
type RaceEvent = (typeof EVENTS)[number];

const PLAN: LifecyclePlan = {
  ...{ timeoutMs: 100, idleMs: 100, graceMs: 50, drainMs: 50, stragglerGraceMs: 10, cleanupBudgetMs: 50 },
  stragglers: 'kill',
};

const CAUSES: Partial<Record<RaceEvent, StopCause>> = {
  ...{
    deadline: 'timeout',
    idle: 'idle',
    cancel: 'cancelled',
    'host-exit': 'host-exit',
    'output-limit': 'output-limit',
  },
};

/** One command that is played: it leaves when it is told to, if it listens, and in any case when it is killed. */
class Play {
  readonly lifecycle = new Lifecycle(PLAN, 0);
  readonly #listens: boolean;
  readonly #armed = new Map<TimerKind, number>();
  #nowMs = 0;
  isAlive = false;
  settlings = 0;

  constructor(listens: boolean) {
    this.#listens = listens;
    this.lifecycle.spawnBegan();
  }

  get armed(): readonly TimerKind[] {
    return [...this.#armed.keys()];
  }

  /** `false`: it cannot happen in this state. */
  happens(event: RaceEvent): boolean {
    switch (event) {
      case 'spawned':
        this.isAlive = true;
        this.#perform(this.lifecycle.spawnOk(this.#nowMs));
        return true;
      case 'deadline':
      case 'idle':
        return this.#fires(event);
      case 'cancel':
        this.#perform(this.lifecycle.stopRequested('cancelled', 50, this.#nowMs));
        return true;
      case 'host-exit':
        this.#perform(this.lifecycle.stopRequested('host-exit', 0, this.#nowMs));
        return true;
      case 'output-limit':
        // Only what runs writes.
        if (this.lifecycle.phase !== 'running') return false;
        this.#perform(this.lifecycle.stopRequested('output-limit', 50, this.#nowMs));
        return true;
      case 'exit':
        if (!this.isAlive) return false;
        this.leaves();
        return true;
    }
  }

  leaves(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.#perform(this.lifecycle.leaderHasExited());
  }

  /** What is under way comes to its end: the grace period passes, the kill works. */
  finish(): void {
    if (this.#fires('step')) this.leaves();
    this.leaves();
  }

  #fires(timer: TimerKind): boolean {
    const at = this.#armed.get(timer);
    if (at === undefined) return false;
    this.#armed.delete(timer);
    this.#nowMs = Math.max(this.#nowMs, at);
    this.#perform(this.lifecycle.timerFired(timer, this.#nowMs));
    return true;
  }

  #perform(actions: readonly Action[]): void {
    for (const action of actions) {
      if (action.kind === 'arm-timer') this.#armed.set(action.timer, action.at);
      else if (action.kind === 'cancel-timer') this.#armed.delete(action.timer);
      else if (action.kind === 'emit-settled') this.settlings += 1;
      else if (action.kind === 'signal-soft' && this.#listens) queueMicrotask(() => this.leaves());
      else if (action.kind === 'signal-hard') queueMicrotask(() => this.leaves());
      else if (action.kind === 'probe-container' || action.kind === 'reap-leader') {
        this.#perform(this.lifecycle.containerEmpty(this.#nowMs));
      }
    }
  }
}

describe.each([
  { name: 'that ends when asked', listens: true },
  { name: 'that has to be killed', listens: false },
])('CAN-06, EXE-18: a command $name', ({ listens }) => {
  it('keeps the first cause in every order', async () => {
    for (const order of permutationsOf(EVENTS)) {
      const play = new Play(listens);
      let cause: StopCause | null = null;
      for (const event of order) {
        const canBeStopped = play.isAlive || play.lifecycle.phase === 'spawning';
        if (play.happens(event) && canBeStopped) cause ??= CAUSES[event] ?? null;
        // What a signal does is seen before the next event, or only after it.
        if (event === 'cancel') await Promise.resolve();
        expect(play.lifecycle.cause, `${event} of ${order.join(' ')}`).toBe(cause);
      }
      await Promise.resolve();
      play.finish();
      await Promise.resolve();
      expect(play.lifecycle.cause).toBe(cause);
      expect(play.settlings, order.join(' ')).toBe(1);
      expect(play.lifecycle.phase).toBe('settled');
      expect(play.armed).toEqual([]);
    }
  });
});
