/** Collects what is done to end the processes of one run, and writes the teardown receipt from it. */
import type { Cleanup, CleanupStatus, StopStep } from '../../core/cleanup.js';
import type { FallbackContainer } from './group-kill.js';
import type { ContainerFate } from './lifecycle-action.js';

export class RunReceipt {
  readonly #startedAt: number;
  readonly #steps: StopStep[] = [];
  #beganAt: number | undefined;
  #emptyAt: number | undefined;
  #leaderReaped = false;

  /** Instants are those of `performance.now()`. */
  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  signalSent(signal: string, scope: StopStep['scope'], now: number): void {
    this.#beganAt ??= now;
    this.#steps.push({ signal, scope, atMs: now - this.#startedAt });
  }

  leaderExited(now: number): void {
    this.#beganAt ??= now;
    this.#leaderReaped = true;
  }

  containerEmpty(now: number): void {
    this.#emptyAt = now;
  }

  write(fate: ContainerFate, container: FallbackContainer, now: number): Cleanup {
    const survivors = fate === 'empty' ? [] : container.survivors(fate === 'kept');
    return {
      status: statusOf(fate, container),
      mechanism: container.mechanism,
      leaderReaped: this.#leaderReaped,
      steps: [...this.#steps],
      killed: container.killed(),
      survivors,
      elapsedMs: (this.#emptyAt ?? now) - (this.#beganAt ?? now),
    };
  }
}

function statusOf(fate: ContainerFate, container: FallbackContainer): CleanupStatus {
  switch (fate) {
    case 'empty':
      return container.statusWhenEmpty;
    case 'kept':
      return 'kept';
    case 'detached':
      return 'not-needed';
    case 'unconfirmed':
    case 'unknown':
      return 'unconfirmed';
  }
}
