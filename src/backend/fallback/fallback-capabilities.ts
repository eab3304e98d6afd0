/** What can be promised over `node:child_process`: plain data, nothing is tried. */
import type { BackendCapabilities, ContainmentLevel } from '../backend.js';
import { LIMIT_NAMES } from '../../core/resource-limits.js';

const isWindows = process.platform === 'win32';

/** Node offers no way to set a limit in a child before it runs. */
const UNLIMITED = Object.freeze(
  Object.fromEntries(
    LIMIT_NAMES.map((name) => [name, Object.freeze({ reach: 'none', how: 'limits need the native backend' })]),
  ),
) as ContainmentLevel['limits'];

function missing(detail: string): ContainmentLevel {
  return { available: false, detail, escapeProof: false, hostCrash: 'all', limits: UNLIMITED };
}

const group: ContainmentLevel = isWindows
  ? missing('Windows has no process groups, and jobs need the native backend')
  : {
      available: true,
      detail: 'a session and process group of its own, from node:child_process',
      escapeProof: false,
      hostCrash: 'all',
      limits: UNLIMITED,
    };

export const FALLBACK_CAPABILITIES: BackendCapabilities = {
  backend: 'fallback',
  deadlines: 'event-loop',
  containment: {
    tree: missing('guarded trees need the native backend'),
    strict: missing('namespaces and jobs need the native backend'),
    group,
    none: missing('launching without custody is not offered yet'),
  },
  defaultContainment: isWindows ? 'none' : 'group',
  cleanup: isWindows ? 'unconfirmed' : 'confirmed-group-only',
  endsWithWorker: false,
  // The leader has a session of its own, so the host's terminal does not control it.
  terminal: false,
  usage: false,
  order: 'event-loop',
  blockFlow: true,
  features: { processTable: process.platform === 'linux' },
};
