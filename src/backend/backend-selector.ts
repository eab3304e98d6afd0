/**
 * Chooses between the native backend and the fallback, and remembers what was made and what could not be.
 *
 * There is at most one instance of each, made when it is first needed. A native backend that cannot be had is a reason, kept
 * and reported, not an exception, unless it is required.
 */
import { CustodyError } from '../core/errors.js';
import type { Backend } from './backend.js';

/** `auto`: native, else the fallback. `require`: native or an error. `off`: the fallback. */
export type NativeMode = 'auto' | 'require' | 'off';

/** A backend and how it came to be chosen. */
export interface SelectedBackend {
  readonly backend: Backend;
  /** The addon that was loaded; `undefined` for the fallback. */
  readonly file: string | undefined;
  /** Why the fallback serves; `undefined` for the native backend. */
  readonly fallbackReason: string | undefined;
}

/** How the two backends are made. */
export interface BackendSources {
  /** Why a native backend is used only where it is required; `undefined`: wherever there is one. */
  readonly distrust?: string | undefined;
  loadNative(): { readonly backend: Backend; readonly file: string };
  createFallback(): Backend;
}

/** One choice per mode, the same each time. */
export class BackendSelector {
  readonly #sources: BackendSources;
  #native: SelectedBackend | undefined;
  #nativeError: unknown;
  #fallback: Backend | undefined;

  constructor(sources: BackendSources) {
    this.#sources = sources;
  }

  /**
   * The backend for a mode; the same one each time.
   *
   * @throws {@link CustodyError} with code `NATIVE_UNAVAILABLE` if `mode` is `require` and there is no native backend.
   */
  select(mode: NativeMode): SelectedBackend {
    if (mode === 'off') return this.#useFallback('the native backend is switched off');
    if (mode === 'auto' && this.#sources.distrust !== undefined) return this.#useFallback(this.#sources.distrust);
    const native = this.#useNative();
    if (native !== undefined) return native;
    if (mode === 'require') throw this.#unavailable();
    return this.#useFallback(this.#unavailable().message);
  }

  /** Ends everything that any backend made here still runs, blocking for at most `budgetMs` each. */
  closeAllSync(budgetMs: number): void {
    this.#native?.backend.closeSync(budgetMs);
    this.#fallback?.closeSync(budgetMs);
  }

  #useNative(): SelectedBackend | undefined {
    // Tried once: a file that does not load does not load later either, and trying costs milliseconds.
    if (this.#native !== undefined || this.#nativeError !== undefined) return this.#native;
    try {
      const { backend, file } = this.#sources.loadNative();
      this.#native = { backend, file, fallbackReason: undefined };
    } catch (error) {
      this.#nativeError = error ?? new Error('unknown reason');
    }
    return this.#native;
  }

  #useFallback(fallbackReason: string): SelectedBackend {
    this.#fallback ??= this.#sources.createFallback();
    return { backend: this.#fallback, file: undefined, fallbackReason };
  }

  #unavailable(): CustodyError {
    const cause = this.#nativeError;
    if (cause instanceof CustodyError && cause.code === 'NATIVE_UNAVAILABLE') return cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new CustodyError('NATIVE_UNAVAILABLE', `the native backend cannot be used: ${reason}`, {
      operation: 'load',
      cause,
    });
  }
}
