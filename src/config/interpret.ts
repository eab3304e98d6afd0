/**
 * From the tree of a file to values: keys under their one name, every value in range, and where each of them stands.
 *
 * Everything that is wrong is noted, with its place; unknown keys with the nearest known one.
 */
import type * as z from 'zod';
import { nearestName } from '../core/nearest-name.js';
import { contentProblem } from '../core/validate.js';
import { pathTo, type Entry, type Note, type Place, type ScalarValue, type Tree } from './document.js';
import { ALIASES, configSchema, memberOf, sectionOf, snakeCase, type ConfigValues } from './schema.js';

/** What a file says. */
export interface Interpreted {
  readonly values: ConfigValues;
  /** By path such as `environment.mode`, where the value stands. */
  readonly places: ReadonlyMap<string, Place>;
}

type PlainValue = ScalarValue | readonly PlainValue[] | { readonly [key: string]: PlainValue };

/** Interprets the tree; what is wrong goes to `note`, and the values are then not to be used. */
export function interpret(tree: Tree, note: Note): Interpreted {
  const places = new Map<string, Place>();
  const plain = new Interpreter(places, note).section(tree, configSchema, '');
  if (plain === undefined) return { values: {}, places };
  const parsed = configSchema.safeParse(plain);
  if (parsed.success) return { values: withVariables(parsed.data), places };
  const seen = new Set<string>();
  for (const issue of parsed.error.issues) {
    const path = pathOf(issue.path);
    if (seen.has(path)) continue;
    seen.add(path);
    note(placeOf(places, path), path, issue.message);
  }
  return { values: {}, places };
}

/** Unknown keys that a known one is suggested for. */
const MAX_SUGGESTIONS = 50;

class Interpreter {
  readonly #places: Map<string, Place>;
  readonly #note: Note;
  #unknown = 0;

  constructor(places: Map<string, Place>, note: Note) {
    this.#places = places;
    this.#note = note;
  }

  /** The members of a map under the names of the schema. */
  section(tree: Tree, schema: z.ZodObject, path: string): PlainValue | undefined {
    this.#places.set(path, tree.at);
    if (tree.kind === 'scalar' && tree.value === null) return {};
    if (tree.kind !== 'map') {
      this.#note(tree.at, path, path === '' ? 'must be a map of keys' : 'must be a map');
      return undefined;
    }
    const names = namesOf(schema);
    // The environment takes variables beside its keys.
    const isOpen = Object.hasOwn(schema.shape, 'vars');
    const members: Record<string, PlainValue> = Object.create(null) as Record<string, PlainValue>;
    for (const entry of tree.entries) {
      const named = names.get(entry.key);
      if (named === undefined && !isOpen) this.#refuseName(entry, path, names);
      if (named === undefined && isOpen) this.#addVariable(members, entry, pathTo(path, 'vars'));
      if (named !== undefined) this.#addMember(members, entry, named, schema, path);
    }
    return members;
  }

