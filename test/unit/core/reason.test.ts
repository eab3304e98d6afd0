import { expect, it } from 'vitest';
import { reasonText } from '../../../src/core/reason.js';

const hostile = new Proxy(
  {},
  {
    get: () => {
      throw new Error('no');
    },
  },
);

it.each([
  ['text', 'enough', 'enough'],
  ['an error', new Error('gone'), 'gone'],
  ['a DOMException', AbortSignal.abort().reason as unknown, 'This operation was aborted'],
  ['nothing', undefined, 'aborted'],
  ['an empty text', '', 'aborted'],
  ['a number', 5, 'aborted'],
  ['a hostile object', hostile, 'aborted'],
])('puts %s into words', (_name, reason, expected) => {
  expect(reasonText(reason)).toBe(expected);
});
