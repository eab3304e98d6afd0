/**
 * From capabilities to sentences: what must not be relied on here. A guarantee that is missing is said, never implied.
 */
import type { BackendCapabilities } from '../../backend/backend.js';
import type { Containment } from '../../core/launch-spec.js';
import { LIMIT_NAMES } from '../../core/resource-limits.js';

/** What a user of this host should know not to rely on; empty where every guarantee holds. */
export function weaknesses(found: BackendCapabilities, isRoot = false): readonly string[] {
  const level = found.containment[found.defaultContainment];
  const loose = LIMIT_NAMES.filter((name) => level.limits[name].reach === 'none');
  const said: readonly (readonly [weak: boolean, text: string])[] = [
    [
      !level.escapeProof,
      `a process can leave the default containment (${found.defaultContainment}), for example by setsid`,
    ],
    [level.hostCrash !== 'nothing', hostCrashText(level.hostCrash)],
    [found.cleanup !== 'confirmed', 'cleanup confirms the process group only; who left it is not watched'],
    [found.deadlines === 'event-loop', 'a blocked event loop delays timeouts'],
    [found.order === 'event-loop', 'the order between stdout and stderr is that of the event loop, not of arrival'],
    [!found.blockFlow, 'a slow reader does not make the command wait'],
    [!found.endsWithWorker, 'worker.terminate() leaves the commands of that worker running'],
    [loose.length > 0, `these resource limits are not enforced by default: ${loose.join(', ')}`],
    [!found.usage, 'CPU time is not reported'],
    [
      !found.terminal,
      'a command does not own the terminal: Ctrl+C ends it through custody, Ctrl+Z does not suspend it',
    ],
    [isRoot, 'commands run as root unless uid and gid say otherwise; preset agent refuses to'],
    ...strongerLevels(found),
  ];
  return said.filter(([weak]) => weak).map(([, text]) => text);
}

function hostCrashText(left: 'nothing' | 'escaped' | 'all'): string {
  const who = left === 'all' ? 'the command and what it started live on' : 'processes that escaped live on';
  return `when the host is killed with SIGKILL, ${who}`;
}

function strongerLevels(found: BackendCapabilities): readonly (readonly [boolean, string])[] {
  const levels: readonly Containment[] = ['tree', 'strict', 'group'];
  return levels.map((name) => {
    const level = found.containment[name];
    return [!level.available, `containment ${name} is not available: ${level.detail}`] as const;
  });
}
