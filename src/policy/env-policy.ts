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

/** The environment of the host, as this JavaScript environment sees it. */
export interface HostEnvironment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** `true`: `variables` is a copy (worker threads) that the operating system's environment does not follow. */
  readonly isCopy: boolean;
  /** `true`: names that differ only in case are one name (Windows). */
  readonly ignoresCase: boolean;
}

/** Names that mode `minimal` takes from the host: what programs need to find others, a home, a temp folder and a locale. */
const MINIMAL_NAMES: readonly string[] = [
  ...['PATH', 'HOME', 'TEMP', 'TMP', 'TMPDIR', 'USER', 'LOGNAME', 'SHELL', 'TZ', 'LANG', 'LANGUAGE', 'LC_ALL'],
  ...['LC_ADDRESS', 'LC_COLLATE', 'LC_CTYPE', 'LC_IDENTIFICATION', 'LC_MEASUREMENT', 'LC_MESSAGES', 'LC_MONETARY'],
  ...['LC_NAME', 'LC_NUMERIC', 'LC_PAPER', 'LC_TELEPHONE', 'LC_TIME'],
  // Windows: without SystemRoot even sockets fail, without PATHEXT and ComSpec nothing is found or run.
  ...['SystemRoot', 'SystemDrive', 'windir', 'ComSpec', 'PATHEXT', 'USERPROFILE', 'USERNAME', 'HOMEDRIVE', 'HOMEPATH'],
  ...['APPDATA', 'LOCALAPPDATA', 'ProgramData', 'ProgramFiles', 'ProgramFiles(x86)', 'NUMBER_OF_PROCESSORS', 'OS'],
];

const UNCHANGED: EnvironmentDelta = { base: 'host', set: [], unset: [] };

/** The environment of a child; see `RunOptions.envMode` for the modes. Later layers win over earlier ones. */
export function environmentOf(mode: EnvMode, layers: readonly EnvLayer[], host: HostEnvironment): EnvironmentDelta {
  if ((mode === 'inherit' || mode === 'merge') && !host.isCopy) return changeOfHost(layers, host.ignoresCase);
  const names = mode === 'replace' ? [] : mode === 'minimal' ? MINIMAL_NAMES : Object.keys(host.variables);
  const result = new VariableMap(host.ignoresCase);
  for (const name of names) {
    const value = host.variables[name];
    if (value !== undefined) result.set(name, value);
  }
  for (const layer of layers) result.apply(layer);
  return { base: 'empty', set: result.entries(), unset: [] };
}

function changeOfHost(layers: readonly EnvLayer[], ignoresCase: boolean): EnvironmentDelta {
  const [first] = layers;
  if (first === undefined) return UNCHANGED;
  // One layer cannot contradict itself, except where names that look different are one.
  if (layers.length === 1 && !ignoresCase) return { base: 'host', set: first.set, unset: first.unset };
  const result = new VariableMap(ignoresCase);
  for (const layer of layers) result.apply(layer);
  return { base: 'host', set: result.entries(), unset: result.removed() };
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
