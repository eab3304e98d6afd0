import { expect, it } from 'vitest';
import { nearestName } from '../../../src/core/nearest-name.js';

const known = ['cwd', 'env', 'timeoutMs', 'idleTimeoutMs', 'maxOutputBytes', 'stdin'];

it.each([
  ['timeout', 'timeoutMs'],
  ['TIMEOUTMS', 'timeoutMs'],
  ['idleTimeout', 'idleTimeoutMs'],
  ['maxOutputByte', 'maxOutputBytes'],
  ['cdw', undefined],
  ['envs', 'env'],
  ['shell', undefined],
  ['x'.repeat(10_000), undefined],
])('takes %s for %s', (name, expected) => {
  expect(nearestName(name, known)).toBe(expected);
});
