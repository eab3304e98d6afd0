/**
 * What holds in the end, and who said so: an option of the command line, a variable of the environment, the file, the preset,
 * or nobody, in this order.
 */
import type * as z from 'zod';
import type { RunOptions } from '../core/run-options.js';
import { GATE_LIMITS } from '../policy/limits.js';
import { PRESETS, SECRET_NAME_GLOBS, type Preset } from '../policy/presets.js';
import { pathTo, type Place } from './document.js';
import { configSchema, sectionOf, type ConfigValues } from './schema.js';

/** Who said what a value is. */
export type ConfigSource =
  | { readonly kind: 'option'; readonly name: string }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'file'; readonly file: string; readonly line: number }
  | { readonly kind: 'preset'; readonly name: string }
  | { readonly kind: 'built-in' };

/** One value that is not a section, `undefined` where nothing is said and nothing built in. */
export interface EffectiveValue {
  readonly value: unknown;
  readonly source: ConfigSource;
}

/** Values by path, such as `environment.mode`, in the order of the schema. */
export type EffectiveValues = ReadonlyMap<string, EffectiveValue>;

/** A value that was given beside the file, and its source. */
export interface Override {
  readonly path: string;
  readonly value: unknown;
  readonly source: ConfigSource;
}

/** What the file says, if there is one. */
export interface FileValues {
  /** As messages show it. */
  readonly file: string;
  readonly values: ConfigValues;
  readonly places: ReadonlyMap<string, Place>;
}

/** Without a file a library must not surprise: as many runs at once as the library allows, and output as it was written. */
const WITHOUT_FILE: Readonly<Record<string, unknown>> = {
  maxConcurrent: GATE_LIMITS.maxConcurrent.standard,
  'redaction.enabled': false,
};

const BUILT_IN: ConfigSource = { kind: 'built-in' };
const MS_PER_SECOND = 1_000;
const MIB = 1_024 * 1_024;

/** Puts the layers on top of each other. */
export function effectiveValues(file: FileValues | undefined, overrides: readonly Override[]): EffectiveValues {
  const effective = new Map<string, EffectiveValue>();
  for (const [path, value] of builtInValues()) {
    const standard = file === undefined && path in WITHOUT_FILE ? WITHOUT_FILE[path] : value;
    effective.set(path, { value: standard, source: BUILT_IN });
  }
  if (file?.values.environment !== undefined) {
    effective.set('environment.excludePatterns', { value: SECRET_NAME_GLOBS, source: BUILT_IN });
  }
  const given = [...(file === undefined ? [] : valuesOf(file)), ...overrides];
  const preset = (given.findLast(({ path }) => path === 'preset')?.value ?? 'default') as Preset;
  for (const { path, value, source } of [...presetValues(preset), ...given]) effective.set(path, { value, source });
  return effective;
}

/** The values as an object again, without those that nobody has set. */
export function nested(effective: EffectiveValues): ConfigValues {
  const root: Record<string, unknown> = {};
  for (const [path, { value }] of effective) {
    if (value === undefined) continue;
    const [section = '', key] = path.split('.', 2);
    if (key === undefined) root[section] = value;
    else root[section] = { ...(root[section] as object | undefined), [key]: value };
  }
  return root;
}

/** Every path, with its default. */
function builtInValues(): readonly (readonly [path: string, value: unknown])[] {
  const of = (schema: z.ZodObject, prefix: string): (readonly [string, unknown])[] =>
    Object.entries(schema.shape).flatMap(([key, value]: [string, z.ZodType]) => {
      const section = sectionOf(value);
      const path = pathTo(prefix, key);
      return section === undefined ? [[path, defaultOf(value)] as const] : of(section, path);
    });
  return of(configSchema, '');
}

function defaultOf(schema: z.ZodType): unknown {
  const inner = (schema as z.ZodOptional<z.ZodType>).unwrap();
  return inner.meta()?.['default'];
}

function valuesOf({ file, values, places }: FileValues): readonly Override[] {
  return builtInValues().flatMap(([path]) => {
    const [section = '', key] = path.split('.', 2);
    const holder = (values as Record<string, unknown>)[section];
    const value = key === undefined ? holder : (holder as Record<string, unknown> | undefined)?.[key];
    if (value === undefined) return [];
    const line = places.get(path)?.line ?? 1;
    return [{ path, value, source: { kind: 'file', file, line } } as const];
  });
}

/** What a preset sets, in the units of a configuration. */
function presetValues(name: Preset): readonly Override[] {
  const { defaults, maxConcurrent } = PRESETS[name];
  const options: RunOptions = defaults ?? {};
  const set: Readonly<Record<string, unknown>> = {
    maxConcurrent,
    defaultTimeoutSeconds: options.timeoutMs === undefined ? undefined : options.timeoutMs / MS_PER_SECOND,
    stragglers: options.stragglers,
    'environment.mode': options.envMode,
    'environment.excludePatterns': options.envExclude,
    'environment.vars': options.env,
    'limits.memoryMb': options.limits?.memoryBytes === undefined ? undefined : options.limits.memoryBytes / MIB,
    'redaction.enabled': options.redact,
  };
  return Object.entries(set)
    .filter(([, value]) => value !== undefined)
    .map(([path, value]) => ({ path, value, source: { kind: 'preset', name } }));
}
