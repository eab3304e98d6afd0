import { describe, expect, it } from 'vitest';
import type { EnvLayer } from '../../../src/core/invocation.js';
import { environmentOf, namesInSeveralCases, type HostEnvironment } from '../../../src/policy/env-policy.js';

const untouchable: HostEnvironment = {
  get variables(): never {
    throw new Error('the environment of the host must not be copied');
  },
  isCopy: false,
  ignoresCase: false,
};
const variables = { PATH: '/bin', HOME: '/home/a', LC_ALL: 'C', SECRET: 's', EMPTY: '' };
const host: HostEnvironment = { variables, isCopy: false, ignoresCase: false };

function layer(set: Readonly<Record<string, string>>, unset: readonly string[] = []): EnvLayer {
  return { set: Object.entries(set), unset };
}

describe.each(['inherit', 'merge'] as const)('%s', (mode) => {
  it('changes the host environment without reading it', () => {
    expect(environmentOf(mode, [], untouchable)).toEqual({ base: 'host', set: [], unset: [], withheld: [] });
    expect(environmentOf(mode, [layer({ A: '1' }, ['B'])], untouchable)).toEqual({
      base: 'host',
      set: [['A', '1']],
      unset: ['B'],
      withheld: [],
    });
  });

  it('lets later layers win, also over a removal', () => {
    const layers = [layer({ A: '1', B: '1' }, ['C']), layer({ C: '2' }, ['A'])];
    expect(environmentOf(mode, layers, untouchable)).toEqual({
      base: 'host',
      set: [
        ['B', '1'],
        ['C', '2'],
      ],
      unset: ['A'],
      withheld: [],
    });
  });

  it('sends the whole environment where the host has only a copy', () => {
    const delta = environmentOf(mode, [layer({ A: '1' }, ['SECRET'])], { ...host, isCopy: true });
    const { SECRET: _removed, ...rest } = variables;
    expect(delta).toEqual({ base: 'empty', set: Object.entries({ ...rest, A: '1' }), unset: [], withheld: [] });
  });
});

describe('replace', () => {
  it('has the given variables and nothing else', () => {
    expect(environmentOf('replace', [layer({ A: '1' }, ['PATH'])], untouchable)).toEqual({
      base: 'empty',
      set: [['A', '1']],
      unset: [],
      withheld: [],
    });
  });
});

describe('minimal', () => {
  it('has what programs need, and the given variables', () => {
    const { set, base } = environmentOf('minimal', [layer({ A: '1' }, ['HOME'])], host);
    expect(base).toBe('empty');
    expect(Object.fromEntries(set)).toEqual({ PATH: '/bin', LC_ALL: 'C', A: '1' });
  });
});

describe('a host whose names ignore case', () => {
  it('has one entry per name, spelled as it was given last', () => {
    const delta = environmentOf('inherit', [layer({ Path: 'a', PATH: 'b' })], { ...host, ignoresCase: true });
    expect(delta.set).toEqual([['PATH', 'b']]);
  });
});

describe('names of the host', () => {
  const hosts = { PATH: '/bin', MY_KEY: 'k', gh_token: 't', USER: 'u' };
  const many: HostEnvironment = { variables: hosts, isCopy: false, ignoresCase: false };
  const exclude = ['*_TOKEN', '*_KEY'];

  it('ENV-01: inherit leaves out what is excluded, merge and replace know no exclusion', () => {
    const filter = { include: undefined, exclude };
    expect(environmentOf('inherit', [], many, filter)).toEqual({
      base: 'host',
      set: [],
      unset: ['MY_KEY', 'gh_token'],
      withheld: ['MY_KEY', 'gh_token'],
    });
    expect(environmentOf('merge', [], untouchable, filter)).toEqual(environmentOf('merge', [], untouchable));
    expect(environmentOf('replace', [], untouchable, filter).set).toEqual([]);
  });

  it('ENV-02: an inclusion beats an exclusion, in any case', () => {
    const filter = { include: ['GH_*'], exclude: ['*'] };
    expect(environmentOf('inherit', [], many, filter).withheld).toEqual(['PATH', 'MY_KEY', 'USER']);
  });

  it('ENV-02: PATH, HOME, TEMP and TMP are included unless the caller says otherwise', () => {
    expect(environmentOf('inherit', [], many, { include: undefined, exclude: ['*'] }).withheld).not.toContain('PATH');
    expect(environmentOf('inherit', [], many, { include: [], exclude: ['*'] }).withheld).toContain('PATH');
  });

  it('ENV-03: what is given passes, whatever its name', () => {
    const given = [layer({ MY_KEY: 'mine', OTHER_TOKEN: 'o' })];
    const delta = environmentOf('inherit', given, many, { include: undefined, exclude });
    expect(Object.fromEntries(delta.set)).toEqual({ MY_KEY: 'mine', OTHER_TOKEN: 'o' });
    expect(delta.unset).toEqual(['gh_token']);
    expect(delta.withheld).toEqual(['MY_KEY', 'gh_token']);
  });

  it('ENV-01: minimal takes its list and what is included, and lists the rest', () => {
    const delta = environmentOf('minimal', [], many, { include: ['GH_TOKEN'], exclude: ['USER'] });
    expect(Object.fromEntries(delta.set)).toEqual({ PATH: '/bin', gh_token: 't' });
    expect(delta.withheld).toEqual(['MY_KEY', 'USER']);
  });

  it('are filtered where the host has only a copy, too', () => {
    const delta = environmentOf('inherit', [], { ...many, isCopy: true }, { include: undefined, exclude });
    expect(Object.fromEntries(delta.set)).toEqual({ PATH: '/bin', USER: 'u' });
  });

  it('ENV-05: are one name whatever their case where the system says so', () => {
    const windows: HostEnvironment = { variables: { Path: 'C:', My_Key: 'k' }, isCopy: true, ignoresCase: true };
    const delta = environmentOf('inherit', [layer({ PATH: 'D:', MY_KEY: 'mine' })], windows, {
      include: undefined,
      exclude,
    });
    expect(Object.fromEntries(delta.set)).toEqual({ PATH: 'D:', MY_KEY: 'mine' });
    expect(Object.fromEntries(environmentOf('minimal', [], windows).set)).toEqual({ Path: 'C:' });
  });
});

it('CMD-10: names that differ only in case are noticed within a layer, not across layers', () => {
  const twice = layer({ Path: 'a', TMP: 't', PATH: 'b' }, ['tmp']);
  expect(namesInSeveralCases([twice])).toEqual(['PATH', 'tmp']);
  expect(namesInSeveralCases([layer({ Path: 'a' }), layer({ PATH: 'b' })])).toEqual([]);
});
