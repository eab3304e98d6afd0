/**
 * A backend that runs built-ins in threads and leaves every other launch to the backend below it.
 *
 * A thread has a lifecycle, rings and deadlines as a process of the fallback has: those of the event loop. Its launches have
 * negative ids here, so that each id tells whose it is.
 */
import { notLaunched } from '../../core/settled-facts.js';
import type {
  Backend,
  BackendCapabilities,
  BackendKind,
  Flow,
  LaunchId,
  LaunchListener,
  LaunchSnapshot,
  LaunchSpec,
  OutputRead,
  OutputSegments,
  StreamName,
} from '../backend.js';
import type { StopCause } from '../../core/outcome.js';
import { FallbackBackend } from '../fallback/fallback-backend.js';
import { builtinStarter, refused, type BuiltinModules } from './start-builtin.js';

export class BuiltinBackend implements Backend {
  readonly kind: BackendKind;
  readonly #inner: Backend;
  readonly #modules: BuiltinModules;
  readonly #threads: FallbackBackend;

  constructor(inner: Backend, modules: BuiltinModules) {
    this.kind = inner.kind;
    this.#inner = inner;
    this.#modules = modules;
    this.#threads = new FallbackBackend({ syncWorker: undefined, start: builtinStarter(modules) });
  }

  capabilities(): BackendCapabilities {
    return this.#inner.capabilities();
  }

  launch(spec: LaunchSpec, listener: LaunchListener): LaunchId {
    return this.#modules.has(spec.file) ? -this.#threads.launch(spec, listener) : this.#inner.launch(spec, listener);
  }

  launchSync(spec: LaunchSpec, listener: LaunchListener, endsOnSignal: boolean): LaunchId {
    if (!this.#modules.has(spec.file)) return this.#inner.launchSync(spec, listener, endsOnSignal);
    listener.settled(notLaunched(Date.now(), refused('runSync blocks the thread that serves it: use run')));
    return REFUSED;
  }

  stop(id: LaunchId, cause: StopCause, graceMs: number): void {
    this.#of(id).stop(Math.abs(id), cause, graceMs);
  }

  writeStdin(id: LaunchId, chunk: Uint8Array): number {
    return this.#of(id).writeStdin(Math.abs(id), chunk);
  }

  closeStdin(id: LaunchId): void {
    this.#of(id).closeStdin(Math.abs(id));
  }

  watch(id: LaunchId, stream: StreamName, flow: Flow): void {
    this.#of(id).watch(Math.abs(id), stream, flow);
  }

  readOutput(id: LaunchId, stream: StreamName, cursor: number, into: Uint8Array): OutputRead {
    return this.#of(id).readOutput(Math.abs(id), stream, cursor, into);
  }

  acknowledge(id: LaunchId, stream: StreamName, cursor: number): void {
    this.#of(id).acknowledge(Math.abs(id), stream, cursor);
  }

  readSegments(id: LaunchId, from: number): OutputSegments {
    return this.#of(id).readSegments(Math.abs(id), from);
  }

  snapshot(id: LaunchId): LaunchSnapshot {
    return this.#of(id).snapshot(Math.abs(id));
  }

  resume(id: LaunchId): void {
    this.#of(id).resume(Math.abs(id));
  }

  setRef(id: LaunchId, ref: boolean): void {
    this.#of(id).setRef(Math.abs(id), ref);
  }

  setCrowded(crowded: boolean): void {
    this.#inner.setCrowded?.(crowded);
  }

  release(id: LaunchId): void {
    this.#of(id).release(Math.abs(id));
  }

  closeSync(budgetMs: number): void {
    // A thread cannot tell of its end while this one is blocked, and it ends with its process at the latest.
    this.#threads.closeSync(0);
    this.#inner.closeSync(budgetMs);
  }

  #of(id: LaunchId): Backend {
    return id < 0 ? this.#threads : this.#inner;
  }
}

/** No launch of a thread has it: to every question about it the answer is that of a dead id. */
const REFUSED: LaunchId = -Number.MAX_SAFE_INTEGER;
