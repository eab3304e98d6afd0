import { afterEach, expect, it, vi } from 'vitest';
import { CommandValidationError } from '../../../src/core/errors.js';
import { createRunner } from '../../../src/runner/create-runner.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

it('refuses options that are not valid', () => {
  expect(() => createRunner({ native: 'maybe' as 'auto' })).toThrow(CommandValidationError);
  expect(() => createRunner({ defaults: { timeoutMs: -1 } })).toThrow(CommandValidationError);
  expect(() => createRunner({ maxConcurrent: 0, maxQueued: -1 })).toThrow(
    expect.objectContaining({ issues: [{ property: 'maxConcurrent' }, { property: 'maxQueued' }].map(matching) }),
  );
});

it('takes the backend that CUSTODY_NATIVE names, and the option over it', () => {
  vi.stubEnv('CUSTODY_NATIVE', 'off');
  expect(createRunner().capabilities()).toMatchObject({
    backend: 'fallback',
    fallbackReason: 'the native backend is switched off',
  });
  vi.stubEnv('CUSTODY_NATIVE', 'nonsense');
  expect(createRunner({ native: 'off' }).capabilities().backend).toBe('fallback');
  expect(() => createRunner().capabilities()).toThrow(expect.objectContaining({ property: 'CUSTODY_NATIVE' }));
});

function matching(part: object): unknown {
  return expect.objectContaining(part);
}
