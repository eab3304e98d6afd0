/**
 * The backends of this JavaScript environment. Nothing loads on import; see `backend-selector.ts` for the choice.
 */
import { BackendSelector, type NativeMode, type SelectedBackend } from './backend-selector.js';
import { createFallbackBackend } from './fallback/fallback-backend.js';
import { loadNativeBackend } from './native/load.js';

const selector = new BackendSelector({
  distrust:
    process.platform === 'darwin'
      ? 'the native engine for macOS is compiled, but has never run on a Mac: CUSTODY_NATIVE=require uses it all the same'
      : undefined,
  loadNative: loadNativeBackend,
  createFallback: createFallbackBackend,
});

/** The backend of this JavaScript environment for a mode; see {@link BackendSelector.select}. */
export function selectBackend(mode: NativeMode): SelectedBackend {
  return selector.select(mode);
}

/** Ends everything that runs in this JavaScript environment; see {@link BackendSelector.closeAllSync}. */
export function closeBackendsSync(budgetMs: number): void {
  selector.closeAllSync(budgetMs);
}
