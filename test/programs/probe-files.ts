/** Where everything built for tests lives. */
import { copyFileSync, linkSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
/** What ends the name of a program. */
export const programSuffix = process.platform === 'win32' ? '.exe' : '';

export const probeDirectory = join(root, 'build', 'probe');
/** The compiled probe; tests launch a link to it, see `BackendScene`. */
export const probeFile = join(probeDirectory, `probe${programSuffix}`);
/** The compiled processes of the containment suite, see payload.cc. */
export const payloadFile = join(probeDirectory, 'payload');
/** The library that makes system calls of custody fail, see faults.cc. */
export const faultsFile = join(probeDirectory, 'faults.so');
/** The bundle of `src/index.ts`. */
export const bundleFile = join(probeDirectory, 'custody.mjs');

/** Makes a program available under a path of its own, by which the oracle tells its processes. */
export function placeProgram(program: string, path: string): void {
  // Elsewhere a link: a descriptor open for writing, inherited by a launch in progress, would make exec fail (ETXTBSY). On
  // Windows a copy: a process is named by whichever link was opened first, and none can be removed while one runs.
  if (process.platform === 'win32') copyFileSync(program, path);
  else linkSync(program, path);
}
