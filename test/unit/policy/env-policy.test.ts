import { describe, expect, it } from 'vitest';
import type { EnvLayer } from '../../../src/core/invocation.js';
import { environmentOf, type HostEnvironment } from '../../../src/policy/env-policy.js';

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
    expect(environmentOf(mode, [], untouchable)).toEqual({ base: 'host', set: [], unset: [] });
    expect(environmentOf(mode, [layer({ A: '1' }, ['B'])], untouchable)).toEqual({
      base: 'host',
      set: [['A', '1']],
      unset: ['B'],
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
    });
  });

  it('sends the whole environment where the host has only a copy', () => {
    const delta = environmentOf(mode, [layer({ A: '1' }, ['SECRET'])], { ...host, isCopy: true });
    const { SECRET: _removed, ...rest } = variables;
    expect(delta).toEqual({ base: 'empty', set: Object.entries({ ...rest, A: '1' }), unset: [] });
  });
});

describe('replace', () => {
  it('has the given variables and nothing else', () => {
    expect(environmentOf('replace', [layer({ A: '1' }, ['PATH'])], untouchable)).toEqual({
      base: 'empty',
      set: [['A', '1']],
      unset: [],
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
