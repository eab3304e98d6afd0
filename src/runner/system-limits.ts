import { fileSystem } from '../backend/lazy-builtins.js';
import type { LengthLimits } from '../core/length-budget.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Linux: `MAX_ARG_STRLEN`, 32 pages of 4 KiB. */
const LINUX_STRING_BYTES = 128 * KIB;
/** Linux: a quarter of the stack limit, at least `ARG_MAX` and at most three quarters of the default stack. */
const LINUX_TOTAL_BYTES = { min: 128 * KIB, max: 6 * MIB };

/** macOS: `ARG_MAX`; one string may be as long as all of them. */
const DARWIN_TOTAL_BYTES = MIB;

/** `CreateProcessW`: "The maximum length of this string is 32,767 characters"; a block of variables is held to the same. */
const WINDOWS_UNITS = 32_767;

/** How long arguments and environment may be on this system; `undefined` where that is not known. */
export function lengthLimitsOf(platform: string): LengthLimits | undefined {
  switch (platform) {
    case 'linux':
      return { kind: 'posix', stringBytes: LINUX_STRING_BYTES, totalBytes: linuxTotalBytes(stackLimit()) };
    case 'darwin':
      return { kind: 'posix', stringBytes: DARWIN_TOTAL_BYTES, totalBytes: DARWIN_TOTAL_BYTES };
    case 'win32':
      return { kind: 'windows', lineUnits: WINDOWS_UNITS, environmentUnits: WINDOWS_UNITS };
    default:
      return undefined;
  }
}

function linuxTotalBytes(stackBytes: number): number {
  return Math.max(LINUX_TOTAL_BYTES.min, Math.min(LINUX_TOTAL_BYTES.max, Math.floor(stackBytes / 4)));
}

/** The soft limit of the stack in bytes. Where it cannot be read nothing is refused that the system might take. */
function stackLimit(): number {
  try {
    const soft = /^Max stack size\s+(\S+)/m.exec(fileSystem().readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined || soft === 'unlimited' ? Infinity : Number(soft);
  } catch {
    return Infinity;
  }
}
