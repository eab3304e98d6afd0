/**
 * `node:child_process`, got when the first fallback command needs it: it takes milliseconds to load, and a host that runs
 * natively never uses it.
 */
import type * as childProcessModule from 'node:child_process';

export function childProcess(): typeof childProcessModule {
  return process.getBuiltinModule('node:child_process');
}
