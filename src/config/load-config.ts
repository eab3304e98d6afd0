/**
 * Reads the configuration once: finds the file, reads it as what it is, and puts environment and options on top.
 */
import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { ConfigError, type ConfigProblem } from './config-error.js';
import { MAX_CONFIG_BYTES, parseTree, type Entry, type Note, type ScalarValue, type Tree } from './document.js';
import {
  effectiveValues,
  nested,
  type ConfigSource,
  type EffectiveValues,
  type FileValues,
  type Override,
} from './effective.js';
import { findConfigFile, folderOfConfig, shownPath, type FindConfigOptions } from './find-config.js';
import { interpret } from './interpret.js';
import { configSchema, type ConfigValues } from './schema.js';

/** Options of {@link loadConfig}. */
export interface LoadConfigOptions extends FindConfigOptions {
  /** Values that win over all others, by path as in `environment.mode`, each with the name of the option it was given by. */
  readonly overrides?: Readonly<Record<string, { readonly value: unknown; readonly option: string }>> | undefined;
}

/** A configuration that was read. It does not change any more: a new one needs a new runner. */
export interface LoadedConfig {
  /** What holds in the end. `root`, `audit.file` and `shell` with a separator are absolute paths if the file gives them. */
  readonly config: ConfigValues;
  /** By path, who said it. A path that nobody has set and that has no default is missing. */
  readonly sources: Readonly<Record<string, ConfigSource>>;
  /** The file that was read; `undefined`: there is none. */
  readonly file: string | undefined;
}

/** Problems that are named; a hostile file must not become a message of its own size. */
const MAX_PROBLEMS = 20;

/** Values that are paths, against the folder of the file. */
const PATHS: readonly string[] = ['root', 'audit.file'];

/** Variables of the environment that stand for a key. */
const VARIABLES: Readonly<Record<string, string>> = {
  native: 'CUSTODY_NATIVE',
  root: 'CUSTODY_ROOT',
  'audit.file': 'CUSTODY_AUDIT_DB',
};

/**
 * The configuration that holds here. With nothing found it consists of what is built in.
 *
 * @throws {@link ConfigError} with code `VALIDATION_FAILED`, naming every problem of the file with its line and column.
 */
export function loadConfig(options: LoadConfigOptions = {}): LoadedConfig {
  const { cwd = process.cwd(), environment = {}, overrides = {} } = options;
  const file = findConfigFile(options);
  const read = file === undefined ? undefined : readConfigFile(file, cwd);
  const fromEnvironment = Object.entries(VARIABLES).flatMap(([path, name]): Override[] => {
    const text = environment[name];
    if (text === undefined || text === '') return [];
    const value = PATHS.includes(path) ? resolve(cwd, text) : text;
    return [{ path, value, source: { kind: 'environment', name } }];
  });
  const fromOptions = Object.entries(overrides).map(([path, { value, option }]): Override => ({
    path,
    value,
    source: { kind: 'option', name: option },
  }));
  const effective = effectiveValues(read, [...fromEnvironment, ...fromOptions]);
  checkOverrides(effective);
  return Object.freeze({ config: nested(effective), sources: sourcesOf(effective), file });
}

/**
 * Reads a configuration from text, as if it were a file of that name.
 *
 * @throws {@link ConfigError} with code `VALIDATION_FAILED`, naming every problem with its line and column.
 */
export function parseConfig(text: string, name = 'custody.yml'): LoadedConfig {
  const effective = effectiveValues(interpretText(text, name, name), []);
  return Object.freeze({ config: nested(effective), sources: sourcesOf(effective), file: undefined });
}

