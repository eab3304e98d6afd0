/**
 * Brings together what several listeners of one run want: the backend knows one flow and one position per stream.
 *
 * A stream flows as the most careful listener needs it, and the child may go on as far as the slowest of those for whom it
 * waits. Without listeners nothing is watched.
 */
import type { Backend, Flow, StreamName } from '../backend/backend.js';
import type { Run } from './run.js';

/** What one listener asks for. `block` and `drop` as in {@link Flow}. */
export class FlowClaim {
  readonly flow: 'drop' | 'block';
  readonly #control: FlowControl;
  readonly #positions = new Map<StreamName, number>();

  constructor(control: FlowControl, names: readonly StreamName[], flow: 'drop' | 'block') {
    this.#control = control;
    this.flow = flow;
    for (const name of names) this.#positions.set(name, 0);
  }

  /** How far the listener has come in a stream; `undefined` if it does not listen to it. */
  positionIn(name: StreamName): number | undefined {
    return this.#positions.get(name);
  }

  /** Everything before `cursor` has been taken. */
  acknowledge(name: StreamName, cursor: number): void {
    this.#positions.set(name, cursor);
    if (this.flow === 'block') this.#control.acknowledge(name);
  }

  /** The listener is not interested any more. */
  close(): void {
    this.#control.close(this, [...this.#positions.keys()]);
  }
}

export class FlowControl {
  readonly #run: Run;
  readonly #claims = new Set<FlowClaim>();
  /** Streams of which the backend was told: a launch that comes later, or again, knows nothing of it. */
  readonly #told = new Set<StreamName>();
  /** Until those who start in the same turn as the run have come, the child waits for them. */
  #isHeld = true;

  constructor(run: Run) {
    this.#run = run;
  }

  open(names: readonly StreamName[], flow: 'drop' | 'block'): FlowClaim {
    const claim = new FlowClaim(this, names, flow);
    this.#claims.add(claim);
    for (const name of names) this.#apply(name);
    return claim;
  }

  close(claim: FlowClaim, names: readonly StreamName[]): void {
    if (!this.#claims.delete(claim)) return;
    for (const name of names) {
      this.#apply(name);
      this.acknowledge(name);
    }
  }

  /** From now on the child waits only for those who listen. */
  release(names: readonly StreamName[]): void {
    this.#isHeld = false;
    for (const name of names) this.#apply(name);
  }

  /** Asks for everything again. */
  launched(): void {
    for (const name of this.#told) this.#apply(name);
  }

  #apply(name: StreamName): void {
    this.#told.add(name);
    this.#tell((backend, id) => backend.watch(id, name, this.#flowOf(name)));
  }

  acknowledge(name: StreamName): void {
    let slowest = Infinity;
    for (const claim of this.#claims) {
      if (claim.flow === 'block') slowest = Math.min(slowest, claim.positionIn(name) ?? Infinity);
    }
    if (slowest !== Infinity) this.#tell((backend, id) => backend.acknowledge(id, name, slowest));
  }

  #flowOf(name: StreamName): Flow {
    let flow: Flow = this.#isHeld ? 'block' : this.#run.leastFlow;
    for (const claim of this.#claims) {
      if (claim.positionIn(name) === undefined) continue;
      if (claim.flow === 'block') return 'block';
      if (!this.#isHeld) flow = 'drop';
    }
    return flow;
  }

  #tell(call: (backend: Backend, id: number) => void): void {
    const { facts, launchId, backend } = this.#run;
    if (facts === undefined && launchId !== undefined) call(backend, launchId);
  }
}
