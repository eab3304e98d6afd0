/**
 * Promised    : the TypeScript lifecycle decides as the vectors say; `native/lifecycle_test.cc` holds the C++ one to the same table.
 * Not promised: anything about processes; nothing is started here.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Action, LifecyclePlan, TimerKind } from '../../src/backend/fallback/lifecycle-action.js';
import { Lifecycle } from '../../src/backend/fallback/lifecycle.js';
import type { StopCause } from '../../src/core/outcome.js';

type Input =
  | { readonly kind: 'spawn-began' | 'spawn-ok' | 'spawn-detached' | 'spawn-failed' | 'stream-ended' }
  | { readonly kind: 'leader-exited' | 'container-empty' | 'container-occupied' | 'suspended' | 'resumed' | 'activity' }
  | { readonly kind: 'timer'; readonly timer: TimerKind; readonly readingPaused?: boolean }
  | { readonly kind: 'stop'; readonly cause: StopCause; readonly graceMs: number };

interface Vector {
  readonly name: string;
  readonly plan: Partial<LifecyclePlan>;
  readonly openStreams: number;
  readonly steps: readonly {
    readonly at: number;
    readonly input: Input;
    readonly actions: readonly string[];
    readonly phase: string;
  }[];
  readonly final: { readonly cause: StopCause | null; readonly forced: boolean; readonly container: string };
}

const table = JSON.parse(readFileSync(new URL('lifecycle-vectors.json', import.meta.url), 'utf8')) as {
  readonly plan: LifecyclePlan;
  readonly vectors: readonly Vector[];
};

function textOf(action: Action): string {
  switch (action.kind) {
    case 'arm-timer':
      return `arm ${action.timer} ${String(action.at)}`;
    case 'cancel-timer':
      return `cancel ${action.timer}`;
    default:
      return action.kind;
  }
}

function feed(lifecycle: Lifecycle, input: Input, at: number): Action[] {
  switch (input.kind) {
    case 'spawn-began':
      return lifecycle.spawnBegan();
    case 'spawn-ok':
      return lifecycle.spawnOk(at);
    case 'spawn-detached':
      return lifecycle.spawnDetached();
    case 'spawn-failed':
      return lifecycle.spawnFailed();
    case 'stream-ended':
      return lifecycle.streamEnded();
    case 'leader-exited':
      return lifecycle.leaderHasExited();
    case 'container-empty':
      return lifecycle.containerEmpty(at);
    case 'container-occupied':
      return lifecycle.containerOccupied(at);
    case 'timer':
      return lifecycle.timerFired(input.timer, at, input.readingPaused);
    case 'stop':
      return lifecycle.stopRequested(input.cause, input.graceMs, at);
    case 'suspended':
      return lifecycle.suspended(at);
    case 'resumed':
      return lifecycle.resumed(at);
    case 'activity':
      lifecycle.activity(at);
      return [];
  }
}

describe('lifecycle vectors', () => {
  it.each(table.vectors)('$name', ({ plan, openStreams, steps, final }) => {
    const lifecycle = new Lifecycle({ ...table.plan, ...plan }, openStreams);
    for (const [index, { at, input, actions, phase }] of steps.entries()) {
      const got = { actions: feed(lifecycle, input, at).map(textOf), phase: lifecycle.phase };
      expect(got, `step ${String(index)}: ${JSON.stringify(input)} at ${String(at)}`).toEqual({ actions, phase });
    }
    const { cause, forced, container } = lifecycle;
    expect({ cause, forced, container }).toEqual(final);
  });
});
