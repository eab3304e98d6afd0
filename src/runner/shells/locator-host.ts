import { posix, win32 } from 'node:path';
import { fileSystem } from '../../backend/lazy-builtins.js';
import type { HostEnvironment } from '../../policy/env-policy.js';
import type { LocatorHost } from './shell-locator.js';

/** Searched where the host has no `PATH`, as the backends do. */
const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin';

/** The files of this machine. Relative folders of `PATH` are not searched. */
export function locatorHost(host: HostEnvironment, isWindows: boolean): LocatorHost {
  const paths = isWindows ? win32 : posix;
  return {
    filesFor(candidate) {
      if (candidate.includes('/') || candidate.includes(paths.sep)) return [candidate];
      const path = host.variables['PATH'] ?? (isWindows ? '' : DEFAULT_PATH);
      const folders = path.split(paths.delimiter).filter((folder) => paths.isAbsolute(folder));
      return folders.map((folder) => paths.join(folder, candidate));
    },
    isExecutable(file) {
      const { accessSync, constants, statSync } = fileSystem();
      try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
      } catch {
        return false;
      }
    },
    now: () => performance.now(),
  };
}
