/** Where everything built for tests lives. */
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
/** What ends the name of a program. */
export const programSuffix = process.platform === 'win32' ? '.exe' : '';

export const probeDirectory = join(root, 'build', 'probe');
/** The compiled probe; tests launch a link to it, see `BackendScene`. */
export const probeFile = join(probeDirectory, `probe${programSuffix}`);
/** The compiled processes of the containment suite, see payload.cc. */
export const payloadFile = join(probeDirectory, 'payload');
/** The bundle of `src/index.ts`. */
export const bundleFile = join(probeDirectory, 'custody.mjs');