function readConfigFile(file: string, cwd: string): FileValues {
  const shown = shownPath(file, cwd);
  const isOwn = basename(file) !== 'package.json';
  if (isOwn && statSync(file).size > MAX_CONFIG_BYTES) throw whole(shown, `is larger than ${MAX_CONFIG_BYTES} bytes`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const { code } = error as { readonly code?: string };
    throw whole(
      shown,
      code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'is not UTF-8' : `cannot be read (${String(code)})`,
      error,
    );
  }
  const read = interpretText(text, shown, file);
  return { ...read, values: withAbsolutePaths(read.values, folderOfConfig(file)) };
}

function interpretText(text: string, shown: string, file: string): FileValues {
  const problems: ConfigProblem[] = [];
  const note: Note = ({ line, column }, path, message) => {
    if (problems.length < MAX_PROBLEMS) problems.push({ file: shown, line, column, path, message });
  };
  const isManifest = basename(file) === 'package.json';
  if (!isManifest && text.length > MAX_CONFIG_BYTES) throw whole(shown, `is larger than ${MAX_CONFIG_BYTES} bytes`);
  const tree = isManifest ? manifestTree(text) : sectionOf(parseTree(text, note), file);
  const { values, places } =
    tree === undefined ? { values: {}, places: new Map<string, never>() } : interpret(tree, note);
  if (problems.length > 0) {
    throw new ConfigError(problems.sort((a, b) => a.line - b.line || a.column - b.column));
  }
  return { file: shown, values, places };
}

/** Everything may stand under `execution`; in `.agent/config.yml`, whose other sections belong to others, it must. */
function sectionOf(tree: Tree | undefined, file: string): Tree | undefined {
  if (tree?.kind !== 'map') return tree;
  const section = tree.entries.find(({ key }) => key === 'execution')?.tree;
  if (/(^|[\\/])\.agent[\\/]config\.yml$/.test(file)) return section;
  return section !== undefined && tree.entries.length === 1 ? section : tree;
}

/**
 * The key `custody` of a manifest. `package.json` is written by tools, is as large as it is, and is no YAML: it is read as JSON, and
 * its problems are those of the line where the key stands.
 */
function manifestTree(text: string): Tree {
  const manifest = JSON.parse(text) as { readonly custody: unknown };
  const before = text.slice(0, Math.max(0, text.search(/"custody"\s*:\s*\{/))).split('\n');
  const at = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  const treeOf = (value: unknown): Tree => {
    if (Array.isArray(value)) return { at, kind: 'list', items: value.map(treeOf) };
    if (typeof value !== 'object' || value === null) return { at, kind: 'scalar', value: value as ScalarValue };
    const entries = Object.entries(value).map(([key, member]): Entry => ({ key, at, tree: treeOf(member) }));
    return { at, kind: 'map', entries };
  };
  return treeOf(manifest.custody);
}

function withAbsolutePaths(values: ConfigValues, folder: string): ConfigValues {
  const { root, audit } = values;
  return {
    ...values,
    ...(root === undefined ? {} : { root: resolve(folder, root) }),
    ...(audit?.file === undefined ? {} : { audit: { ...audit, file: resolve(folder, audit.file) } }),
  };
}

/** Values that no file gave are checked as those of a file are. */
function checkOverrides(effective: EffectiveValues): void {
  const parsed = configSchema.safeParse(nested(effective));
  if (parsed.success) return;
  const problems = parsed.error.issues.map(({ path, message }): ConfigProblem => {
    const key = path.map(String).join('.');
    const source = effective.get(key)?.source;
    const said = source?.kind === 'environment' || source?.kind === 'option' ? source.name : key;
    return { file: said, line: 0, column: 0, path: '', message };
  });
  throw new ConfigError(problems);
}

function sourcesOf(effective: EffectiveValues): Readonly<Record<string, ConfigSource>> {
  const known = [...effective].filter(([, { value }]) => value !== undefined);
  return Object.freeze(Object.fromEntries(known.map(([path, { source }]) => [path, source])));
}

function whole(file: string, message: string, cause?: unknown): ConfigError {
  return new ConfigError([{ file, line: 0, column: 0, path: '', message }], cause);
}
