// Promised    : the environment that a policy describes is the one its modes and layers say, whatever the names.
// Not promised: the order of the variables.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { environmentOf, type HostEnvironment } from '../../src/policy/env-policy.js';
import type { EnvLayer } from '../../src/core/invocation.js';
import type { EnvironmentDelta } from '../../src/core/launch-spec.js';

// Few names, so that layers meet; among them those that objects treat in a way of their own.
const name = fc.constantFrom('A', 'a', 'B', 'PATH', 'Path', 'HOME', '__proto__', 'constructor', 'é');
const variables = fc.array(fc.tuple(name, fc.string())).map((pairs) => new Map(pairs));
const layer: fc.Arbitrary<EnvLayer> = fc.array(fc.tuple(name, fc.option(fc.string()))).map((pairs) => {
  const set: [string, string][] = [];
  const unset: string[] = [];
  for (const [key, value] of new Map(pairs)) {
    if (value === null) unset.push(key);
    else set.push([key, value]);
  }
  return { set, unset };
});

function hostOf(map: ReadonlyMap<string, string>, isCopy: boolean): HostEnvironment {
  const own: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [key, value] of map) own[key] = value;
  return { variables: own, isCopy, ignoresCase: false };
}

/** What a backend makes of a delta. */
function apply(delta: EnvironmentDelta, host: ReadonlyMap<string, string>): Map<string, string> {
  const child = new Map(delta.base === 'host' ? host : []);
  for (const unset of delta.unset) child.delete(unset);
  for (const [key, value] of delta.set) child.set(key, value);
  return child;
}

function model(base: ReadonlyMap<string, string>, layers: readonly EnvLayer[]): Map<string, string> {
  const child = new Map(base);
  for (const { set, unset } of layers) {
    for (const [key, value] of set) child.set(key, value);
    for (const key of unset) child.delete(key);
  }
  return child;
}

const sorted = (map: ReadonlyMap<string, string>): [string, string][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

it.each(['inherit', 'merge', 'replace'] as const)('is the base with the layers on top in mode %s', (mode) => {
  fc.assert(
    fc.property(variables, fc.array(layer, { maxLength: 3 }), fc.boolean(), (host, layers, isCopy) => {
      const child = apply(environmentOf(mode, layers, hostOf(host, isCopy)), host);
      expect(sorted(child)).toEqual(sorted(model(mode === 'replace' ? new Map() : host, layers)));
    }),
    { numRuns: 500 },
  );
});

it('takes nothing from the host in mode minimal that is not on the list', () => {
  fc.assert(
    fc.property(variables, fc.array(layer, { maxLength: 3 }), (host, layers) => {
      const minimal = new Map([...host].filter(([key]) => key === 'PATH' || key === 'HOME'));
      const child = apply(environmentOf('minimal', layers, hostOf(host, false)), host);
      expect(sorted(child)).toEqual(sorted(model(minimal, layers)));
    }),
    { numRuns: 500 },
  );
});

it('holds no name twice where names ignore case', () => {
  fc.assert(
    fc.property(
      variables,
      fc.array(layer, { maxLength: 3 }),
      fc.constantFrom('inherit', 'replace'),
      (host, layers, mode) => {
        const delta = environmentOf(mode, layers, { ...hostOf(host, true), ignoresCase: true });
        const names = delta.set.map(([key]) => key.toUpperCase());
        expect(new Set(names).size).toBe(names.length);
      },
    ),
    { numRuns: 300 },
  );
});

const glob = fc.constantFrom('*', 'A', '?', 'P*', '*e', '*_*', 'é', 'ho?e');

it('ENV-02: splits the names of the host into those the child gets and those that are listed', () => {
  fc.assert(
    fc.property(
      variables,
      fc.option(fc.array(glob), { nil: undefined }),
      fc.option(fc.array(glob), { nil: undefined }),
      fc.constantFrom('inherit', 'minimal'),
      fc.boolean(),
      (host, include, exclude, mode, isCopy) => {
        const delta = environmentOf(mode, [], hostOf(host, isCopy), { include, exclude });
        const child = apply(delta, host);
        expect([...child.keys(), ...delta.withheld].sort()).toEqual([...host.keys()].sort());
        for (const [key, value] of child) expect(host).toContainEqual([key, value]);
      },
    ),
    { numRuns: 500 },
  );
});

it('ENV-03: what is given reaches the child whatever is excluded', () => {
  fc.assert(
    fc.property(
      variables,
      fc.array(layer, { maxLength: 3 }),
      fc.array(glob),
      fc.boolean(),
      (host, layers, globs, isCopy) => {
        const filter = { include: [], exclude: globs };
        const child = apply(environmentOf('inherit', layers, hostOf(host, isCopy), filter), host);
        const given = model(new Map(), layers);
        for (const [key, value] of given) expect(child.get(key)).toBe(value);
      },
    ),
    { numRuns: 500 },
  );
});
