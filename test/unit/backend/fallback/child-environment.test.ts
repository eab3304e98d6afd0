import { afterEach, describe, expect, it, vi } from 'vitest';
import { composeEnvironment } from '../../../../src/backend/fallback/child-environment.js';

function given(environment: Record<string, string | undefined>): Record<string, string> {
  const entries = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}

describe('composeEnvironment', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('holds exactly what is set when it starts from nothing', () => {
    vi.stubEnv('CUSTODY_TEST_HOST', 'host');
    vi.stubEnv('NODE_V8_COVERAGE', '/somewhere');
    const environment = composeEnvironment({
      base: 'empty',
      set: [
        ['A', '1'],
        ['A', '2'],
      ],
      unset: [],
    });
    expect(given(environment)).toEqual({ A: '2' });
    expect(Object.keys(environment)).toContain('NODE_V8_COVERAGE');
  });

  it('changes the host environment', () => {
    vi.stubEnv('CUSTODY_TEST_KEPT', 'kept');
    vi.stubEnv('CUSTODY_TEST_GONE', 'gone');
    const environment = given(
      composeEnvironment({ base: 'host', set: [['CUSTODY_TEST_NEW', 'new']], unset: ['CUSTODY_TEST_GONE'] }),
    );
    expect(environment).toMatchObject({ CUSTODY_TEST_KEPT: 'kept', CUSTODY_TEST_NEW: 'new' });
    expect(environment).not.toHaveProperty('CUSTODY_TEST_GONE');
  });

  it('sets a name that is also to be removed', () => {
    expect(given(composeEnvironment({ base: 'empty', set: [['A', '1']], unset: ['A'] }))).toEqual({ A: '1' });
  });
});
