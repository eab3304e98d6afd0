/** What goes into a {@link Lifecycle} and what comes out of it, as values. */
import type { StragglerPolicy } from '../../core/launch-spec.js';

/** How far the container is known to be gone. `detached`: there is none, on purpose. */
export type ContainerFate = 'unknown' | 'empty' | 'kept' | 'unconfirmed' | 'detached';

/** What the step timer is waiting for. */
export type Step = 'none' | 'grace' | 'straggler-wait' | 'straggler-grace' | 'cleanup';

/** `step` serves the wait that is in force: grace period, straggler grace or cleanup budget; never two at once. */
export type TimerKind = 'deadline' | 'idle' | 'step' | 'drain';

/** The durations of one run, in milliseconds. `idleMs` 0: none. */
export interface LifecyclePlan {
  readonly timeoutMs: number;
  readonly idleMs: number;
  readonly graceMs: number;
  readonly drainMs: number;
  readonly stragglerGraceMs: number;
  readonly cleanupBudgetMs: number;
  readonly stragglers: StragglerPolicy;
}

/**
 * One thing the lifecycle wants done.
 *
 * - `signal-soft`, `signal-hard`: ask every member of the container to end; kill every member.
 * - `probe-container`: look for members while the leader stays unreaped; answer with empty or occupied.
 * - `reap-leader`: collect the leader, then look for members; answer with empty or occupied.
 * - `release-flow`: reading no longer waits for a listener.
 * - `close-readers`: give up on streams that are still open.
 */
export type Action =
  | { readonly kind: 'arm-timer'; readonly timer: TimerKind; readonly at: number }
  | { readonly kind: 'cancel-timer'; readonly timer: TimerKind }
  | { readonly kind: PlainActionKind };

type PlainActionKind =
  | 'signal-soft'
  | 'signal-hard'
  | 'probe-container'
  | 'reap-leader'
  | 'close-stdin'
  | 'release-flow'
  | 'close-readers'
  | 'release-container'
  | 'emit-started'
  | 'emit-settled'
  | 'emit-cleaned-up';

/** The native list has room for this many; no input may produce more. */
export const ACTION_CAPACITY = 12;
