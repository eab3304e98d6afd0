/** The native backend alone, for the driver `engine`: bundled by the bench, never shipped. */
import type { Backend } from '../../src/backend/backend.js';
import { loadNativeBackend } from '../../src/backend/native/load.js';

export function createBackend(): Backend {
  return loadNativeBackend().backend;
}