  #addMember(
    members: Record<string, PlainValue>,
    entry: Entry,
    { key, factor }: KeyName,
    schema: z.ZodObject,
    path: string,
  ): void {
    const memberPath = pathTo(path, key);
    const inner = schema.shape[key] as z.ZodType;
    const section = sectionOf(inner);
    if (key === 'vars' && entry.tree.kind === 'map') {
      for (const variable of entry.tree.entries) this.#addVariable(members, variable, memberPath);
      return;
    }
    if (Object.hasOwn(members, key)) {
      this.#note(entry.at, memberPath, `is there twice, the second time as ${entry.key}`);
      return;
    }
    // A key without a value says nothing.
    if (entry.tree.kind === 'scalar' && entry.tree.value === null) return;
    const member = memberOf(inner);
    const value =
      section !== undefined
        ? this.section(entry.tree, section, memberPath)
        : member !== undefined && entry.tree.kind === 'list'
          ? this.#list(entry.tree.items, entry.tree.at, member, memberPath)
          : this.#plain(entry.tree, memberPath);
    if (value !== undefined) members[key] = typeof value === 'number' ? value * factor : value;
  }

  #addVariable(members: Record<string, PlainValue>, { key, at, tree }: Entry, path: string): void {
    const variablePath = pathTo(path, key);
    const vars = (members['vars'] ??= Object.create(null) as Record<string, PlainValue>) as Record<string, PlainValue>;
    this.#places.set(path, this.#places.get(path) ?? at);
    const name = key.includes('=') ? 'must not contain =' : contentProblem(key);
    if (name !== undefined) this.#note(at, variablePath, name);
    if (tree.kind !== 'scalar') this.#note(tree.at, variablePath, 'must be a text, a number, true, false or null');
    else if (typeof tree.value === 'string' && contentProblem(tree.value) !== undefined) {
      this.#note(tree.at, variablePath, contentProblem(tree.value) ?? '');
    } else if (Object.hasOwn(vars, key)) this.#note(at, variablePath, 'is there twice');
    else vars[key] = tree.value;
    this.#places.set(variablePath, at);
  }

  /** A list whose members are maps with keys of the schema. */
  #list(items: readonly Tree[], at: Place, schema: z.ZodObject, path: string): PlainValue | undefined {
    this.#places.set(path, at);
    const members = items.map((item, index) => this.section(item, schema, `${path}[${index}]`));
    return members.every((member) => member !== undefined) ? members : undefined;
  }

  /** A value as it stands. */
  #plain(tree: Tree, path: string): PlainValue {
    this.#places.set(path, tree.at);
    if (tree.kind === 'scalar') return tree.value;
    if (tree.kind === 'list') return tree.items.map((item, index) => this.#plain(item, `${path}[${index}]`));
    return Object.fromEntries(tree.entries.map(({ key, tree: value }) => [key, this.#plain(value, pathTo(path, key))]));
  }

  #refuseName({ key, at }: Entry, path: string, names: ReadonlyMap<string, KeyName>): void {
    // Editors are told by this key which schema to use.
    if (path === '' && key === '$schema') return;
    // Looked for only as long as somebody reads it.
    this.#unknown += 1;
    const nearest = this.#unknown > MAX_SUGGESTIONS ? undefined : nearestName(key, names.keys());
    const known = [...new Set(Array.from(names.values(), (name) => name.key))].join(', ');
    const hint = nearest === undefined ? `; the keys are ${known}` : `; did you mean ${nearest}?`;
    this.#note(at, pathTo(path, key), `is not a key${hint}`);
  }
}

interface KeyName {
  readonly key: string;
  readonly factor: number;
}

/** Every spelling that a section takes, in both cases, and the key it means. */
function namesOf(schema: z.ZodObject): ReadonlyMap<string, KeyName> {
  const names = new Map<string, KeyName>();
  const add = (spelling: string, name: KeyName): void => {
    names.set(spelling, name).set(snakeCase(spelling), name);
  };
  for (const key of Object.keys(schema.shape)) add(key, { key, factor: 1 });
  for (const [spelling, name] of Object.entries(ALIASES))
    if (Object.hasOwn(schema.shape, name.key)) add(spelling, name);
  return names;
}

function pathOf(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path) text = typeof part === 'number' ? `${text}[${part}]` : pathTo(text, String(part));
  return text;
}

/** Where the value stands, or what holds it. */
function placeOf(places: ReadonlyMap<string, Place>, path: string): Place {
  for (let at = path; at !== ''; at = at.replace(/(^|\.)[^.[]*$|\[\d+\]$/, '')) {
    const place = places.get(at);
    if (place !== undefined) return place;
  }
  return places.get('') ?? { line: 1, column: 1 };
}

/** Values of variables are texts; what YAML takes for a number or a truth value is one all the same. */
function withVariables(values: ConfigValues): ConfigValues {
  const vars = values.environment?.vars;
  if (vars === undefined) return values;
  const texts = Object.entries(vars).map(([name, value]) => [name, value === null ? null : String(value)] as const);
  return { ...values, environment: { ...values.environment, vars: Object.fromEntries(texts) } };
}
