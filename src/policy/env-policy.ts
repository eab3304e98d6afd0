/**
 * Decides the child's environment from the host's and the given variables.
 *
 * The result is a change to the host's environment wherever possible: copying `process.env` costs tens of microseconds per
 * command, so an inherited environment never crosses the boundary. What the host's environment is comes in as
 * {@link HostEnvironment}; nothing is read here.
 */
import type { EnvLayer } from '../core/invocation.js';
import type { EnvironmentDelta } from '../core/launch-spec.js';
import type { EnvMode } from '../core/run-options.js';
import { matchesAny } from './name-glob.js';

/** The environment of the host, as this JavaScript environment sees it. */
export interface HostEnvironment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** `true`: `variables` is a copy (worker threads) that the operating system's environment does not follow. */
  readonly isCopy: boolean;
  /** `true`: names that differ only in case are one name (Windows). */
  readonly ignoresCase: boolean;
}

/** Names that mode `minimal` takes from the host: what programs need to find others, a home, a temp folder and a locale. */
const MINIMAL_NAMES: ReadonlySet<string> = new Set([
  ...['PATH', 'HOME', 'TEMP', 'TMP', 'TMPDIR', 'USER', 'LOGNAME', 'SHELL', 'TZ', 'LANG', 'LANGUAGE', 'LC_ALL'],
  ...['LC_ADDRESS', 'LC_COLLATE', 'LC_CTYPE', 'LC_IDENTIFICATION', 'LC_MEASUREMENT', 'LC_MESSAGES', 'LC_MONETARY'],
  ...['LC_NAME', 'LC_NUMERIC', 'LC_PAPER', 'LC_TELEPHONE', 'LC_TIME'],
  // Windows: without SystemRoot even sockets fail, without PATHEXT and ComSpec nothing is found or run.
  ...['SystemRoot', 'SystemDrive', 'windir', 'ComSpec', 'PATHEXT', 'USERPROFILE', 'USERNAME', 'HOMEDRIVE', 'HOMEPATH'],
  ...['APPDATA', 'LOCALAPPDATA', 'ProgramData', 'ProgramFiles', 'ProgramFiles(x86)', 'NUMBER_OF_PROCESSORS', 'OS'],
]);

const UPPER_MINIMAL_NAMES: ReadonlySet<string> = new Set(Array.from(MINIMAL_NAMES, (name) => name.toUpperCase()));

/** Names of the host that pass whatever `exclude` says, unless the caller has a list of his own: little runs without them. */
const ALWAYS_INCLUDED: readonly string[] = ['PATH', 'HOME', 'TEMP', 'TMP'];

/** No names: one object for all launches that keep nothing from their command. */
export const NONE_WITHHELD: readonly string[] = Object.freeze([]);

const UNCHANGED: PlannedEnvironment = { base: 'host', set: [], unset: [], withheld: NONE_WITHHELD };

/** Globs on names of the host; see `RunOptions.envInclude` and `envExclude`. */
export interface NameFilter {
  readonly include: readonly string[] | undefined;
  readonly exclude: readonly string[] | undefined;
}

const NO_FILTER: NameFilter = { include: undefined, exclude: undefined };

/** What a backend is asked for, and which names of the host the policy keeps from the child. */
export interface PlannedEnvironment extends EnvironmentDelta {
  /** Names that variables of the run set again are among them: their values are not the host's. */
  readonly withheld: readonly string[];
}

/** The environment of a child; see `RunOptions.envMode` for the modes. Later layers win over earlier ones. */
export function environmentOf(
  mode: EnvMode,
  layers: readonly EnvLayer[],
  host: HostEnvironment,
  filter: NameFilter = NO_FILTER,
): PlannedEnvironment {
  const withheld = withheldNames(mode, host, filter);
  if ((mode === 'inherit' || mode === 'merge') && !host.isCopy) return changeOfHost(withheld, layers, host.ignoresCase);
  const result = new VariableMap(host.ignoresCase);
  if (mode !== 'replace') {
    const kept = new Set(withheld);
    for (const [name, value] of Object.entries(host.variables)) {
      if (value !== undefined && !kept.has(name)) result.set(name, value);
    }
  }
  for (const layer of layers) result.apply(layer);
  return { base: 'empty', set: result.entries(), unset: [], withheld };
}

/** Names that stand in a layer a second time, told apart by case alone. The last one is used, and a removal after all others. */
export function namesInSeveralCases(layers: readonly EnvLayer[]): readonly string[] {
  return layers.flatMap(({ set, unset }) => {
    const names = [...set.map(([name]) => name), ...unset];
    const firstOf = new Map<string, string>();
    for (const name of names) if (!firstOf.has(name.toUpperCase())) firstOf.set(name.toUpperCase(), name);
    return names.filter((name) => firstOf.get(name.toUpperCase()) !== name);
  });
}

/** Modes that look at no name of the host withhold none. */
function withheldNames(mode: EnvMode, host: HostEnvironment, filter: NameFilter): readonly string[] {
  if (mode === 'replace' || mode === 'merge') return NONE_WITHHELD;
  if (mode === 'inherit' && filter.exclude === undefined) return NONE_WITHHELD;
  const { include = ALWAYS_INCLUDED, exclude = NONE_WITHHELD } = filter;
  const isTaken = mode === 'inherit' ? () => true : isMinimal(host.ignoresCase, filter.include ?? NONE_WITHHELD);
  return Object.keys(host.variables).filter(
    (name) => !isTaken(name) || (matchesAny(name, exclude) && !matchesAny(name, include)),
  );
}

function isMinimal(ignoresCase: boolean, include: readonly string[]): (name: string) => boolean {
  const names = ignoresCase ? UPPER_MINIMAL_NAMES : MINIMAL_NAMES;
  return (name) => names.has(ignoresCase ? name.toUpperCase() : name) || matchesAny(name, include);
}

function changeOfHost(
  withheld: readonly string[],
  layers: readonly EnvLayer[],
  ignoresCase: boolean,
): PlannedEnvironment {
  const [first] = layers;
  if (withheld.length === 0) {
    if (first === undefined) return UNCHANGED;
    // One layer cannot contradict itself, except where names that look different are one.
    if (layers.length === 1 && !ignoresCase) return { base: 'host', set: first.set, unset: first.unset, withheld };
  }
  const result = new VariableMap(ignoresCase);
  result.apply({ set: [], unset: withheld });
  for (const layer of layers) result.apply(layer);
  return { base: 'host', set: result.entries(), unset: result.removed(), withheld };
}

/** Variables under construction: the last word on each name, in linear time. */
class VariableMap {
  readonly #ignoresCase: boolean;
  readonly #byKey = new Map<string, { readonly name: string; readonly value: string | undefined }>();

  constructor(ignoresCase: boolean) {
    this.#ignoresCase = ignoresCase;
  }

  set(name: string, value: string | undefined): void {
    this.#byKey.set(this.#ignoresCase ? name.toUpperCase() : name, { name, value });
  }

  apply(layer: EnvLayer): void {
    for (const [name, value] of layer.set) this.set(name, value);
    for (const name of layer.unset) this.set(name, undefined);
  }

  entries(): (readonly [string, string])[] {
    const entries: (readonly [string, string])[] = [];
    for (const { name, value } of this.#byKey.values()) if (value !== undefined) entries.push([name, value]);
    return entries;
  }

  removed(): string[] {
    return [...this.#byKey.values()].filter(({ value }) => value === undefined).map(({ name }) => name);
  }
}
