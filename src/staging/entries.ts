/**
 * What of a list of paths would not arrive as it is: known before anything is unpacked, cloned or generated. Pure.
 */

/** Whose file names must be possible. `everywhere`: those of all three systems. */
export type EntryRules = 'posix' | 'win32' | 'everywhere';

/** One thing wrong with one entry. */
export interface EntryProblem {
  readonly entry: string;
  readonly problem: 'outside' | 'too-long' | 'reserved' | 'clash';
  readonly message: string;
}

/** What was found, and what was not looked for. */
export interface EntryReport {
  readonly problems: readonly EntryProblem[];
  /** Checks that do not apply under these rules, in words. */
  readonly skipped: readonly string[];
}

/** How to check. */
export interface EntryOptions {
  /** The folder below which the entries will be: it counts for the length of paths. */
  readonly base: string;
  /** @defaultValue `'everywhere'` */
  readonly rules?: EntryRules | undefined;
  /** `true`: Windows takes paths of more than 259 characters here. @defaultValue `false` */
  readonly longPaths?: boolean | undefined;
}

/** A component: bytes on Linux, UTF-16 units on Windows and macOS; the smaller count of both is the stricter one. */
const MAX_COMPONENT = 255;
/** PATH_MAX of Linux and macOS with its final NUL. */
const MAX_POSIX_PATH_BYTES = { posix: 4095, portable: 1023 } as const;
/** MAX_PATH of Windows without its final NUL. */
const MAX_WINDOWS_PATH = 259;
const MAX_PROBLEMS = 100;

/** Devices of Windows, with any extension; the superscript digits count as well. */
const DEVICES = /^(con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]|conin\$|conout\$)(\.|$)/i;
/** What no name of Windows may hold. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const FORBIDDEN = /[<>:"|?*\u0000-\u001f]/;

const utf8 = new TextEncoder();

/** Looks at paths relative to `base`, with `/` between their components. At most 100 problems are reported. */
export function checkEntries(entries: readonly string[], options: EntryOptions): EntryReport {
  const { rules = 'everywhere' } = options;
  const problems: EntryProblem[] = [];
  const spellings = new Map<string, string>();
  for (const entry of entries) {
    if (problems.length >= MAX_PROBLEMS) break;
    const components = entry.split(rules === 'posix' ? '/' : /[\\/]/);
    const found =
      outsideProblem(entry, components, rules) ??
      lengthProblem(entry, components, options, rules) ??
      (rules === 'posix' ? undefined : nameProblem(components)) ??
      clashProblem(components, spellings, rules);
    if (found !== undefined) problems.push({ entry, ...found });
  }
  const skipped = rules === 'posix' ? ['names that Windows reserves', 'names that differ only in case'] : [];
  return { problems, skipped: rules === 'win32' ? ['lengths of other systems'] : skipped };
}

type Found = Omit<EntryProblem, 'entry'> | undefined;

function outsideProblem(entry: string, components: readonly string[], rules: EntryRules): Found {
  const isRooted = rules === 'posix' ? entry.startsWith('/') : /^([\\/]|[A-Za-z]:)/.test(entry);
  const isOutside = entry === '' || entry.includes('\0') || isRooted || components.includes('..');
  return isOutside ? { problem: 'outside', message: 'is not a path below the folder' } : undefined;
}

function lengthProblem(
  entry: string,
  components: readonly string[],
  { base, longPaths = false }: EntryOptions,
  rules: EntryRules,
): Found {
  const long = components.find((name) => (rules === 'win32' ? name.length : utf8.encode(name).length) > MAX_COMPONENT);
  if (long !== undefined) return { problem: 'too-long', message: `has a name of more than ${MAX_COMPONENT}` };
  const path = `${base}/${entry}`;
  if (rules !== 'posix' && !longPaths && path.length > MAX_WINDOWS_PATH)
    return {
      problem: 'too-long',
      message: `makes a path of ${path.length} characters; Windows takes ${MAX_WINDOWS_PATH}`,
    };
  if (rules === 'win32') return undefined;
  const limit = MAX_POSIX_PATH_BYTES[rules === 'posix' ? 'posix' : 'portable'];
  const bytes = utf8.encode(path).length;
  return bytes > limit
    ? { problem: 'too-long', message: `makes a path of ${bytes} bytes; ${limit} are possible` }
    : undefined;
}

function nameProblem(components: readonly string[]): Found {
  for (const name of components) {
    if (DEVICES.test(name)) return { problem: 'reserved', message: 'has the name of a device of Windows' };
    if (FORBIDDEN.test(name)) return { problem: 'reserved', message: 'has a character that Windows does not take' };
    if (/[. ]$/.test(name) && name !== '.')
      return { problem: 'reserved', message: 'has a name that ends in a dot or a blank' };
  }
  return undefined;
}

/** Two spellings of one name are one file where case, or the form of accents, does not count. A path and its folders are looked at. */
function clashProblem(components: readonly string[], spellings: Map<string, string>, rules: EntryRules): Found {
  if (rules === 'posix') return undefined;
  let folded = '';
  let path = '';
  for (const name of components) {
    folded += `/${name.normalize('NFC').toLowerCase()}`;
    path += `/${name}`;
    const other = spellings.get(folded);
    if (other !== undefined && other !== path)
      return { problem: 'clash', message: `is the same as ${other.slice(1)} where case does not count` };
    spellings.set(folded, path);
  }
  return undefined;
}
